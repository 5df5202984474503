using Postern.Domain.Directory.Rows;

namespace Postern.Domain.Directory.Partners;

/// <summary>Lines by which an administrator says what the columns of a table are called: <c>department = Division</c>, <c>phone =</c> for none.</summary>
public static class CsvMappingLines
{
    private static readonly string[] Words = ["id", "name", "address", "proxies", "kind"];

    /// <summary>Whether a line names a column, and does not take one away.</summary>
    public static bool HasTitle(string line) => TryRead(line, out _, out var title) && title.Length > 0;

    /// <summary>The mapping with the lines carried out; sentences for lines that cannot be.</summary>
    public static CsvMapping Apply(CsvMapping mapping, IEnumerable<string> lines, out IReadOnlyList<string> faults)
    {
        var wrong = new List<string>();
        faults = wrong;
        foreach (var line in lines)
        {
            if (!TryRead(line, out var word, out var title))
            {
                wrong.Add($"“{line}” is no line such as department = Division. Before the equals sign stands one of {string.Join(", ", ValueNames.All.Concat(Words))}.");
            }
            else if (title.Length == 0 && word is "name" or "address")
            {
                wrong.Add($"“{line}” takes away what no table can be without.");
            }
            else
            {
                mapping = Apply(mapping, word, title);
            }
        }

        return mapping;
    }

    private static CsvMapping Apply(CsvMapping mapping, string word, string title) => word switch
    {
        "id" => mapping with { Id = title },
        "name" => mapping with { Name = title },
        "address" => mapping with { Address = title },
        "proxies" => mapping with { Proxies = title },
        "kind" => mapping with { Kind = title },
        _ => mapping with { Values = [.. mapping.Values.Where(value => value.Value != word), .. title.Length > 0 ? [new MappedValue(title, word)] : (MappedValue[])[]] },
    };

    private static bool TryRead(string line, out string word, out string title)
    {
        var equals = line.IndexOf('=', StringComparison.Ordinal);
        (word, title) = equals < 0 ? ("", "") : (line[..equals].Trim().ToLowerInvariant(), line[(equals + 1)..].Trim());
        return Words.Contains(word) || ValueNames.All.Contains(word);
    }
}
