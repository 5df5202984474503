using System.Text;

namespace Postern.Web.Components.Shared;

/// <summary>One line of a table for other programs (RFC 4180), with nothing in it that a spreadsheet would run or a terminal would obey.</summary>
/// <remarks>
/// A cell that begins with one of <c>= + - @</c> is a formula to a spreadsheet; an apostrophe in front makes it a text. Blanks in front do not hide
/// that. Control characters and overrides of the writing direction become marks, as on the screen.
/// </remarks>
public static class CsvLine
{
    private const int LongestCell = 8000;

    /// <summary>The cells as one line with its end.</summary>
    public static string Of(params ReadOnlySpan<string?> cells)
    {
        var line = new StringBuilder();
        foreach (var cell in cells)
        {
            line.Append(line.Length > 0 ? "," : "").Append('"').Append(Safe(cell).Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
        }

        return line.Append("\r\n").ToString();
    }

    private static string Safe(string? text)
    {
        var shown = VisibleText.Of(text, LongestCell);
        var first = shown.AsSpan().TrimStart();
        return first.Length > 0 && first[0] is '=' or '+' or '-' or '@' or '＝' or '＋' or '－' or '＠' || (first.Length < shown.Length && first.Length > 0) ? "'" + shown : shown;
    }
}
