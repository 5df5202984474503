using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Postern.Infrastructure.Configuration;

/// <summary>Every setting of a kind of connector, or of a listener, as a page lays it out; read off the record that its owner wrote.</summary>
public sealed class SettingsGuide
{
    private const string DefaultWord = "Default ";

    private readonly SettingsShape shape;

    public SettingsGuide(SettingsShape shape)
    {
        this.shape = shape;
        Fields = [.. FieldsOf(shape.Type, shape.Members, "", shape.Full("{}"), null)];
    }

    /// <summary>In the order of the record.</summary>
    public IReadOnlyList<SettingField> Fields { get; }

    /// <summary>The tabs, in the order in which their first setting comes.</summary>
    public IReadOnlyList<string> Tabs => [.. Fields.Select(setting => setting.Tab).Distinct()];

    /// <summary>Every setting as its field holds it, those with their defaults too.</summary>
    /// <exception cref="JsonException">The text does not hold these settings.</exception>
    public IReadOnlyDictionary<string, string> Texts(string json)
    {
        var full = shape.Full(json);
        return Fields.ToDictionary(field => field.Path, field => TextOf(ValueAt(full, field), field.Form), StringComparer.Ordinal);
    }

    private static IEnumerable<SettingField> FieldsOf(
        Type type, IReadOnlyList<SettingsMember> members, string prefix, JsonObject defaults, SettingAttribute? outer)
    {
        var known = members.ToDictionary(member => member.JsonKey, StringComparer.Ordinal);
        foreach (var property in type.GetProperties().OrderBy(property => property.MetadataToken))
        {
            if (!known.TryGetValue(JsonNamingPolicy.CamelCase.ConvertName(property.Name), out var member))
            {
                continue;
            }

            var words = property.GetCustomAttribute<SettingAttribute>() ?? new SettingAttribute(outer?.Tab ?? "General", Words(member.Key));
            if (SettingsShape.IsRecord(member.Type))
            {
                foreach (var inner in FieldsOf(member.Type, SettingsShape.MembersOf(member.Type), $"{prefix}{member.Key}.", (JsonObject)defaults[member.JsonKey]!, words))
                {
                    yield return inner;
                }
            }
            else
            {
                yield return FieldOf(property, member, prefix, words, defaults[member.JsonKey]);
            }
        }
    }

    private static SettingField FieldOf(PropertyInfo property, SettingsMember member, string prefix, SettingAttribute words, JsonNode? usual)
    {
        var form = FormOf(member);
        var text = TextOf(usual, form);
        var (meaning, note) = Split(SettingMeanings.Of(property).Replace("`", "", StringComparison.Ordinal));
        return new SettingField(
            prefix + member.Key, words.Tab, words.Label, words.Unit, meaning,
            note.Length > 0 ? note : text.Length == 0 ? "none" : form == SettingForm.Flag ? (text == "true" ? "yes" : "no") : text.Replace("\n", " ", StringComparison.Ordinal),
            text, form, ChoicesOf(member.Type));
    }

    // What stands behind “Default” is about the default; the rest is the meaning.
    private static (string Meaning, string Note) Split(string summary)
    {
        var at = summary.StartsWith(DefaultWord, StringComparison.Ordinal) ? 0 : summary.LastIndexOf(" " + DefaultWord, StringComparison.Ordinal) + 1;
        return at == 0 && !summary.StartsWith(DefaultWord, StringComparison.Ordinal)
            ? (summary, "")
            : (summary[..at].TrimEnd(), summary[(at + DefaultWord.Length)..].TrimEnd('.'));
    }

    private static SettingForm FormOf(SettingsMember member)
    {
        var type = Nullable.GetUnderlyingType(member.Type) ?? member.Type;
        return member switch
        {
            { IsSecret: true } => SettingForm.Secret,
            _ when type == typeof(string) => SettingForm.Text,
            _ when type == typeof(bool) => SettingForm.Flag,
            _ when type == typeof(TimeSpan) => SettingForm.Time,
            _ when type.IsEnum => SettingForm.Choice,
            _ when type.IsGenericType => SettingForm.Lines,
            _ => SettingForm.Number,
        };
    }

    private static string[] ChoicesOf(Type type) =>
        type.IsEnum ? Enum.GetNames(type) : type.IsGenericType && type.GetGenericArguments()[0] is { IsEnum: true } element ? Enum.GetNames(element) : [];

    private static JsonNode? ValueAt(JsonObject full, SettingField field)
    {
        JsonNode? node = full;
        foreach (var key in field.Path.Split('.'))
        {
            node = node?[field.Form == SettingForm.Secret ? key + SettingsShape.SecretSuffix : key];
        }

        return node;
    }

    private static string TextOf(JsonNode? value, SettingForm form) => (value, form) switch
    {
        (null, _) => "",
        (JsonArray list, _) => string.Join('\n', list.Select(item => item!.ToString())),
        (_, SettingForm.Time) => SettingsText.Short(TimeSpan.Parse(value.ToString(), CultureInfo.InvariantCulture)),
        (_, SettingForm.Flag) => value.GetValue<bool>() ? "true" : "false",
        _ => value.ToString(),
    };

    private static string Words(string key) =>
        char.ToUpperInvariant(key[0]) + string.Concat(key.Skip(1).Select(c => char.IsUpper(c) ? $" {char.ToLowerInvariant(c)}" : $"{c}"));
}
