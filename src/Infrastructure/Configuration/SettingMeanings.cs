using System.Reflection;
using System.Text.Json;
using System.Xml.Linq;

namespace Postern.Infrastructure.Configuration;

/// <summary>What a setting means: the summary of its property, read from the documentation file beside the program, so that page and document say the same.</summary>
internal static class SettingMeanings
{
    private static readonly Lazy<IReadOnlyDictionary<string, string>> Summaries = new(Load);

    /// <summary>The summary in plain text; empty when the documentation file is not there.</summary>
    public static string Of(PropertyInfo property) => Summaries.Value.GetValueOrDefault($"P:{property.DeclaringType!.FullName}.{property.Name}", "");

    private static Dictionary<string, string> Load()
    {
        var path = Path.Combine(AppContext.BaseDirectory, typeof(SettingMeanings).Assembly.GetName().Name + ".xml");
        return File.Exists(path)
            ? XDocument.Load(path).Descendants("member")
                .Where(member => ((string?)member.Attribute("name"))?.StartsWith("P:", StringComparison.Ordinal) == true)
                .ToDictionary(member => (string)member.Attribute("name")!, member => Plain(member.Element("summary")), StringComparer.Ordinal)
            : [];
    }

    private static string Plain(XElement? summary)
    {
        var text = summary is null ? "" : string.Concat(summary.Nodes().Select(Plain));
        return string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    private static string Plain(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement { Name.LocalName: "see" } see => $"`{Reference((string)see.Attribute("cref")!)}`",
        _ => "",
    };

    // A property as the file spells it, an enum value as it is.
    private static string Reference(string cref)
    {
        var name = cref[(cref.LastIndexOf('.') + 1)..];
        return cref.StartsWith("P:", StringComparison.Ordinal) ? JsonNamingPolicy.CamelCase.ConvertName(name) : name;
    }
}
