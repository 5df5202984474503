using Postern.Infrastructure.CcMail;
using Postern.Infrastructure.MsMail;
using Postern.Infrastructure.Smtp.Listening;
using Postern.Infrastructure.Smtp.Sending;

namespace Postern.Infrastructure.Configuration;

/// <summary>The settings of every kind of connector, and of listeners. A new kind is one line here.</summary>
public sealed class SettingsCatalog(IReadOnlyDictionary<string, SettingsShape> connectors)
{
    /// <summary>The kinds this program has.</summary>
    public static readonly SettingsCatalog Known = new(new Dictionary<string, SettingsShape>
    {
        ["ccmail"] = SettingsShape.Of<CcMailConnectorSettings>(FaultsOf),
        ["msmail"] = SettingsShape.Of<MsMailConnectorSettings>(FaultsOf),
        ["smtp"] = SettingsShape.Of<SmtpConnectorSettings>(settings => settings.Faults()),
    });

    /// <summary>Host and port of a listener stand beside its settings.</summary>
    public SettingsShape Listener { get; } = SettingsShape.Of<ListenerSettings>(settings => settings.Faults(), "host", "port");

    /// <summary>Names of the kinds, sorted.</summary>
    public IReadOnlyList<string> Kinds { get; } = [.. connectors.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The settings of a kind of connector; null when there is no such kind.</summary>
    public SettingsShape? Connector(string kind) => connectors.GetValueOrDefault(kind);

    // Without a work folder the connector gets one in the data folder.
    private static IReadOnlyList<string> FaultsOf(CcMailConnectorSettings settings) =>
        (settings.WorkFolder.Length > 0 ? settings : settings with { WorkFolder = "in the data folder" }).Faults();

    private static IReadOnlyList<string> FaultsOf(MsMailConnectorSettings settings) =>
        (settings.WorkFolder.Length > 0 ? settings : settings with { WorkFolder = "in the data folder" }).Faults();
}
