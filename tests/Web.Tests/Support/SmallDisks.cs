using System.Diagnostics;
using System.Globalization;

namespace Postern.Web.Tests.Support;

/// <summary>Folders of a server as disks of their own that are really full: small file systems in memory, which nobody but that server sees.</summary>
internal static class SmallDisks
{
    private const string Mounts =
        """
        while [ "$1" != -- ]; do mkdir -p "$1" && mount -t tmpfs -o "size=$2,mode=711" none "$1" || exit 69; shift 2; done
        shift
        exec "$@"
        """;

    // Whoever is not root is so in a user namespace for the length of the mount, and then again who they were.
    private static readonly string[] Namespace = Environment.IsPrivilegedProcess ? ["unshare", "-m"] : ["unshare", "-r", "-m"];

    private static readonly Lazy<string> Tried = new(() =>
    {
        using var program = Process.Start(new ProcessStartInfo("unshare", [.. Namespace[1..], "mount", "-t", "tmpfs", "none", "/mnt"]) { RedirectStandardError = true })!;
        var said = program.StandardError.ReadToEnd();
        program.WaitForExit();
        return program.ExitCode == 0 ? "" : $"No file system can be mounted here, not even in a namespace: {said.Trim()}";
    });

    /// <summary>Why there are no small disks here; empty when there are. For <c>Assert.SkipWhen</c>.</summary>
    public static string Obstacle => Tried.Value;

    /// <summary>The command that runs another one with these folders as disks of these sizes.</summary>
    public static string[] Command(IEnumerable<(string Folder, string Size)> disks, params string[] command) =>
        [.. Namespace, "sh", "-c", Mounts, "sh", .. disks.SelectMany(disk => (string[])[disk.Folder, disk.Size]), "--", .. AsBefore(), .. command];

    /// <summary>A folder as the server sees it.</summary>
    public static string Seen(RunningPostern server, string folder) => $"/proc/{server.Id.ToString(CultureInfo.InvariantCulture)}/root{folder}";

    /// <summary>Fills a disk of the server to its last byte, or but for so many bytes; disposing makes room again.</summary>
    public static IDisposable Fill(RunningPostern server, string folder, long rest = 0)
    {
        var path = Path.Combine(Seen(server, folder), "ballast");
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
        for (var size = 1 << 20; size > 0;)
        {
            try
            {
                file.Write(new byte[size]);
            }
            catch (IOException)
            {
                size /= 2;
            }
        }

        file.SetLength(file.Length - rest);
        return new Ballast(path);
    }

    private static string[] AsBefore() => Environment.IsPrivilegedProcess ? [] : ["unshare", "-U", $"--map-user={Id("-u")}", $"--map-group={Id("-g")}"];

    private static string Id(string which)
    {
        using var program = Process.Start(new ProcessStartInfo("id", [which]) { RedirectStandardOutput = true })!;
        return program.StandardOutput.ReadToEnd().Trim();
    }

    private sealed class Ballast(string path) : IDisposable
    {
        public void Dispose() => File.Delete(path);
    }
}
