using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Postern.Infrastructure.CcMail;

/// <summary>Opens files for reading whatever lock another program has on them; the framework takes a lock of its own each time, and is refused.</summary>
internal static partial class UnlockedFile
{
    private const int ReadOnlyCloseOnExec = 0x80000; // O_RDONLY | O_CLOEXEC on Linux

    /// <exception cref="IOException">The system does not open it.</exception>
    public static SafeFileHandle Open(string path)
    {
        var descriptor = Open(path, ReadOnlyCloseOnExec);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw new IOException($"{Path.GetFileName(path)} cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags);
}
