using System.Globalization;
using System.Text;

namespace Postern.Domain.Mime;

/// <summary>One line of bytes as a person reads it.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Offset">Of its first byte.</param>
/// <param name="End">Behind its line end.</param>
/// <param name="Text">Its characters; for bytes that are no text, their hexadecimal form.</param>
/// <param name="LineEnd">CRLF, LF, or nothing.</param>
public sealed record RawLine(int Number, long Offset, long End, string Text, string LineEnd, bool IsHex);

/// <summary>Shows bytes as lines of text, in hex where they are none, or as bytes throughout. Bounded, whatever they are.</summary>
public static class RawLines
{
    private const int LongestLine = 400;
    private const int HexInLine = 48;
    private const int BytesInRow = 16;

    /// <summary>The lines from the start, at most so many of them.</summary>
    /// <param name="page">The characters of bytes beyond ASCII.</param>
    public static IReadOnlyList<RawLine> Read(ReadOnlySpan<byte> bytes, int most, Encoding page)
    {
        var lines = new List<RawLine>();
        var at = 0;
        while (at < bytes.Length && lines.Count < most)
        {
            var end = bytes[at..].IndexOf((byte)'\n');
            var next = end < 0 ? bytes.Length : at + end + 1;
            var line = bytes[at..next];
            var mark = line.EndsWith("\r\n"u8) ? "CRLF" : end >= 0 ? "LF" : "";
            var content = line[..(line.Length - (mark == "CRLF" ? 2 : mark.Length / 2))];
            lines.Add(IsText(content)
                ? new RawLine(lines.Count + 1, at, next, Shown(page.GetString(content[..Math.Min(content.Length, LongestLine)]), content.Length), mark, false)
                : new RawLine(lines.Count + 1, at, next, Hex(content), mark, true));
            at = next;
        }

        return lines;
    }

    /// <summary>Rows of sixteen bytes, at most so many: hex, and the characters of ASCII beside it.</summary>
    public static IReadOnlyList<RawLine> Bytes(ReadOnlySpan<byte> bytes, int most)
    {
        var rows = new List<RawLine>();
        for (var at = 0; at < bytes.Length && rows.Count < most; at += BytesInRow)
        {
            var row = bytes[at..Math.Min(bytes.Length, at + BytesInRow)];
            var hex = string.Join(' ', row.ToArray().Select(b => b.ToString("X2", CultureInfo.InvariantCulture)));
            var characters = string.Concat(row.ToArray().Select(b => b is >= 0x20 and < 0x7f ? (char)b : '·'));
            rows.Add(new RawLine(rows.Count + 1, at, at + row.Length, $"{hex,-47}  {characters}", "", true));
        }

        return rows;
    }

    private static string Shown(string text, int length) => length > LongestLine ? text + "…" : text;

    // Tabs, form feeds and the escapes of old terminals occur in texts; other control characters do not.
    private static bool IsText(ReadOnlySpan<byte> line)
    {
        foreach (var b in line)
        {
            if (b < 0x20 && b is not ((byte)'\t' or (byte)'\f' or (byte)'\r' or 0x1b or 0x1a))
            {
                return false;
            }
        }

        return true;
    }

    private static string Hex(ReadOnlySpan<byte> line)
    {
        var text = new StringBuilder();
        foreach (var b in line[..Math.Min(line.Length, HexInLine)])
        {
            text.Append(text.Length > 0 ? " " : "").Append(b.ToString("X2", CultureInfo.InvariantCulture));
        }

        return line.Length > HexInLine ? text.Append(" …").ToString() : text.ToString();
    }
}
