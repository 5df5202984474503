using System.Text.Json.Nodes;
using Postern.Domain.Addresses;
using Postern.Domain.Directory;
using Postern.Domain.Routing;
using YamlDotNet.RepresentationModel;

namespace Postern.Infrastructure.Configuration;

/// <summary>Reads the configuration text, item by item, and says of each what is wrong with it alone. <see cref="ConfigurationRules"/> looks at them together.</summary>
internal sealed class ConfigurationReader(SettingsCatalog catalog, FaultList faults)
{
    private const int DefaultListenerPort = 2525;

    public ConfigurationDocument Read(string text)
    {
        if (YamlText.Read(text, faults) is not { } root)
        {
            return new ConfigurationDocument();
        }

        var sections = new YamlSection(root, "The file", faults);
        var document = new ConfigurationDocument
        {
            Retention = ReadRetention(sections),
            Operations = ReadOperations(sections),
            Alerts = AlertsReader.Read(sections, faults),
            Security = SecurityReader.Read(sections, faults),
            Sites = Items(sections, "sites", "A site", ReadSite),
            Connectors = Items(sections, "connectors", "A connector", ReadConnector),
            PostOffices = Items(sections, "postOffices", "A post office", ReadPostOffice),
            Listeners = Items(sections, "listeners", "A listener", ReadListener),
            Entries = Items(sections, "entries", "An entry", ReadEntry),
        };
        sections.RefuseOthers();
        return document;
    }

    private List<T>? Items<T>(YamlSection sections, string key, string called, Func<YamlSection, T?> read)
        where T : class
    {
        if (sections.Find(key) is null)
        {
            return null;
        }

        var items = new List<T>();
        foreach (var node in sections.List(key))
        {
            if (node is not YamlMappingNode map)
            {
                faults.Add(YamlSection.LineOf(node), $"{called} must be a mapping of keys and values.");
                continue;
            }

            var name = map.Children.TryGetValue(new YamlScalarNode(key == "entries" ? "displayName" : "name"), out var value)
                && value is YamlScalarNode { Value: { Length: > 0 and < 200 } text } ? $"{called[(called.IndexOf(' ', StringComparison.Ordinal) + 1)..]} {text}" : called;
            var section = new YamlSection(map, char.ToUpperInvariant(name[0]) + name[1..], faults);
            if (read(section) is { } item)
            {
                items.Add(item);
            }

            section.RefuseOthers();
        }

        return items;
    }

    private List<RetentionItem>? ReadRetention(YamlSection sections)
    {
        switch (sections.Find("retention"))
        {
            case null:
                return null;
            case YamlMappingNode map:
                var section = new YamlSection(map, "Retention", faults);
                var content = section.Number("contentDays", RetentionItem.DefaultContentDays, 1, RetentionItem.MostDays);
                var history = section.Number("historyDays", RetentionItem.DefaultHistoryDays, 1, RetentionItem.MostDays);
                section.RefuseOthers();
                if (history < content)
                {
                    faults.Add(section.Line, $"Retention: historyDays is {history}; it cannot be less than contentDays, {content}.");
                }

                return [new RetentionItem(section.Line, content, history)];
            case var other:
                faults.Add(YamlSection.LineOf(other), "Retention must be a mapping with contentDays and historyDays.");
                return null;
        }
    }

    private List<OperationsItem>? ReadOperations(YamlSection sections)
    {
        switch (sections.Find("operations"))
        {
            case null:
                return null;
            case YamlMappingNode map:
                var section = new YamlSection(map, "Operations", faults);
                var undo = section.Number("undoMinutes", OperationsItem.DefaultUndoMinutes, 1, OperationsItem.MostUndoMinutes);
                var confirm = section.Number("confirmOver", OperationsItem.DefaultConfirmOver, 0, OperationsItem.MostConfirmOver);
                section.RefuseOthers();
                return [new OperationsItem(section.Line, undo, confirm)];
            case var other:
                faults.Add(YamlSection.LineOf(other), "Operations must be a mapping with undoMinutes and confirmOver.");
                return null;
        }
    }

    private SiteItem ReadSite(YamlSection section)
    {
        var domains = new List<string>();
        foreach (var (line, domain) in section.TextList("smtpDomains"))
        {
            if (SmtpAddress.TryCreate("x", domain.Trim(), out var address, out var fault))
            {
                domains.Add(address.Domain);
            }
            else
            {
                faults.Add(line, $"{section.Place}: the domain “{domain}” cannot be used. {fault}");
            }
        }

        var ccMail = section.Text("ccMailPostOffice").Trim();
        if (ccMail.Length > 0 && !CcMailAddress.TryCreate("x", ccMail, out _, out var ccMailFault))
        {
            faults.Add(section.LineOf("ccMailPostOffice"), $"{section.Place}: ccMailPostOffice cannot be used. {ccMailFault}");
        }

        var (network, postOffice) = ReadMsMailName(section, "msMailPostOffice");
        return new SiteItem(
            section.Line, section.RequiredText("name"), domains, ccMail, network, postOffice,
            section.Word("unknownRecipients", "refuse", "refuse", "forward") == "forward" ? UnknownRecipients.Forward : UnknownRecipients.Refuse);
    }

