using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Postern.Infrastructure.Watch;

/// <summary>Tries whether a folder can be read and written, without leaving a trace in it and without waiting for a share that hangs.</summary>
public sealed partial class FolderProbe
{
    private const int WriteAndSearch = 2 | 1; // W_OK | X_OK

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Task<string>> hanging = new(StringComparer.Ordinal);

    /// <summary>Why the folder cannot be used, in the words of the system; empty when it can.</summary>
    public async Task<string> FaultAsync(string path, bool needsWriting, CancellationToken cancellationToken)
    {
        // A call that hangs in the system cannot be ended: it is waited for, not repeated.
        if (!hanging.TryGetValue(path, out var look))
        {
            look = Task.Run(() => Look(path, needsWriting), CancellationToken.None);
        }

        try
        {
            var fault = await look.WaitAsync(Limit, cancellationToken);
            hanging.TryRemove(path, out _);
            return fault;
        }
        catch (TimeoutException)
        {
            hanging[path] = look;
            return $"it does not answer within {Limit.TotalSeconds:0} seconds";
        }
    }

    private static string Look(string path, bool needsWriting)
    {
        try
        {
            if (!Directory.Exists(path))
            {
                return File.Exists(path) ? "a file stands in its place" : "it is not there";
            }

            using (var entries = Directory.EnumerateFileSystemEntries(path).GetEnumerator())
            {
                entries.MoveNext();
            }

            return needsWriting && Access(path, WriteAndSearch) != 0 ? Marshal.GetLastPInvokeErrorMessage() : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Access(string path, int mode);
}
