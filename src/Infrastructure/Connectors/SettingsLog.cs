using System.Text.Json;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Connectors;

/// <summary>The settings of a connector as its start writes them into the log. A secret stands there by its name only.</summary>
internal static class SettingsLog
{
    private const int Longest = 4_000;

    /// <summary>What is set, with its value; and the names of what has its default.</summary>
    public static (string Set, string Defaults) Of(ConnectorDefinition definition)
    {
        if (SettingsCatalog.Known.Connector(definition.Kind) is not { } shape)
        {
            return ($"settings of the kind {definition.Kind}", "nothing that is known");
        }

        try
        {
            var set = SettingsText.Flatten("", shape.Canonical(definition.Settings)).Select(fact => $"{fact.Key.TrimStart('.')}={Masked(fact.Value)}").ToList();
            var usual = shape.Members.Where(member => !set.Exists(text => IsOf(text, member.JsonKey))).Select(member => member.Key).ToList();
            return (Storable.Text(set.Count == 0 ? "nothing but defaults" : string.Join(", ", set), Longest), usual.Count == 0 ? "nothing" : string.Join(", ", usual));
        }
        catch (JsonException e)
        {
            return (Storable.Text($"settings that cannot be read: {e.Message}", Longest), "nothing that is known");
        }
    }

    private static bool IsOf(string text, string key) => text.StartsWith(key, StringComparison.Ordinal) && text[key.Length] is '=' or '.' or '[';

    // Where {password} belongs, somebody may have typed it: /P is how IMPORT and EXPORT take it.
    private static string Masked(string value) =>
        value.StartsWith("/P", StringComparison.OrdinalIgnoreCase) && !value.Contains('{', StringComparison.Ordinal) && !value.Equals("/PARTIAL", StringComparison.OrdinalIgnoreCase)
            ? "/P****"
            : value;
}
