using System.Runtime.InteropServices;

namespace Postern.Infrastructure.Connectors;

/// <summary>What a name in a work folder stands for.</summary>
internal enum FileKind
{
    /// <summary>Nothing has the name, or nobody may ask.</summary>
    None,
    File,
    Folder,
    Link,

    /// <summary>A pipe, a socket or a device: to open it may wait for ever.</summary>
    Special,
}

/// <summary>Tells by its entry alone what something is: nothing is opened, and no link is followed.</summary>
internal static partial class FileKinds
{
    private const int CurrentFolder = -100; // AT_FDCWD
    private const int NoFollow = 0x100; // AT_SYMLINK_NOFOLLOW
    private const uint TypeOnly = 1; // STATX_TYPE

    public static FileKind Of(string path)
    {
        if (Ask(CurrentFolder, path, NoFollow, TypeOnly, out var answer) != 0)
        {
            return FileKind.None;
        }

        return (answer.Mode & 0xF000) switch
        {
            0x8000 => FileKind.File,
            0x4000 => FileKind.Folder,
            0xA000 => FileKind.Link,
            _ => FileKind.Special,
        };
    }

    /// <summary>An ordinary file: the only thing that is read or removed by itself.</summary>
    public static bool IsFile(string path) => Of(path) == FileKind.File;

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Ask(int folder, string path, int flags, uint mask, out Answer answer);

    // struct statx, the same on every processor; only the mode is looked at.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private readonly struct Answer
    {
        [FieldOffset(28)]
        public readonly ushort Mode;
    }
}
