using System.Text;

namespace Postern.Domain.Directory.Partners;

/// <summary>A row of a table with the line of the file that it begins at.</summary>
/// <param name="IsCut">The text ended within one of its quoted cells.</param>
public sealed record CsvRow(int Line, IReadOnlyList<string> Cells, bool IsCut = false);

/// <summary>Reads and writes tables as RFC 4180 has them: cells between commas, quoted where they hold one, a quote inside doubled.</summary>
public static class CsvRows
{
    private const int MostCells = 1_000;
    private const int LongestCell = 32_768;

    /// <summary>The rows one by one; empty lines are none. A quote that is never closed ends with the text, and its row is the last.</summary>
    /// <param name="lines">The lines of the text without their ends.</param>
    public static IEnumerable<CsvRow> Read(IEnumerable<string> lines, char separator = ',')
    {
        var draft = new Draft(separator);
        var number = 0;
        foreach (var line in lines)
        {
            number++;
            if (draft.Take(line, number) is { } row)
            {
                yield return row;
            }
        }

        if (draft.End() is { } last)
        {
            yield return last;
        }
    }

    /// <summary>A row as a line of text without its end.</summary>
    public static string Write(IEnumerable<string> cells, char separator = ',') =>
        string.Join(separator, cells.Select(cell => cell.AsSpan().IndexOfAny([separator, '"', '\r', '\n']) < 0 ? cell : $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\""));

    private sealed class Draft(char separator)
    {
        private readonly List<string> cells = [];
        private readonly StringBuilder cell = new();
        private int start;
        private bool isQuoted;

        /// <summary>The row that the line ends; null for an empty line, and inside a quoted cell.</summary>
        public CsvRow? Take(string line, int number)
        {
            if (isQuoted)
            {
                Append('\n');
            }
            else if (line.Length == 0)
            {
                return null;
            }
            else
            {
                start = number;
            }

            for (var i = 0; i < line.Length; i++)
            {
                if (isQuoted && line[i] == '"' && i + 1 < line.Length && line[i + 1] == '"')
                {
                    Append('"');
                    i++;
                }
                else if (line[i] == '"' && (isQuoted || cell.Length == 0))
                {
                    isQuoted = !isQuoted;
                }
                else if (line[i] == separator && !isQuoted)
                {
                    EndCell();
                }
                else
                {
                    Append(line[i]);
                }
            }

            return isQuoted ? null : EndRow();
        }

        public CsvRow? End()
        {
            var isOpen = isQuoted;
            isQuoted = false;
            return isOpen ? EndRow() with { IsCut = true } : null;
        }

        private CsvRow EndRow()
        {
            EndCell();
            var row = new CsvRow(start, [.. cells]);
            cells.Clear();
            return row;
        }

        private void EndCell()
        {
            if (cells.Count < MostCells)
            {
                cells.Add(cell.ToString());
            }

            cell.Clear();
        }

        private void Append(char c)
        {
            if (cell.Length < LongestCell)
            {
                cell.Append(c);
            }
        }
    }
}
