using System.Buffers;

namespace Postern.Domain.Formats;

/// <summary>
/// The data of a file item: a range of bytes, or a function that writes exactly <see cref="Length"/> bytes, so that a large attachment
/// is decoded while it is written and never lies in memory whole.
/// </summary>
public sealed class ItemContent
{
    private readonly Action<IBufferWriter<byte>> write;

    private ItemContent(long length, Action<IBufferWriter<byte>> write)
    {
        Length = length;
        this.write = write;
    }

    /// <summary>Bytes, known before anything is written.</summary>
    public long Length { get; }

    public static ItemContent Of(ReadOnlySequence<byte> bytes) => new(bytes.Length, output =>
    {
        foreach (var segment in bytes)
        {
            output.Write(segment.Span);
        }
    });

    public static ItemContent Of(byte[] bytes) => Of(new ReadOnlySequence<byte>(bytes));

    /// <summary>Content that a function produces. It may be called more than once and must write <paramref name="length"/> bytes each time.</summary>
    public static ItemContent Produced(long length, Action<IBufferWriter<byte>> write) => new(length, write);

    /// <exception cref="InvalidOperationException">The producer wrote another number of bytes than it announced.</exception>
    internal void WriteTo(IBufferWriter<byte> output)
    {
        var counter = new CountingWriter(output);
        write(counter);
        if (counter.Written != Length)
        {
            throw new InvalidOperationException($"An item announced {Length} bytes and wrote {counter.Written}.");
        }
    }

    private sealed class CountingWriter(IBufferWriter<byte> output) : IBufferWriter<byte>
    {
        public long Written { get; private set; }

        public void Advance(int count)
        {
            Written += count;
            output.Advance(count);
        }

        public Memory<byte> GetMemory(int sizeHint = 0) => output.GetMemory(sizeHint);

        public Span<byte> GetSpan(int sizeHint = 0) => output.GetSpan(sizeHint);
    }
}
