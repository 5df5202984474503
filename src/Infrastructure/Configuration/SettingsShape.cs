using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Postern.Infrastructure.Configuration;

/// <summary>One setting as the configuration text names it.</summary>
/// <param name="Key">Key in the text. A setting that names a secret is written without that word: <c>password</c> with <c>secret: NAME</c> below it.</param>
/// <param name="JsonKey">Key in the database.</param>
public sealed record SettingsMember(string Key, string JsonKey, Type Type, bool IsSecret);

/// <summary>Which settings a kind of connector, or a listener, has. Read off the record that its owner wrote.</summary>
public sealed class SettingsShape
{
    internal const string SecretSuffix = "Secret";

    private readonly Func<object, IReadOnlyList<string>> findFaults;
    private readonly HashSet<string> keptElsewhere;
    private readonly JsonObject defaults;

    private SettingsShape(Type type, object defaults, Func<object, IReadOnlyList<string>> findFaults, IEnumerable<string> keptElsewhere)
    {
        Type = type;
        this.findFaults = findFaults;
        this.keptElsewhere = [.. keptElsewhere];
        this.defaults = (JsonObject)JsonSerializer.SerializeToNode(defaults, type, SettingsJson.Options)!;
        Members = [.. MembersOf(type).Where(member => !this.keptElsewhere.Contains(member.JsonKey))];
    }

    /// <summary>The record.</summary>
    internal Type Type { get; }

    /// <summary>Sorted by key.</summary>
    public IReadOnlyList<SettingsMember> Members { get; }

    /// <summary>The shape of a settings record.</summary>
    /// <param name="findFaults">What is wrong with a set of values, a sentence each.</param>
    /// <param name="keptElsewhere">Keys that have columns of their own and are no settings of the text.</param>
    public static SettingsShape Of<T>(Func<T, IReadOnlyList<string>> findFaults, params IEnumerable<string> keptElsewhere)
        where T : class, new() => new(typeof(T), new T(), settings => findFaults((T)settings), keptElsewhere);

    /// <summary>The shape of a settings record whose owner finds its faults by itself.</summary>
    public static SettingsShape Of(Type type) => new(type, Activator.CreateInstance(type)!, _ => [], []);

    /// <summary>The settings of a record type, also of one that is nested in another.</summary>
    internal static IReadOnlyList<SettingsMember> MembersOf(Type type) =>
        [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite && property.GetCustomAttribute<JsonIgnoreAttribute>() is null)
            .Select(MemberOf)
            .OrderBy(member => member.Key, StringComparer.Ordinal)];

    /// <summary>Is this a record of further settings, rather than a value?</summary>
    internal static bool IsRecord(Type type) =>
        type.IsClass && type != typeof(string) && !typeof(IEnumerable).IsAssignableFrom(type);

    /// <summary>Only what differs from the defaults, keys sorted: equal settings are equal texts.</summary>
    /// <exception cref="JsonException">The text does not hold these settings.</exception>
    internal string Canonical(string json)
    {
        return Different(Full(json), defaults, Members.Select(member => member.JsonKey)).ToJsonString(SettingsJson.Options);
    }

    /// <summary>What of a stored text can be read, setting by setting, and why the rest cannot; the fault is empty when all can.</summary>
    internal (string Settings, string Fault) Salvage(string json)
    {
        try
        {
            return (Canonical(json), "");
        }
        catch (JsonException)
        {
            // One by one, then.
        }

        if (JsonNode.Parse(json) is not JsonObject stored)
        {
            return ("{}", "they are not names with values");
        }

        var (kept, faults) = (new JsonObject(), new List<string>());
        foreach (var (key, value) in stored)
        {
            try
            {
                var one = new JsonObject { [key] = value?.DeepClone() };
                Parse(one.ToJsonString());
                kept[key] = value?.DeepClone();
            }
            catch (JsonException)
            {
                faults.Add($"{Members.FirstOrDefault(member => member.JsonKey == key)?.Key ?? key} cannot be “{Queue.Storable.Text(value?.ToJsonString() ?? "null", 100)}”");
            }
        }

        return (Canonical(kept.ToJsonString()), string.Join("; ", faults));
    }

    /// <summary>Every setting with its value, those with their defaults too.</summary>
    /// <exception cref="JsonException">The text does not hold these settings.</exception>
    internal JsonObject Full(string json) => (JsonObject)JsonSerializer.SerializeToNode(Parse(json), Type, SettingsJson.Options)!;

    /// <summary>What is wrong with the settings, a sentence each.</summary>
    /// <exception cref="JsonException">The text does not hold these settings.</exception>
    internal IReadOnlyList<string> Faults(string json) => findFaults(Parse(json));

    /// <summary>Names of the secrets that the settings ask for.</summary>
    internal IEnumerable<string> SecretsIn(string json)
    {
        var settings = (JsonObject)JsonNode.Parse(json)!;
        return Members.Where(member => member.IsSecret)
            .Select(member => (string?)settings[member.JsonKey] ?? "")
            .Where(name => name.Length > 0);
    }

    private object Parse(string json) => JsonSerializer.Deserialize(json, Type, SettingsJson.Options) ?? throw new JsonException("The settings are null.");

    private static SettingsMember MemberOf(PropertyInfo property)
    {
        var json = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
        var isSecret = property.PropertyType == typeof(string) && json.EndsWith(SecretSuffix, StringComparison.Ordinal) && json.Length > SecretSuffix.Length;
        return new SettingsMember(isSecret ? json[..^SecretSuffix.Length] : json, json, property.PropertyType, isSecret);
    }

    private static JsonObject Different(JsonObject full, JsonObject defaults, IEnumerable<string> keys)
    {
        var kept = new JsonObject();
        foreach (var key in keys.Order(StringComparer.Ordinal))
        {
            var (value, usual) = (full[key], defaults[key]);
            if (JsonNode.DeepEquals(value, usual))
            {
                continue;
            }

            kept[key] = value is JsonObject inner && usual is JsonObject innerUsual
                ? Different(inner, innerUsual, inner.Select(pair => pair.Key))
                : value?.DeepClone();
        }

        return kept;
    }
}
