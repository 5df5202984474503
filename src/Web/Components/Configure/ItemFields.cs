using Postern.Infrastructure.Configuration;

namespace Postern.Web.Components.Configure;

/// <summary>The fields of a site, connector, post office or listener, in the order and under the tabs of its form.</summary>
public static class ItemFields
{
    /// <summary>The tab of what every item has.</summary>
    public const string General = "General";

    /// <summary>The tab of what a connector claims to reach.</summary>
    public const string Spaces = "Address Space";

    private const string Settings = "settings.";

    private static readonly string[] Systems = ["CCMAIL", "MS"];
    private static readonly string[] States = ["started", "stopped"];
    private static readonly string[] Unknown = ["refuse", "forward"];

    /// <summary>The fields of a connector of a kind.</summary>
    public static IReadOnlyList<SettingField> OfConnector(string kind) =>
    [
        Text("name", General, "Name", "Letters a to z, digits and hyphens, at most 63. A connector under a new name is a new connector.", "none"),
        Choice("state", General, "State", "A stopped connector takes nothing and delivers nothing; what waits for it stays.", "started", States),
        Text("nodeLabel", General, "Node label", "It runs only on nodes with this label.", "empty: on any node"),
        .. SettingsOf(SettingsCatalog.Known.Connector(kind)),
    ];

    /// <summary>The fields of a listener.</summary>
    public static IReadOnlyList<SettingField> OfListener() =>
    [
        Text("name", General, "Name", "How it is called here and in events.", "none"),
        new("host", General, "Address", "", "An IP address, localhost, or * for all.", "127.0.0.1, this machine alone", "127.0.0.1", SettingForm.Text, []),
        new("port", General, "Port", "", "0 takes a free one.", "2525", "2525", SettingForm.Number, []),
        new("enabled", General, "Enabled", "", "A listener that is not enabled is unbound; its sessions finish.", "yes", "true", SettingForm.Flag, []),
        .. SettingsOf(SettingsCatalog.Known.Listener),
    ];

    /// <summary>The fields of a site.</summary>
    public static IReadOnlyList<SettingField> OfSite() =>
    [
        Text("name", General, "Name", "Unique, whatever the letter case.", "none"),
        new("smtpDomains", General, "SMTP domains", "", "Domains whose recipients are looked up in the directory; no two sites share one.", "none", "", SettingForm.Lines, []),
        Text("ccMailPostOffice", General, "cc:Mail name", "The name under which cc:Mail post offices know this site.", "none"),
        Text("msMailPostOffice", General, "MS Mail name", "NETWORK/POSTOFFICE, under which Microsoft Mail post offices know it.", "none"),
        Choice("unknownRecipients", General, "Unknown recipients", "What becomes of a recipient in our domains who is not in the directory: refuse, or forward by the best address space.", "refuse", Unknown),
    ];

    /// <summary>The fields of a post office, with the connectors and post offices there are.</summary>
    public static IReadOnlyList<SettingField> OfPostOffice(ConfigurationDocument house) =>
    [
        Choice("system", General, "System", "CCMAIL for cc:Mail, MS for Microsoft Mail.", "none", Systems),
        Text("name", General, "Name", "SALES for cc:Mail, NETWORK/POSTOFFICE for Microsoft Mail.", "none"),
        Choice("connector", General, "Connector", "The connector that reaches it directly. Leave it empty when it is reached through another post office.", "none", ["", .. house.Connectors!.Where(c => c.Kind != "smtp").Select(c => c.Name).Order(StringComparer.Ordinal)]),
        Choice("via", General, "Via", "The post office it is reached through; exactly one of connector and via.", "none", ["", .. house.PostOffices!.Select(office => office.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]),
    ];

    /// <summary>What the fields hold for an item.</summary>
    public static IReadOnlyDictionary<string, string> Texts(ConfigurationItem item) => item switch
    {
        ConnectorItem connector => With(SettingsCatalog.Known.Connector(connector.Kind), connector.Settings,
            ("name", connector.Name), ("state", connector.IsStarted ? "started" : "stopped"), ("nodeLabel", connector.NodeLabel)),
        ListenerItem listener => With(SettingsCatalog.Known.Listener, listener.Settings,
            ("name", listener.Name), ("host", listener.Host), ("port", $"{listener.Port}"), ("enabled", listener.IsEnabled ? "true" : "false")),
        SiteItem site => With(null, "",
            ("name", site.Name), ("smtpDomains", string.Join('\n', site.SmtpDomains)), ("ccMailPostOffice", site.CcMailPostOffice),
            ("msMailPostOffice", site.MsMailNetwork.Length == 0 ? "" : $"{site.MsMailNetwork}/{site.MsMailPostOffice}"),
            ("unknownRecipients", site.UnknownRecipients == Domain.Routing.UnknownRecipients.Forward ? "forward" : "refuse")),
        PostOfficeItem office => With(null, "", ("system", office.System), ("name", office.Name), ("connector", office.Connector), ("via", office.Via)),
        _ => new Dictionary<string, string>(),
    };

    private static IEnumerable<SettingField> SettingsOf(SettingsShape? shape) =>
        shape is null ? [] : new SettingsGuide(shape).Fields.Select(setting => setting with { Path = Settings + setting.Path });

    private static Dictionary<string, string> With(SettingsShape? shape, string json, params ReadOnlySpan<(string Path, string Text)> values)
    {
        var texts = shape is null ? [] : new SettingsGuide(shape).Texts(json).ToDictionary(pair => Settings + pair.Key, pair => pair.Value, StringComparer.Ordinal);
        foreach (var (path, text) in values)
        {
            texts[path] = text;
        }

        return texts;
    }

    private static SettingField Text(string path, string tab, string label, string meaning, string note) =>
        new(path, tab, label, "", meaning, note, "", SettingForm.Text, []);

    private static SettingField Choice(string path, string tab, string label, string meaning, string note, string[] choices) =>
        new(path, tab, label, "", meaning, note, choices.Contains(note) ? note : choices[0], SettingForm.Choice, choices);
}
