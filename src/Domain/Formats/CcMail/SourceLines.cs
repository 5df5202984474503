using System.Text;

namespace Postern.Domain.Formats.CcMail;

/// <summary>One line of a file: text without its line end, and where the next one begins.</summary>
internal readonly record struct SourceLine(long Start, long TextEnd, long Next, bool IsCut)
{
    public int Length => (int)(TextEnd - Start);
}

internal enum SizeForm
{
    None,
    Empty,
    Blank,
    Number,
}

/// <summary>A size line: the number, or the fact that it is blank or absent; data begins at <paramref name="Next"/>.</summary>
internal readonly record struct SizeLine(SizeForm Form, long Value, int Width, long Next);

/// <summary>The lexical rules of cc:Mail files: lines, gaps, keywords and sizes, always bounded in what they look at.</summary>
internal sealed class SourceLines(ByteSource source)
{
    /// <summary>No blank run longer than this is stepped over when testing what follows an item.</summary>
    private const int GapProbe = 256;

    private const int SizeLineLimit = 40;
    private const int KeywordLimit = 24;
    private const int TitleLimit = 4_096;

    public long Length => source.Length;

    /// <summary>CRLF and LF end a line; so does the end of the file, and <paramref name="limit"/> bytes (then the line is cut).</summary>
    public SourceLine Line(long start, int limit)
    {
        var stop = Math.Min(source.Length, start + limit);
        var feed = source.IndexOf((byte)'\n', start, stop);
        if (feed < 0)
        {
            return new SourceLine(start, stop, stop, stop < source.Length);
        }

        var end = feed > start && source[feed - 1] == '\r' ? feed - 1 : feed;
        return new SourceLine(start, end, feed + 1, false);
    }

    /// <summary>Steps over CR, LF, CTRL-Z and blanks between blocks.</summary>
    public long SkipGap(long from)
    {
        while (IsGap(source[from]))
        {
            from++;
        }

        return from;
    }

    public long ProbeGap(long from)
    {
        for (var limit = from + GapProbe; from < limit && IsGap(source[from]); from++)
        {
        }

        return from;
    }

    /// <summary>The line after a block keyword, read as a size of any width and alignment.</summary>
    public SizeLine Size(long start)
    {
        var line = Line(start, SizeLineLimit);
        if (line.IsCut)
        {
            return new SizeLine(SizeForm.None, 0, 0, start);
        }

        long value = 0;
        var digits = 0;
        var isClosed = false;
        for (var at = line.Start; at < line.TextEnd; at++)
        {
            var b = source[at];
            if (b is >= '0' and <= '9' && !isClosed && digits < 18)
            {
                value = (value * 10) + (b - '0');
                digits++;
            }
            else if (b is ' ' or '\t')
            {
                isClosed = digits > 0;
            }
            else
            {
                return new SizeLine(SizeForm.None, 0, 0, start);
            }
        }

        var form = digits > 0 ? SizeForm.Number : line.Length > 0 ? SizeForm.Blank : SizeForm.Empty;
        return new SizeLine(form, value, line.Length, line.Next);
    }

    /// <summary>A line that holds the keyword and nothing but blanks.</summary>
    public bool IsKeywordAlone(long start, ReadOnlySpan<byte> keyword, out long next)
    {
        next = start;
        if (!Matches(start, keyword))
        {
            return false;
        }

        var line = Line(start, keyword.Length + SizeLineLimit);
        for (var at = start + keyword.Length; at < line.TextEnd; at++)
        {
            if (source[at] is not (' ' or '\t'))
            {
                return false;
            }
        }

        next = line.Next;
        return !line.IsCut;
    }

    public bool IsMessageLine(long start, out long next) => IsKeywordAlone(start, "message:"u8, out next);

    /// <summary><c>Message:</c> followed by a size or a header line: the signature that bytes of an attachment rarely show.</summary>
    public bool IsMessageStart(long start) =>
        IsMessageLine(start, out var next)
        && (next >= source.Length || Size(next).Form != SizeForm.None || TryKeyword(next, out _));

    /// <summary>An item keyword followed by a size; <paramref name="anyName"/> also takes sections that are not called items.</summary>
    public bool IsSizedItem(long start, bool anyName) =>
        TryKeyword(start, out var colon)
        && (anyName || IsItemName(start, colon))
        && Line(start, TitleLimit) is { IsCut: false } line
        && Size(line.Next).Form is SizeForm.Number or SizeForm.Blank;

    /// <summary>An item keyword, whether a size follows or not.</summary>
    public bool IsItemLine(long start) => TryKeyword(start, out var colon) && IsItemName(start, colon) && !Line(start, TitleLimit).IsCut;

    /// <summary>The colon of <c>Word word:</c> in column 1; letters, digits, blanks and hyphens before it.</summary>
    public bool TryKeyword(long start, out long colon)
    {
        colon = start;
        if (!char.IsAsciiLetter((char)Math.Max(0, source[start])))
        {
            return false;
        }

        for (var at = start + 1; at < start + KeywordLimit; at++)
        {
            var b = source[at];
            if (b == ':')
            {
                colon = at;
                return true;
            }

            if (b < 0 || !(char.IsAsciiLetterOrDigit((char)b) || b is ' ' or '-' or '_'))
            {
                return false;
            }
        }

        return false;
    }

    public string Ascii(long start, long end) => Encoding.ASCII.GetString(source.Copy(start, end));

    private bool IsItemName(long start, long colon) => colon - start > 5 && Matches(colon - 5, " item"u8);

    private bool Matches(long start, ReadOnlySpan<byte> lower)
    {
        for (var i = 0; i < lower.Length; i++)
        {
            var b = source[start + i];
            if (b is >= 'A' and <= 'Z')
            {
                b |= 0x20;
            }

            if (b != lower[i])
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsGap(int b) => b is '\r' or '\n' or ' ' or '\t' or 0x1A;
}
