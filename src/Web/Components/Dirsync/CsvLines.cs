using Postern.Domain.Directory.Partners;

namespace Postern.Web.Components.Dirsync;

/// <summary>The lines by which a table's columns get other meanings than their titles suggest, as they change when somebody chooses one.</summary>
public static class CsvLines
{
    /// <summary>The word for what a column holds; empty for nothing.</summary>
    public static string WordOf(CsvMapping mapping, string title)
    {
        bool Is(string other) => other.Length > 0 && string.Equals(other, title, StringComparison.OrdinalIgnoreCase);
        return Is(mapping.Id) ? "id" : Is(mapping.Name) ? "name" : Is(mapping.Address) ? "address" : Is(mapping.Proxies) ? "proxies" : Is(mapping.Kind) ? "kind"
            : mapping.Values.FirstOrDefault(value => Is(value.Attribute))?.Value ?? "";
    }

    /// <summary>The lines when a column is to hold something else. What is guessed anyway needs no line.</summary>
    public static string Mapped(IReadOnlyList<string> titles, string lines, string title, string word)
    {
        var kept = lines.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToList();
        var guess = CsvMapping.Guess(titles);
        var before = WordOf(CsvMappingLines.Apply(guess, kept, out _), title);
        if (before == word)
        {
            return string.Join('\n', kept);
        }

        if (before.Length > 0)
        {
            Drop(kept, before);
            if (WordOf(guess, title) == before)
            {
                kept.Add($"{before} =");
            }
        }

        if (word.Length > 0)
        {
            Drop(kept, word);
            if (WordOf(guess, title) != word)
            {
                kept.Add($"{word} = {title}");
            }
        }

        return string.Join('\n', kept);
    }

    private static void Drop(List<string> lines, string word) => lines.RemoveAll(line => line.Split('=')[0].Trim().Equals(word, StringComparison.OrdinalIgnoreCase));
}
