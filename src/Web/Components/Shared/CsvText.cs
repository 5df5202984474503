using System.Globalization;
using System.Text;

namespace Postern.Web.Components.Shared;

/// <summary>A cell of a CSV file (RFC 4180) that a spreadsheet shows and never works out, whatever a peer wrote into it.</summary>
public static class CsvText
{
    private const int Longest = 8_000;

    // Programs take these for the start of a formula or of a command; the full-width ones are turned into the others on the way in.
    private const string Starts = "=+-@|%\uff1d\uff0b\uff0d\uff20";

    // What a program that was told another separator takes for the end of a cell.
    private const string Ends = ",;|\"";

    /// <summary>The text in quotes, with what acts on a screen made visible and a quote mark before what would start a formula, blanks in front of it or not.</summary>
    public static string Cell(string? text)
    {
        var cell = new StringBuilder("\"");
        var start = cell.Length;
        var isBlank = true;
        foreach (var c in VisibleText.Of(text, Longest))
        {
            if (isBlank && Starts.Contains(c, StringComparison.Ordinal))
            {
                cell.Insert(start, '\'');
            }

            cell.Append(c == '"' ? "\"\"" : c.ToString());
            isBlank = isBlank && c == ' ';
            if (Ends.Contains(c, StringComparison.Ordinal))
            {
                (isBlank, start) = (true, cell.Length);
            }
        }

        return cell.Append('"').ToString();
    }

    /// <summary>A number.</summary>
    public static string Cell(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>An instant in UTC as RFC 3339 writes it; nothing when there is none.</summary>
    public static string Cell(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "";
}
