using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Postern.Domain.Access;
using Postern.Domain.Directory;
using Postern.Domain.Watch;
using Postern.Infrastructure.Watch;

namespace Postern.Infrastructure.Configuration;

/// <summary>Writes a configuration as text: sorted and in one spelling, so that equal configurations are equal to the byte.</summary>
internal sealed class ConfigurationWriter(SettingsCatalog catalog)
{
    private const string Header = "# Configuration of Postern. docs/CONFIGURATION.md describes every key; a key that is missing has its default.\n";

    private readonly StringBuilder text = new(Header);

    public string Write(ConfigurationDocument document)
    {
        text.Append(CultureInfo.InvariantCulture, $"\nretention:\n  contentDays: {document.Retention![0].ContentDays}\n  historyDays: {document.Retention[0].HistoryDays}\n");
        text.Append(CultureInfo.InvariantCulture, $"\noperations:\n  undoMinutes: {document.Operations![0].UndoMinutes}\n  confirmOver: {document.Operations[0].ConfirmOver}\n");
        WriteAlerts(document.Alerts![0].Settings);
        WriteSecurity(document.Security![0]);
        Section("sites", document.Sites!, site => site.Name, WriteSite);
        Section("connectors", document.Connectors!, connector => connector.Name, WriteConnector);
        Section("postOffices", document.PostOffices!, office => $"{office.System}:{office.Name}", WritePostOffice);
        Section("listeners", document.Listeners!, listener => listener.Name, WriteListener);
        Section("entries", document.Entries!, entry => entry.Native.ToString(), WriteEntry);
        return text.ToString();
    }

    /// <summary>A text as YAML reads it back unchanged: plain where nothing can be misread, else quoted.</summary>
    internal static string Quote(string value)
    {
        var isPlain = value.Length > 0 && char.IsAsciiLetter(value[0])
            && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '@' or '/')
            && value.ToLowerInvariant() is not ("true" or "false" or "yes" or "no" or "on" or "off" or "null" or "y" or "n");
        if (isPlain)
        {
            return value;
        }

        var quoted = new StringBuilder("\"");
        foreach (var c in value)
        {
            // Control characters cannot come in; separators of lines would be folded.
            quoted.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                _ when char.IsControl(c) || c is '\u2028' or '\u2029' or '\uFEFF' => $"\\u{(int)c:x4}",
                _ => c.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }

    private void Section<T>(string name, IReadOnlyList<T> items, Func<T, string> order, Action<T> write)
    {
        text.Append('\n').Append(name).Append(':').Append(items.Count == 0 ? " []\n" : "\n");
        foreach (var item in items.OrderBy(order, StringComparer.Ordinal))
        {
            write(item);
        }
    }

    private void WriteAlerts(AlertSettings alerts)
    {
        text.Append("\nalerts:\n");
        TopList("recipients", alerts.Recipients);
        TopList("webhooks", alerts.Webhooks);
        if (alerts.WebhookSecret.Length > 0)
        {
            text.Append("  webhookSecret:\n");
            Line(4, "secret", alerts.WebhookSecret);
        }

        Line(2, "minimumSeverity", alerts.MinimumSeverity.ToWord());
        text.Append("  repeatAfter: ").Append(Time(alerts.RepeatAfter)).Append("\n  delayNotice: ").Append(Time(alerts.DelayNotice)).Append('\n');
    }

    private void WriteSecurity(SecurityItem security)
    {
        text.Append("\nsecurity:\n  secondStepRoles:").Append(security.SecondStepRoles.Count == 0 ? " []\n" : "\n");
        foreach (var role in security.SecondStepRoles.Distinct().Order())
        {
            text.Append("    - ").Append(Quote(role.ToWord())).Append('\n');
        }

        Line(2, "auditHeadTo", security.AuditHeadTo);
    }

    private void TopList(string key, IReadOnlyList<string> values)
    {
        if (values.Count > 0)
        {
            text.Append("  ").Append(key).Append(":\n");
            foreach (var value in values)
            {
                text.Append("    - ").Append(Quote(value)).Append('\n');
            }
        }
    }

    private static string Time(TimeSpan time) => SettingsText.Short(time) is var shown && shown.Contains(':', StringComparison.Ordinal) ? Quote(shown) : shown;

    private void WriteSite(SiteItem site)
    {
        First("name", site.Name);
        List("smtpDomains", site.SmtpDomains);
        Optional("ccMailPostOffice", site.CcMailPostOffice);
        Optional("msMailPostOffice", site.MsMailNetwork.Length > 0 ? $"{site.MsMailNetwork}/{site.MsMailPostOffice}" : "");
        Line(4, "unknownRecipients", site.UnknownRecipients == Domain.Routing.UnknownRecipients.Forward ? "forward" : "refuse");
    }

