namespace Postern.Domain.Formats.MsMail;

/// <summary>A header line: its text lies in [Start, TextEnd), what follows it begins at Next.</summary>
/// <param name="IsEnded">False for a line that the end of the file cut off.</param>
/// <param name="IsMixed">It ends otherwise than the first line of the message.</param>
/// <param name="IsTooLong">No line end was found within the limit.</param>
internal readonly record struct MmffLine(long Start, long TextEnd, long Next, bool IsEnded, bool IsMixed, bool IsTooLong);

/// <summary>Finds lines and the starts of messages in an MMFF file. Each call looks at a byte a bounded number of times.</summary>
internal sealed class MmffLines(ByteSource source)
{
    private const int LongestVersion = 20;

    private static ReadOnlySpan<byte> LineEndBytes => "\r\n"u8;

    private static ReadOnlySpan<byte> Keyword => "VERSION:"u8;

    /// <summary>Whether a message begins here: <c>VERSION:</c> and a number, in any case, alone on its line.</summary>
    public bool IsMessageStart(long at)
    {
        if (source.Length - at < Keyword.Length || !IsKeyword(at, Keyword.Length))
        {
            return false;
        }

        var end = at + Keyword.Length;
        var digits = 0;
        while (source[end] is var c && c >= 0 && c is not ('\r' or '\n'))
        {
            if (end - at > LongestVersion || !(c is ' ' or '.' || char.IsAsciiDigit((char)c)))
            {
                return false;
            }

            digits += c is ' ' or '.' ? 0 : 1;
            end++;
        }

        return digits > 0;
    }

    /// <summary>Whether the end of the file cut off the first word of a message that begins here.</summary>
    public bool IsCutMessageStart(long at) => source.Length - at <= Keyword.Length && IsKeyword(at, (int)(source.Length - at));

    /// <summary>How the line that begins here ends.</summary>
    public LineEnd LineEndOf(long at)
    {
        var end = source.IndexOfAny(LineEndBytes, at, Math.Min(source.Length, at + LongestVersion + Keyword.Length));
        return end < 0 ? LineEnd.Unknown
            : source[end] == '\n' ? LineEnd.LineFeed
            : source[end + 1] == '\n' ? LineEnd.CarriageReturnLineFeed
            : LineEnd.CarriageReturn;
    }

    /// <summary>The bytes of the line end that stands here; 0 when none of that kind does.</summary>
    public int LineEndLength(long at, LineEnd kind) => kind switch
    {
        LineEnd.LineFeed => source[at] == '\n' ? 1 : 0,
        LineEnd.CarriageReturn => source[at] == '\r' ? 1 : 0,
        _ => source[at] == '\r' && source[at + 1] == '\n' ? 2 : 0,
    };

    /// <summary>The line that begins here; it is cut at any line end, because no header line holds one.</summary>
    public MmffLine Line(long at, LineEnd kind, int limit)
    {
        var stop = Math.Min(source.Length, at + limit);
        var end = source.IndexOfAny(LineEndBytes, at, stop);
        if (end < 0)
        {
            return new MmffLine(at, stop, stop, IsEnded: false, IsMixed: false, IsTooLong: stop < source.Length);
        }

        var length = LineEndLength(end, kind);
        var isMixed = length == 0;
        length = isMixed ? source[end] == '\r' && source[end + 1] == '\n' ? 2 : 1 : length;
        return new MmffLine(at, end, end + length, IsEnded: true, isMixed, IsTooLong: false);
    }

    /// <summary>Passes over line ends, blanks and end-of-file marks, which may stand between two messages.</summary>
    public long SkipGap(long at)
    {
        while (at < source.Length)
        {
            var rest = source.Rest(at);
            var index = rest.IndexOfAnyExcept("\r\n \t\u001A"u8);
            if (index >= 0)
            {
                return at + index;
            }

            at += rest.Length;
        }

        return at;
    }

    /// <summary>Where the next message begins at the start of a line behind this place; the end of the file when none does.</summary>
    public long NextMessage(long at)
    {
        while (true)
        {
            var end = source.IndexOfAny(LineEndBytes, at, source.Length);
            if (end < 0)
            {
                return source.Length;
            }

            at = end + 1;
            if (IsMessageStart(at))
            {
                return at;
            }
        }
    }

    private bool IsKeyword(long at, int length)
    {
        for (var i = 0; i < length; i++)
        {
            if ((source[at + i] & ~0x20) != (Keyword[i] & ~0x20))
            {
                return false;
            }
        }

        return true;
    }
}
