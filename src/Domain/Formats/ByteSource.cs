using System.Buffers;

namespace Postern.Domain.Formats;

/// <summary>
/// Random access by offset into a file that may lie in many memory segments. Finding a segment is a binary search, so that a hostile
/// file which jumps about cannot make reading slow.
/// </summary>
internal sealed class ByteSource
{
    private readonly ReadOnlySequence<byte> sequence;
    private readonly List<ReadOnlyMemory<byte>> segments = [];
    private readonly List<SequencePosition> positions = [];
    private readonly List<long> starts = [];
    private int current;
    private ReadOnlyMemory<byte> memory;
    private long memoryStart;

    public ByteSource(ReadOnlySequence<byte> sequence)
    {
        this.sequence = sequence;
        var next = sequence.Start;
        var at = next;
        while (sequence.TryGet(ref next, out var memory))
        {
            if (!memory.IsEmpty)
            {
                segments.Add(memory);
                positions.Add(at);
                starts.Add(Length);
                Length += memory.Length;
            }

            at = next;
        }
    }

    public long Length { get; }

    /// <summary>The byte at an offset, or -1 at the end.</summary>
    public int this[long offset]
    {
        get
        {
            if ((ulong)offset >= (ulong)Length)
            {
                return -1;
            }

            Seek(offset);
            return memory.Span[(int)(offset - memoryStart)];
        }
    }

    /// <summary>What follows an offset within its segment; empty only at the end.</summary>
    public ReadOnlySpan<byte> Rest(long offset)
    {
        if (offset >= Length || offset < 0)
        {
            return default;
        }

        Seek(offset);
        return memory.Span[(int)(offset - memoryStart)..];
    }

    /// <summary>The first occurrence of a byte in [from, limit), or -1.</summary>
    public long IndexOf(byte value, long from, long limit) => IndexOfAny([value], from, limit);

    /// <summary>The first occurrence of one of some bytes in [from, limit), or -1.</summary>
    public long IndexOfAny(ReadOnlySpan<byte> values, long from, long limit)
    {
        while (from < limit)
        {
            var rest = Rest(from);
            if (rest.IsEmpty)
            {
                return -1;
            }

            if (rest.Length > limit - from)
            {
                rest = rest[..(int)(limit - from)];
            }

            var index = rest.IndexOfAny(values);
            if (index >= 0)
            {
                return from + index;
            }

            from += rest.Length;
        }

        return -1;
    }

    public ReadOnlySequence<byte> Slice(long start, long end)
    {
        if (end <= start)
        {
            return ReadOnlySequence<byte>.Empty;
        }

        return sequence.Slice(Position(start), Position(end));
    }

    public byte[] Copy(long start, long end) => Slice(start, end).ToArray();

    private SequencePosition Position(long offset)
    {
        if (offset >= Length)
        {
            return sequence.End;
        }

        Seek(offset);
        return sequence.GetPosition(offset - memoryStart, positions[current]);
    }

    private void Seek(long offset)
    {
        if ((ulong)(offset - memoryStart) < (ulong)memory.Length)
        {
            return;
        }

        var index = starts.BinarySearch(offset);
        current = index >= 0 ? index : ~index - 1;
        memory = segments[current];
        memoryStart = starts[current];
    }
}
