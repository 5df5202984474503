using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Postern.Web.Components.Connectors;

/// <summary>One setting as a person reads it.</summary>
public sealed record SettingLine(string Name, string Value);

/// <summary>Lays the settings of a connector out for reading. Secrets never stand in them, only their names do; what looks like one is hidden all the same.</summary>
public static class SettingLines
{
    private const int Most = 100;

    /// <summary>One line for each value, in the order of the text; nested ones with both names.</summary>
    public static IReadOnlyList<SettingLine> Of(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(json));
            return document.RootElement.ValueKind == JsonValueKind.Object ? [.. Lines("", document.RootElement).Take(Most)] : [];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the second: half a surrogate pair
        {
            return [new SettingLine("Settings", "They are not JSON and cannot be shown.")];
        }
    }

    private static IEnumerable<SettingLine> Lines(string prefix, JsonElement element)
    {
        foreach (var property in element.EnumerateObject())
        {
            var name = prefix.Length == 0 ? Words(property.Name) : $"{prefix}, {Words(property.Name).ToLowerInvariant()}";
            if (property.Value.ValueKind == JsonValueKind.Object)
            {
                foreach (var line in Lines(name, property.Value))
                {
                    yield return line;
                }
            }
            else
            {
                yield return new SettingLine(name, IsSecret(property.Name) ? "hidden" : Value(property.Value));
            }
        }
    }

    private static bool IsSecret(string name) =>
        name.EndsWith("password", StringComparison.OrdinalIgnoreCase) || name.EndsWith("token", StringComparison.OrdinalIgnoreCase);

    private static string Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => "yes",
        JsonValueKind.False => "no",
        JsonValueKind.Null => "none",
        JsonValueKind.String => value.GetString() is { Length: > 0 } text ? text : "none",
        JsonValueKind.Array => value.GetArrayLength() == 0 ? "none" : string.Join(", ", value.EnumerateArray().Take(50).Select(Value)),
        _ => value.GetRawText(),
    };

    // smartHosts and SmartHosts are both "Smart hosts".
    private static string Words(string name)
    {
        var words = new StringBuilder(name.Length + 4);
        foreach (var c in name.Take(60))
        {
            if (char.IsUpper(c) && words.Length > 0)
            {
                words.Append(' ');
            }

            words.Append(words.Length == 0 ? char.ToUpper(c, CultureInfo.InvariantCulture) : char.ToLowerInvariant(c));
        }

        return words.ToString();
    }
}
