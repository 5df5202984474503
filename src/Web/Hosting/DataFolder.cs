using System.Globalization;
using Microsoft.Win32.SafeHandles;

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
    private readonly SafeFileHandle handle;

    private DataFolder(string path, SafeFileHandle handle)
    {
        Path = path;
        this.handle = handle;
    }

    public string Path { get; }

    /// <summary>Large content on its way; what a dead process left there is nobody's and is removed at start.</summary>
    public string Spool => Sub("spool");

    private string PidFile => System.IO.Path.Combine(Path, "postern.pid");

    /// <exception cref="StartException">Another Postern uses the folder, or it cannot be written.</exception>
    public static DataFolder Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        var lockFile = System.IO.Path.Combine(path, "postern.lock");
        try
        {
            Directory.CreateDirectory(path);
            var handle = File.OpenHandle(lockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            var folder = new DataFolder(path, handle);
            File.WriteAllText(folder.PidFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n");
            folder.EmptySpool();
            return folder;
        }
        catch (IOException e) when (File.Exists(lockFile))
        {
            var pid = File.Exists(System.IO.Path.Combine(path, "postern.pid")) ? File.ReadAllText(System.IO.Path.Combine(path, "postern.pid")).Trim() : "unknown";
            throw new StartException($"The data folder {path} is in use by another Postern (process {pid}): {e.Message}", StartException.Unavailable);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The data folder {path} cannot be used: {e.Message}", StartException.Unavailable);
        }
    }

    /// <summary>A folder below this one; made when it is missing.</summary>
    public string Sub(string name) => Directory.CreateDirectory(System.IO.Path.Combine(Path, name)).FullName;

    public void Dispose()
    {
        File.Delete(PidFile);
        handle.Dispose();
    }

    private void EmptySpool()
    {
        foreach (var file in Directory.EnumerateFiles(Spool, "*.spool"))
        {
            File.Delete(file);
        }
    }
}
