using System.Buffers;

namespace Postern.Infrastructure.Connectors;

/// <summary>Files that others see whole or not at all: written under a temporary name and on disk before they get their name.</summary>
internal static class WholeFile
{
    /// <summary>Writes a file; one that is there is replaced, and a failure leaves it.</summary>
    /// <param name="temporaryExtension">What stands in place of the extension until the file is whole.</param>
    /// <param name="length">How long it will be.</param>
    /// <exception cref="IOException">The disk is full, or refuses.</exception>
    public static void Write(string path, string temporaryExtension, long length, Action<IBufferWriter<byte>> write)
    {
        var temporary = Path.ChangeExtension(path, temporaryExtension);
        try
        {
            using (var stream = new FileStream(temporary, new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                Share = FileShare.None,
                BufferSize = 0,
                PreallocationSize = length,
            }))
            {
                var buffer = new FileBuffer(stream);
                write(buffer);
                buffer.Flush();
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (IOException)
        {
            File.Delete(temporary);
            throw;
        }
    }
}
