using System.Buffers;

namespace Postern.Domain.Mime;

/// <summary>Joins pieces of content into one sequence without copying them: trace headers before a stored message, chunks read one by one.</summary>
public static class ContentSequence
{
    /// <summary>The same content with something in front.</summary>
    public static ReadOnlySequence<byte> Prepend(ReadOnlyMemory<byte> first, in ReadOnlySequence<byte> rest)
    {
        var pieces = new List<ReadOnlyMemory<byte>> { first };
        foreach (var memory in rest)
        {
            pieces.Add(memory);
        }

        return Join(pieces);
    }

    public static ReadOnlySequence<byte> Join(IReadOnlyList<ReadOnlyMemory<byte>> pieces)
    {
        Segment? start = null;
        Segment? end = null;
        foreach (var piece in pieces)
        {
            if (!piece.IsEmpty)
            {
                end = new Segment(piece, end);
                start ??= end;
            }
        }

        return start is null ? ReadOnlySequence<byte>.Empty : new ReadOnlySequence<byte>(start, 0, end!, end!.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            if (before is not null)
            {
                RunningIndex = before.RunningIndex + before.Memory.Length;
                before.Next = this;
            }
        }
    }
}
