using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Postern.Infrastructure.Database;

namespace Postern.Web.Hosting;

/// <summary>The start cannot go on; the message is for the person who typed the command.</summary>
/// <param name="exitCode">As sysexits names it: 69 unavailable, 78 configuration.</param>
public sealed class StartException(string message, int exitCode) : Exception(message)
{
    public const int Unavailable = 69;
    public const int Configuration = 78;

    public int ExitCode { get; } = exitCode;
}

/// <summary>The folder of one Postern: made on first use, held by one process at a time.</summary>
/// <remarks>The lock is the operating system's and ends with the process; <c>postern.pid</c> only tells people which one it is.</remarks>
public sealed class DataFolder : IDisposable
{
    private const string PidFileName = "postern.pid";
    private const int WouldBlock = 11; // EAGAIN of Linux, as flock answers it

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(50);

    private readonly SafeFileHandle handle;

    private DataFolder(string path, SafeFileHandle handle)
    {
        Path = path;
        this.handle = handle;
    }

    public string Path { get; }

    /// <summary>Large content on its way; what a dead process left there is nobody's and is removed at start.</summary>
    public string Spool => Sub("spool");

    private string PidFile => System.IO.Path.Combine(Path, PidFileName);

    /// <summary>Takes the folder for a server. A command that has it for a moment is waited for; another server is not.</summary>
    /// <exception cref="StartException">Another Postern uses the folder, or it cannot be written.</exception>
    public static async Task<DataFolder> OpenAsync(string path, CancellationToken cancellationToken)
    {
        path = System.IO.Path.GetFullPath(path);
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (TryTake(path) is { } folder)
            {
                await File.WriteAllTextAsync(folder.PidFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n", cancellationToken);
                folder.EmptySpool();
                return folder;
            }

            if (ServerOf(path) is { } pid)
            {
                throw new StartException($"The data folder {path} is in use by another Postern (process {pid}).", StartException.Unavailable);
            }

            await WaitForTurnAsync(path, began, cancellationToken);
        }
    }

    /// <summary>Takes the folder for the length of a command; null while a server or another command has it.</summary>
    /// <exception cref="StartException">It cannot be written.</exception>
    public static DataFolder? TryTake(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        var lockFile = System.IO.Path.Combine(path, "postern.lock");
        try
        {
            Make(path);
            return new DataFolder(path, File.OpenHandle(lockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (e.HResult == WouldBlock && File.Exists(lockFile))
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The data folder {path} cannot be used: {e.Message}", StartException.Unavailable);
        }
    }

    /// <summary>Process id of the server that has the folder; null when none has.</summary>
    public static int? ServerOf(string path)
    {
        try
        {
            var text = File.ReadAllText(System.IO.Path.Combine(path, PidFileName)).Trim();
            // A server that was killed leaves its file behind, and its number may have gone to another program since.
            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                && File.ReadAllText($"/proc/{text}/cmdline").Contains("postern", StringComparison.OrdinalIgnoreCase)
                ? pid
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Waits a moment before the folder is asked for again.</summary>
    /// <param name="began">Timestamp of the first try; a command is given a minute.</param>
    /// <exception cref="StartException">The minute is over.</exception>
    public static Task WaitForTurnAsync(string path, long began, CancellationToken cancellationToken) =>
        TimeProvider.System.GetElapsedTime(began) < LongestWait
            ? Task.Delay(Beat, TimeProvider.System, cancellationToken)
            : throw new StartException($"The data folder {path} is in use by another command that does not end.", StartException.Unavailable);

    /// <summary>Where the key of a data folder lies.</summary>
    public static string KeyFileOf(string path) =>
        Environment.GetEnvironmentVariable("POSTERN_KEY_FILE") is { Length: > 0 } given ? given : System.IO.Path.Combine(path, KeyFile.FileName);

    /// <summary>A folder below this one; made when it is missing.</summary>
    public string Sub(string name) => Directory.CreateDirectory(System.IO.Path.Combine(Path, name)).FullName;

    public void Dispose()
    {
        if (ServerOf(Path) == Environment.ProcessId)
        {
            File.Delete(PidFile);
        }

        handle.Dispose();
    }

    // Not for everybody's eyes; root's can be passed through, because PostgreSQL's own account lives further down.
    private static void Make(string path)
    {
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(
            path, Environment.IsPrivilegedProcess ? owner | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute : owner);
    }

    private void EmptySpool()
    {
        foreach (var file in Directory.EnumerateFiles(Spool, "*.spool"))
        {
            File.Delete(file);
        }
    }
}