    private void WriteConnector(ConnectorItem connector)
    {
        First("name", connector.Name);
        Line(4, "kind", connector.Kind);
        Line(4, "state", connector.IsStarted ? "started" : "stopped");
        Optional("nodeLabel", connector.NodeLabel);
        if (connector.AddressSpaces.Count > 0)
        {
            text.Append("    addressSpaces:\n");
            foreach (var space in connector.AddressSpaces)
            {
                text.Append("      - type: ").Append(space.Type).Append('\n');
                Line(8, "pattern", space.Pattern);
                text.Append(CultureInfo.InvariantCulture, $"        cost: {space.Cost}\n");
            }
        }

        Settings(catalog.Connector(connector.Kind), connector.Settings);
    }

    private void WritePostOffice(PostOfficeItem office)
    {
        First("system", office.System);
        Line(4, "name", office.Name);
        Optional("connector", office.Connector);
        Optional("via", office.Via);
    }

    private void WriteListener(ListenerItem listener)
    {
        First("name", listener.Name);
        Line(4, "host", listener.Host);
        text.Append(CultureInfo.InvariantCulture, $"    port: {listener.Port}\n");
        text.Append("    enabled: ").Append(listener.IsEnabled ? "true" : "false").Append('\n');
        Settings(catalog.Listener, listener.Settings);
    }

    private void WriteEntry(EntryItem entry)
    {
        First("displayName", entry.DisplayName);
        if (entry.Kind != EntryKind.Person)
        {
            Line(4, "kind", entry.Kind.ToString().ToLowerInvariant());
        }

        Line(4, "native", entry.Native.ToString());
        List("proxies", [.. entry.Proxies.Select(proxy => proxy.ToString())]);
    }

    private void Settings(SettingsShape? shape, string json)
    {
        var settings = (JsonObject)JsonNode.Parse(json)!;
        if (settings.Count > 0)
        {
            text.Append("    settings:\n");
            Members(6, shape?.Members ?? [], settings);
        }
    }

    private void Members(int indent, IReadOnlyList<SettingsMember> members, JsonObject settings)
    {
        foreach (var member in members.Where(member => settings.ContainsKey(member.JsonKey)))
        {
            var value = settings[member.JsonKey];
            if (member.IsSecret)
            {
                text.Append(' ', indent).Append(member.Key).Append(":\n");
                Line(indent + 2, "secret", value!.ToString());
            }
            else if (value is JsonObject inner)
            {
                text.Append(' ', indent).Append(member.Key).Append(":\n");
                Members(indent + 2, SettingsShape.MembersOf(member.Type), inner);
            }
            else
            {
                Value(indent, member, value);
            }
        }
    }

    private void Value(int indent, SettingsMember member, JsonNode? value)
    {
        text.Append(' ', indent).Append(member.Key).Append(':');
        if (value is not JsonArray list)
        {
            text.Append(' ').Append(Scalar(member.Type, value)).Append('\n');
            return;
        }

        text.Append(list.Count == 0 ? " []\n" : "\n");
        foreach (var item in list)
        {
            text.Append(' ', indent + 2).Append("- ").Append(Scalar(typeof(string), item)).Append('\n');
        }
    }

    private static string Scalar(Type type, JsonNode? value) => value switch
    {
        null => "null",
        _ when type == typeof(TimeSpan) || type == typeof(TimeSpan?) =>
            Time(TimeSpan.Parse(value.ToString(), CultureInfo.InvariantCulture)),
        JsonValue scalar when scalar.GetValueKind() == System.Text.Json.JsonValueKind.String => Quote(scalar.ToString()),
        _ => value.ToJsonString(),
    };

    private void First(string key, string value) => text.Append("  - ").Append(key).Append(": ").Append(Quote(value)).Append('\n');

    private void Line(int indent, string key, string value) => text.Append(' ', indent).Append(key).Append(": ").Append(Quote(value)).Append('\n');

    private void Optional(string key, string value)
    {
        if (value.Length > 0)
        {
            Line(4, key, value);
        }
    }

    private void List(string key, IReadOnlyList<string> values)
    {
        if (values.Count > 0)
        {
            text.Append("    ").Append(key).Append(":\n");
            foreach (var value in values)
            {
                text.Append("      - ").Append(Quote(value)).Append('\n');
            }
        }
    }
}
