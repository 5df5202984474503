using System.Buffers;

namespace Postern.Domain.Mime;

/// <summary>A stretch of a message's content: where it starts and how long it is, in bytes. Nothing is copied.</summary>
public readonly record struct ByteRange(long Offset, long Length)
{
    public long End => Offset + Length;

    public bool IsEmpty => Length == 0;

    /// <summary>The stretch from start to end; empty when the end lies before the start.</summary>
    public static ByteRange Between(long start, long end) => new(start, Math.Max(0, end - start));

    public ReadOnlySequence<byte> In(in ReadOnlySequence<byte> content) => content.Slice(Offset, Length);
}
