using System.Runtime.InteropServices;

namespace Postern.Infrastructure.Connectors;

/// <summary>
/// Which programs may be started and which folders may be used: start-up options of the machine's administrator, never settings of the
/// browser (promise P8). What a path really names counts, so links are followed first.
/// </summary>
/// <param name="Programs">Program files, or folders under which every program may be started.</param>
/// <param name="Folders">Folder roots; the browser chooses below them.</param>
public sealed partial record AllowedPaths(IReadOnlyList<string> Programs, IReadOnlyList<string> Folders)
{
    private const int LongestPath = 4096;
    private const int MayExecute = 1;

    public static readonly AllowedPaths None = new([], []);

    /// <summary>The real path of a program that may be started. A bare name is looked up among <see cref="Programs"/>, never in PATH.</summary>
    /// <exception cref="PathRefusedException">It may not be started, is absent, or is no program; the message says which.</exception>
    public string Program(string program)
    {
        if (string.IsNullOrWhiteSpace(program))
        {
            throw new PathRefusedException("No program is set.");
        }

        var named = program.Contains('/', StringComparison.Ordinal)
            ? program
            : Programs.FirstOrDefault(allowed => Path.GetFileName(allowed) == program)
                ?? throw new PathRefusedException($"{program} is not among the programs that may be started here.");
        var path = Real(Absolute(named));
        if (!Programs.Any(allowed => IsSameOrBelow(path, allowed)))
        {
            throw new PathRefusedException($"{program} may not be started here: it is not among the allowed programs.");
        }

        if (!File.Exists(path))
        {
            throw new PathRefusedException($"The program {program} does not exist.");
        }

        return Access(path, MayExecute) == 0 ? path : throw new PathRefusedException($"The file {program} is not executable.");
    }

    /// <summary>The real path of a folder that may be used; it need not exist yet.</summary>
    /// <exception cref="PathRefusedException">It lies outside the allowed roots.</exception>
    public string Folder(string folder)
    {
        if (string.IsNullOrWhiteSpace(folder))
        {
            throw new PathRefusedException("No folder is set.");
        }

        var path = Real(Absolute(folder));
        return Folders.Any(allowed => IsSameOrBelow(path, allowed))
            ? path
            : throw new PathRefusedException($"The folder {folder} may not be used here: it is not below an allowed folder.");
    }

    private static string Absolute(string path) => Path.IsPathFullyQualified(path)
        ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))
        : throw new PathRefusedException($"{path} is not an absolute path.");

    private static bool IsSameOrBelow(string path, string allowed)
    {
        var root = Real(Path.TrimEndingDirectorySeparator(Path.GetFullPath(allowed)));
        return path == root || path.StartsWith(root == "/" ? root : root + '/', StringComparison.Ordinal);
    }

    // Links are followed in the part that exists; what does not exist yet cannot be a link.
    private static string Real(string path)
    {
        var rest = "";
        for (var existing = path; existing.Length > 1; existing = Path.GetDirectoryName(existing) ?? "/")
        {
            var buffer = new byte[LongestPath];
            if (RealPath(existing, buffer) != 0)
            {
                var real = System.Text.Encoding.UTF8.GetString(buffer, 0, Array.IndexOf(buffer, (byte)0));
                return rest.Length == 0 ? real : Path.Combine(real, rest);
            }

            if (new FileInfo(existing).LinkTarget is not null)
            {
                throw new PathRefusedException($"{existing} is a link that leads nowhere.");
            }

            rest = Path.Combine(Path.GetFileName(existing), rest);
        }

        return path;
    }

    [LibraryImport("libc", EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint RealPath(string path, [Out] byte[] resolved);

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);
}

/// <summary>A program or folder that may not be used; the message is the sentence for the operator.</summary>
public sealed class PathRefusedException(string message) : Exception(message);
