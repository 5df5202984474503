using Postern.Domain.Directory.Rows;

namespace Postern.Domain.Directory.Partners;

/// <summary>Lines by which an administrator changes the attribute map of a directory: <c>department = ou</c>, <c>id = nsUniqueId</c>, <c>title =</c> for nothing.</summary>
public static class AttributeMapLines
{
    /// <summary>What a line may begin with, beside the names of values.</summary>
    public static IReadOnlyList<string> Words { get; } = ["id", "modified", "name", "mail", "proxies", "target", "hidden", "lists", "written", "naming"];

    /// <summary>The map with the lines carried out; sentences for lines that cannot be.</summary>
    public static AttributeMap Apply(AttributeMap map, IEnumerable<string> lines, out IReadOnlyList<string> faults)
    {
        var wrong = new List<string>();
        faults = wrong;
        foreach (var line in lines)
        {
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            var word = equals < 0 ? "" : line[..equals].Trim().ToLowerInvariant();
            var names = equals < 0 ? [] : line[(equals + 1)..].Split((char[])[',', ' '], StringSplitOptions.RemoveEmptyEntries);
            if (names.Any(name => !IsAttribute(name)) || !(Words.Contains(word) || ValueNames.All.Contains(word)))
            {
                wrong.Add($"“{line}” is no line such as department = ou. Before the equals sign stands one of {string.Join(", ", ValueNames.All.Concat(Words))}; behind it stand names of attributes.");
                continue;
            }

            if (names.Length == 0 && word is "id" or "name" or "written" or "naming" or "modified")
            {
                wrong.Add($"“{line}” takes away what no directory can be without.");
                continue;
            }

            map = Apply(map, word, names);
        }

        return map;
    }

    private static AttributeMap Apply(AttributeMap map, string word, string[] names) => word switch
    {
        "id" => map with { Id = names },
        "modified" => map with { ModifiedAt = names[0] },
        "name" => map with { Name = names },
        "mail" => map with { Mail = names.FirstOrDefault("") },
        "proxies" => map with { Proxies = names.FirstOrDefault("") },
        "target" => map with { Target = names.FirstOrDefault("") },
        "hidden" => map with { Hidden = names.FirstOrDefault("") },
        "lists" => map with { ListClasses = names },
        "written" => map with { WrittenClasses = names },
        "naming" => map with { NamingAttribute = names[0] },
        _ => map with { Values = [.. map.Values.Where(value => value.Value != word), .. names.Take(1).Select(name => new MappedValue(name, word))] },
    };

    private static bool IsAttribute(string name) => char.IsAsciiLetterOrDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or ';');
}
