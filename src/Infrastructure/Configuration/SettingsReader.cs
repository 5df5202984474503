using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Postern.Infrastructure.Configuration;

/// <summary>Reads the settings of a connector or listener from the configuration text, value by value as its record types them.</summary>
internal static class SettingsReader
{
    /// <summary>The settings as canonical JSON; <c>{}</c> when there are none. What cannot be read is a fault and left out.</summary>
    /// <param name="fixedValues">Values from beside the settings that the check needs to know, such as the port of a listener.</param>
    public static string Read(SettingsShape shape, YamlSection owner, JsonObject? fixedValues = null)
    {
        var before = owner.Faults.Count;
        var node = owner.Find("settings");
        var settings = node switch
        {
            null or YamlScalarNode { Value: null or "" } => [],
            YamlMappingNode map => ReadMembers(shape.Members, new YamlSection(map, $"{owner.Place}, settings", owner.Faults)),
            _ => Refuse(owner, node),
        };
        foreach (var (key, value) in fixedValues ?? [])
        {
            settings[key] = value?.DeepClone();
        }

        // A check of values that are partly missing would only repeat what was said.
        if (owner.Faults.Count == before)
        {
            foreach (var fault in shape.Faults(settings.ToJsonString()))
            {
                owner.Faults.Add(node is null ? owner.Line : YamlSection.LineOf(node), $"{owner.Place}: {fault}");
            }
        }

        return shape.Canonical(settings.ToJsonString());
    }

    private static JsonObject Refuse(YamlSection owner, YamlNode node)
    {
        owner.Faults.Add(YamlSection.LineOf(node), $"{owner.Place}: settings must be a mapping.");
        return [];
    }

    private static JsonObject ReadMembers(IReadOnlyList<SettingsMember> members, YamlSection section)
    {
        var settings = new JsonObject();
        foreach (var member in members)
        {
            if (section.Find(member.Key) is { } node
                && (member.IsSecret ? ReadSecret(member, node, section) : ReadValue(member.Type, member.Key, node, section)) is { } value)
            {
                settings[member.JsonKey] = value;
            }
        }

        section.RefuseOthers();
        return settings;
    }

    private static JsonValue? ReadSecret(SettingsMember member, YamlNode node, YamlSection section)
    {
        if (node is not YamlMappingNode map)
        {
            section.Faults.Add(
                YamlSection.LineOf(node), $"{section.Place}: {member.Key} is never written into this file. Store it as a secret, and write “secret: NAME” below {member.Key}.");
            return null;
        }

        var inner = new YamlSection(map, $"{section.Place}, {member.Key}", section.Faults);
        var name = inner.RequiredText("secret");
        inner.RefuseOthers();
        return JsonValue.Create(name);
    }

    private static JsonNode? ReadValue(Type type, string key, YamlNode node, YamlSection section)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return node is YamlScalarNode { Value: "" or "null" or "~" } ? null : ReadValue(inner, key, node, section);
        }

        if (ElementOf(type) is { } element)
        {
            return ReadList(element, key, node, section);
        }

        if (SettingsShape.IsRecord(type))
        {
            return node is YamlMappingNode map
                ? ReadMembers(SettingsShape.MembersOf(type), new YamlSection(map, $"{section.Place}, {key}", section.Faults))
                : Fault(section, node, $"{key} must be a mapping.");
        }

        return section.TextOf(node, key) is { } text ? ReadScalar(type, key, text, node, section) : null;
    }

    private static JsonArray? ReadList(Type element, string key, YamlNode node, YamlSection section)
    {
        if (node is not YamlSequenceNode list)
        {
            Fault(section, node, $"{key} must be a list.");
            return null;
        }

        return [.. list.Children.Select(item => ReadValue(element, key, item, section)).Where(item => item is not null)];
    }

    private static JsonNode? ReadScalar(Type type, string key, string text, YamlNode node, YamlSection section)
    {
        if (type == typeof(string))
        {
            return JsonValue.Create(text);
        }

        if (type == typeof(bool))
        {
            return text is "true" or "false" ? JsonValue.Create(text == "true") : Fault(section, node, $"{key} is “{text}”; it can be true or false.");
        }

        if (type == typeof(TimeSpan))
        {
            return SettingsText.TryReadTime(text, out var time)
                ? JsonValue.Create(time.ToString("c", CultureInfo.InvariantCulture))
                : Fault(section, node, $"{key} is “{text}”; a time is written as 90s, 15m, 4h or 5d.");
        }

        if (type.IsEnum)
        {
            var name = Enum.GetNames(type).FirstOrDefault(name => string.Equals(name, text, StringComparison.OrdinalIgnoreCase));
            return name is not null ? JsonValue.Create(name) : Fault(section, node, $"{key} is “{text}”; it can be {string.Join(", ", Enum.GetNames(type))}.");
        }

        return ReadNumber(type, text) ?? Fault(section, node, $"{key} is “{text}”; it must be a number of a sensible size.");
    }

    private static JsonValue? ReadNumber(Type type, string text)
    {
        if (type == typeof(double))
        {
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real) ? JsonValue.Create(real) : null;
        }

        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
            && (type == typeof(long) || (whole >= int.MinValue && whole <= int.MaxValue))
                ? JsonValue.Create(whole)
                : null;
    }

    private static Type? ElementOf(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type.GetGenericArguments()[0] : null;

    private static JsonNode? Fault(YamlSection section, YamlNode node, string text)
    {
        section.Faults.Add(YamlSection.LineOf(node), $"{section.Place}: {text}");
        return null;
    }
}