    private (string Network, string PostOffice) ReadMsMailName(YamlSection section, string key)
    {
        var name = section.Text(key).Trim();
        if (name.Length == 0)
        {
            return ("", "");
        }

        var fault = PostOfficeNames.FaultOf(MsMailAddress.TypeName, name);
        if (fault.Length == 0 && MsMailAddress.TryParse($"{name}/x", out var address, out fault))
        {
            return (address.Network, address.PostOffice);
        }

        faults.Add(section.LineOf(key), $"{section.Place}: {key} “{name}” cannot be used. {fault}");
        return ("", "");
    }

    private ConnectorItem? ReadConnector(YamlSection section)
    {
        var name = section.RequiredText("name");
        if (name.Length > 0 && !IsConnectorName(name))
        {
            faults.Add(section.Line, $"{section.Place}: a connector's name has 1 to 63 letters a to z, digits and hyphens, and begins with a letter or digit.");
        }
        else if (name == "new")
        {
            faults.Add(section.Line, $"{section.Place}: the page of a connector called new would be the one on which connectors are added; choose another name.");
        }

        var kind = section.RequiredText("kind").ToLowerInvariant();
        var isStarted = section.Word("state", "started", "started", "stopped") == "started";
        var nodeLabel = section.Text("nodeLabel").Trim();
        var spaces = ReadAddressSpaces(section);
        if (catalog.Connector(kind) is { } shape)
        {
            return new ConnectorItem(section.Line, name, kind, isStarted, nodeLabel, spaces, SettingsReader.Read(shape, section));
        }

        section.Find("settings"); // of an unknown kind: not read, and not an unknown key either
        if (kind.Length > 0)
        {
            faults.Add(section.Line, $"{section.Place}: there is no kind “{kind}”; there is {string.Join(", ", catalog.Kinds)}.");
        }

        return null;
    }

    private List<AddressSpaceItem> ReadAddressSpaces(YamlSection connector)
    {
        var spaces = new List<AddressSpaceItem>();
        foreach (var node in connector.List("addressSpaces"))
        {
            if (node is not YamlMappingNode map)
            {
                faults.Add(YamlSection.LineOf(node), $"{connector.Place}: an address space must be a mapping with type, pattern and cost.");
                continue;
            }

            var section = new YamlSection(map, $"{connector.Place}, address space", faults);
            var type = section.RequiredText("type").ToUpperInvariant();
            var pattern = section.Text("pattern", "*").Trim();
            spaces.Add(new AddressSpaceItem(section.Line, type, pattern.Length == 0 ? "*" : pattern, section.Number("cost", 1, 1, 100)));
            section.RefuseOthers();
            if (type.Length > 0 && AddressPattern.FaultOf(type, pattern) is { } fault)
            {
                faults.Add(section.Line, $"{section.Place}: {fault}");
            }
        }

        return [.. spaces.OrderBy(space => space.Type, StringComparer.Ordinal).ThenBy(space => space.Pattern, StringComparer.Ordinal)];
    }

    private PostOfficeItem ReadPostOffice(YamlSection section)
    {
        var system = section.RequiredText("system").ToUpperInvariant();
        var name = section.RequiredText("name");
        var (connector, via) = (section.Text("connector").Trim(), section.Text("via").Trim());
        if (system is not ("" or CcMailAddress.TypeName or MsMailAddress.TypeName))
        {
            faults.Add(section.LineOf("system"), $"{section.Place}: system is “{system}”; it can be {CcMailAddress.TypeName} or {MsMailAddress.TypeName}.");
        }
        else if (name.Length > 0 && ConfigurationRules.PostOfficeNameFault(system, name) is { Length: > 0 } fault)
        {
            faults.Add(section.Line, $"{section.Place}: {fault}");
        }

        if (connector.Length > 0 == via.Length > 0)
        {
            faults.Add(section.Line, $"{section.Place} needs either connector (reached directly) or via (through another post office).");
        }

        return new PostOfficeItem(section.Line, system, name, connector, via);
    }

    private ListenerItem ReadListener(YamlSection section)
    {
        var name = section.RequiredText("name");
        var host = section.Text("host", "127.0.0.1").Trim();
        var port = section.Number("port", DefaultListenerPort, 0, 65535);
        var isEnabled = section.Word("enabled", "true", "true", "false") == "true";
        var settings = SettingsReader.Read(catalog.Listener, section, new JsonObject { ["host"] = host, ["port"] = port });
        return new ListenerItem(section.Line, name, host, port, isEnabled, settings);
    }

    private EntryItem? ReadEntry(YamlSection section)
    {
        var displayName = section.RequiredText("displayName");
        var kind = Enum.Parse<EntryKind>(section.Word("kind", "person", "person", "list", "board"), ignoreCase: true);
        var proxies = section.TextList("proxies").Select(proxy => ReadAddress(section, proxy.Line, proxy.Text)).OfType<MailAddress>().ToList();
        var native = section.RequiredText("native");
        return native.Length > 0 && ReadAddress(section, section.LineOf("native"), native) is { } address
            ? new EntryItem(section.Line, 0, displayName, kind, address, proxies)
            : null;
    }

    private MailAddress? ReadAddress(YamlSection section, int line, string text)
    {
        if (MailAddress.TryParse(text, out var address, out var fault))
        {
            return address;
        }

        faults.Add(line, $"{section.Place}: “{text}” is not an address. {fault}");
        return null;
    }

    private static bool IsConnectorName(string name) =>
        name.Length <= 63 && name[0] != '-' && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
