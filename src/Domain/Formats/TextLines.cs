using System.Text;

namespace Postern.Domain.Formats;

/// <summary>Brings text to CRLF lines of a bounded number of bytes, never losing a character and never joining lines (Q125246, Q186796).</summary>
public static class TextLines
{
    /// <summary>
    /// Breaks a line that is too long after the last blank that still fits, or between two characters where it has none. Nothing but line
    /// ends is added: taking those out again gives the text back. A text that does not end in a line end gets one.
    /// </summary>
    public static string Break(string text, int byteLimit, Encoding page)
    {
        byteLimit = Math.Max(byteLimit, 8);
        var result = new StringBuilder(text.Length + 64);
        var start = 0;
        while (start < text.Length)
        {
            var end = text.AsSpan(start).IndexOfAny('\r', '\n');
            end = end < 0 ? text.Length : start + end;
            AppendLine(result, text.AsSpan(start, end - start), byteLimit, page);
            start = end < text.Length && text[end] == '\r' && end + 1 < text.Length && text[end + 1] == '\n' ? end + 2 : end + 1;
        }

        return result.ToString();
    }

    private static void AppendLine(StringBuilder result, ReadOnlySpan<char> line, int byteLimit, Encoding page)
    {
        while (!IsShort(line, byteLimit, page))
        {
            var cut = CutOf(line, byteLimit, page);
            result.Append(line[..cut]).Append("\r\n");
            line = line[cut..];
        }

        result.Append(line).Append("\r\n");
    }

    private static bool IsShort(ReadOnlySpan<char> line, int byteLimit, Encoding page) =>
        line.Length <= byteLimit && page.GetByteCount(line) <= byteLimit;

    private static int CutOf(ReadOnlySpan<char> line, int byteLimit, Encoding page)
    {
        var used = 0;
        var length = 0;
        var afterBlank = 0;
        foreach (var rune in line.EnumerateRunes())
        {
            var next = length + rune.Utf16SequenceLength;
            used += page.GetByteCount(line[length..next]);
            if (used > byteLimit)
            {
                break;
            }

            length = next;
            afterBlank = rune.Value == ' ' ? length : afterBlank;
        }

        return Math.Max(1, afterBlank > 0 ? afterBlank : length);
    }
}
