using System.Buffers;

namespace Postern.Domain.Mime;

/// <summary>Walks content line by line, forward only, over any number of segments, and recognises boundary lines. A line ends with LF;
/// a CR before it belongs to the line end. A lone CR is an ordinary byte.</summary>
internal ref struct LineScanner
{
    /// <summary>Bytes of a line that can be looked at when it crosses segments; enough for field names and boundary lines.</summary>
    private const int HeadSize = 512;

    private readonly ReadOnlySequence<byte> content;
    private readonly List<byte[]>? boundaries;
    private SequencePosition next;
    private ReadOnlySpan<byte> segment;
    private long segmentStart;
    private int at;
    private byte[]? buffer;
    private bool hasMore;

    public LineScanner(in ReadOnlySequence<byte> content, List<byte[]>? boundaries)
    {
        this.content = content;
        this.boundaries = boundaries;
        next = content.Start;
        hasMore = true;
        Advance();
    }

    public LineScanner(ReadOnlySpan<byte> content)
    {
        segment = content;
        Advance();
    }

    public bool AtEnd { get; private set; }

    /// <summary>Offset of the first byte of the current line; the length of the content at the end.</summary>
    public long LineStart { get; private set; }

    /// <summary>Offset behind the last byte of the current line, its line end left out.</summary>
    public long ContentEnd { get; private set; }

    public long PreviousContentEnd { get; private set; }

    /// <summary>The line without its line end, or its first bytes when it is long and crosses segments.</summary>
    public ReadOnlySpan<byte> Head { get; private set; }

    /// <summary>Index of the boundary that this line is the delimiter of; -1 for an ordinary line.</summary>
    public int Delimiter { get; private set; } = -1;

    public bool IsClosing { get; private set; }

    public readonly bool IsStop => AtEnd || Delimiter >= 0;

    public readonly bool IsBlank => ContentEnd == LineStart;

    public readonly bool IsContinuation => Head.Length > 0 && Head[0] is (byte)' ' or (byte)'\t';

    public void Advance()
    {
        PreviousContentEnd = ContentEnd;
        LineStart = segmentStart + at;
        Delimiter = -1;
        if (at == segment.Length && !NextSegment())
        {
            AtEnd = true;
            Head = default;
            ContentEnd = LineStart;
            return;
        }

        var rest = segment[at..];
        var end = rest.IndexOf((byte)'\n');
        if (end >= 0)
        {
            at += end + 1;
            Head = end > 0 && rest[end - 1] == '\r' ? rest[..(end - 1)] : rest[..end];
            ContentEnd = LineStart + Head.Length;
        }
        else
        {
            AdvanceAcross(rest);
        }

        Recheck();
    }

    /// <summary>Looks at the current line again, since a boundary was added after it was read.</summary>
    public void Recheck()
    {
        if (Head.Length > 2 && Head[0] == '-' && Head[1] == '-')
        {
            MatchDelimiter();
        }
    }

    /// <summary>Goes to the end of the content without looking at what lies between.</summary>
    public void SkipToEnd()
    {
        var end = Math.Max(content.Length, segmentStart + segment.Length);
        hasMore = false;
        segment = default;
        segmentStart = end;
        at = 0;
        PreviousContentEnd = LineStart;
        LineStart = ContentEnd = end;
        Head = default;
        Delimiter = -1;
        AtEnd = true;
    }

    private void AdvanceAcross(ReadOnlySpan<byte> rest)
    {
        at = segment.Length;
        if (!NextSegment())
        {
            Head = rest;
            ContentEnd = LineStart + rest.Length;
            return;
        }

        var kept = 0;
        long length = 0;
        byte last = 0;
        var terminated = false;
        Keep(rest, ref kept, ref length, ref last);
        do
        {
            var end = segment.IndexOf((byte)'\n');
            terminated = end >= 0;
            Keep(terminated ? segment[..end] : segment, ref kept, ref length, ref last);
            at = terminated ? end + 1 : segment.Length;
        }
        while (!terminated && NextSegment());

        var trimmed = terminated && last == '\r' ? length - 1 : length;
        Head = buffer.AsSpan(0, (int)Math.Min(kept, trimmed));
        ContentEnd = LineStart + trimmed;
    }

    private void Keep(ReadOnlySpan<byte> piece, ref int kept, ref long length, ref byte last)
    {
        if (piece.IsEmpty)
        {
            return;
        }

        buffer ??= new byte[HeadSize];
        var taken = Math.Min(piece.Length, HeadSize - kept);
        piece[..taken].CopyTo(buffer.AsSpan(kept));
        kept += taken;
        length += piece.Length;
        last = piece[^1];
    }

    private bool NextSegment()
    {
        while (hasMore)
        {
            hasMore = content.TryGet(ref next, out var memory);
            if (hasMore && memory.Length > 0)
            {
                segmentStart += segment.Length;
                segment = memory.Span;
                at = 0;
                return true;
            }
        }

        return false;
    }

    private void MatchDelimiter()
    {
        if (boundaries is null || ContentEnd - LineStart > HeadSize)
        {
            return;
        }

        for (var level = boundaries.Count - 1; level >= 0; level--)
        {
            var boundary = boundaries[level];
            if (!Head[2..].StartsWith(boundary))
            {
                continue;
            }

            var tail = Head[(2 + boundary.Length)..].Trim(" \t\r"u8);
            if (tail.IsEmpty || tail.SequenceEqual("--"u8))
            {
                Delimiter = level;
                IsClosing = !tail.IsEmpty;
                return;
            }
        }
    }
}
