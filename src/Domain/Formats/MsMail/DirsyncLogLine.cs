using System.Globalization;

namespace Postern.Domain.Formats.MsMail;

/// <summary>How grave a line of DIRSYNC.LOG is. Most lines only tell what went on (Q149271).</summary>
public enum DirsyncLogClass
{
    Warning, Error, Fatal,
}

/// <summary>A line of DIRSYNC.LOG that has a number: what MS Mail's directory programs refused, and why (Q96001).</summary>
public sealed record DirsyncLogLine(DirsyncLogClass Class, int Number, string Text)
{
    private const int LongestNumber = 4;

    /// <summary>Reads <c>MM/DD/YY hh:mm:ss | Warning[ 27] text</c>, with or without what stands before the bar; false for any other line, those with a status included.</summary>
    public static bool TryRead(string line, out DirsyncLogLine read)
    {
        read = null!;
        var bar = line.IndexOf('|', StringComparison.Ordinal);
        var text = line[(bar + 1)..].Trim();
        var open = text.IndexOf('[', StringComparison.Ordinal);
        var close = open < 0 ? -1 : text.IndexOf(']', open);
        if (close < 0 || close - open - 1 > LongestNumber || !char.IsAsciiLetter(text[0]) || !Enum.TryParse<DirsyncLogClass>(text[..open].Trim(), ignoreCase: true, out var grave) || !Enum.IsDefined(grave)
            || !int.TryParse(text.AsSpan(open + 1, close - open - 1).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        read = new DirsyncLogLine(grave, number, text[(close + 1)..].Trim());
        return true;
    }
}
