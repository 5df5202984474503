using System.Buffers;

namespace Postern.Infrastructure.Queue;

/// <summary>Takes the bytes of a message as they arrive: into memory first, into a spool file past <see cref="MessageContent.InlineLimit"/>.</summary>
/// <remarks>
/// Disk errors come out as <see cref="IOException"/>; the caller answers 452 or leaves the file where it was.
/// Disposed without <see cref="Complete"/>, it leaves nothing behind.
/// </remarks>
public sealed class ContentWriter(string spoolFolder) : IBufferWriter<byte>, IDisposable
{
    private readonly ArrayBufferWriter<byte> buffer = new(4096);
    private FileStream? file;
    private bool isComplete;

    /// <summary>Bytes written so far.</summary>
    public long Length => (file?.Length ?? 0) + buffer.WrittenCount;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var piece = bytes[..Math.Min(bytes.Length, MessageContent.InlineLimit)];
            buffer.Write(piece);
            SpillWhenLarge();
            bytes = bytes[piece.Length..];
        }
    }

    public void Advance(int count)
    {
        buffer.Advance(count);
        SpillWhenLarge();
    }

    public Memory<byte> GetMemory(int sizeHint = 0) => buffer.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => buffer.GetSpan(sizeHint);

    /// <summary>Ends writing and hands the content over; the receiver disposes it.</summary>
    public MessageContent Complete()
    {
        if (file is null)
        {
            isComplete = true;
            return MessageContent.FromMemory(buffer.WrittenMemory);
        }

        Spill();
        isComplete = true; // only now: a last write that fails must not leave the file behind
        var (path, length) = (file.Name, file.Length);
        file.Dispose();
        return MessageContent.FromFile(path, length, deletesFile: true);
    }

    public void Dispose()
    {
        if (file is not null && !isComplete)
        {
            file.Dispose();
            File.Delete(file.Name);
        }
    }

    private void SpillWhenLarge()
    {
        if (buffer.WrittenCount > MessageContent.InlineLimit || (file is not null && buffer.WrittenCount >= 64 * 1024))
        {
            Spill();
        }
    }

    private void Spill()
    {
        file ??= new FileStream(Path.Combine(spoolFolder, $"{Guid.NewGuid():N}.spool"), FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
        file.Write(buffer.WrittenSpan);
        buffer.ResetWrittenCount();
    }
}
