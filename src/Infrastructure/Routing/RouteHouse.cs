using Postern.Domain.Addresses;
using Postern.Domain.Routing;
using Postern.Infrastructure.Configuration;

namespace Postern.Infrastructure.Routing;

/// <summary>A set of routes as a part of the configuration, by the rules of the whole of it.</summary>
internal sealed class RouteHouse(SettingsCatalog catalog)
{
    private const int MostFaults = 50;

    /// <summary>Routing as a configuration has it.</summary>
    public static RouteSet Of(ConfigurationDocument document) => new(
        [.. document.Sites!.Select(site => new Site(site.Name, site.SmtpDomains, site.CcMailPostOffice, site.MsMailNetwork, site.MsMailPostOffice, site.UnknownRecipients))],
        [.. document.PostOffices!.Select(office => new PostOffice(office.System, office.Name, office.Connector, office.Via))],
        [.. document.Connectors!.SelectMany(connector => connector.AddressSpaces, (connector, space) => new AddressSpace(space.Type, space.Pattern, space.Cost, connector.Name))]);

    /// <summary>The configuration with this routing. Items that changed are read as the configuration text is, so that both have the same rules and spelling.</summary>
    public (ConfigurationDocument Document, IReadOnlyList<string> Faults) Apply(ConfigurationDocument current, RouteSet set)
    {
        var changed = set.Since(Of(current)).Where(change => !change.IsRemoval).Select(change => (change.Kind, change.Key)).ToHashSet();
        var faults = new List<string>();
        var sites = set.Sites.Select(site => IsChanged(RouteSet.ItemOf(site)) ? Read(DraftOf(site), faults) as SiteItem : Kept(current, site)).OfType<SiteItem>().ToList();
        var offices = set.PostOffices.Select(office => IsChanged(RouteSet.ItemOf(office)) ? Read(DraftOf(office), faults) as PostOfficeItem
            : new PostOfficeItem(0, office.System, office.Name, office.Connector, office.Via)).OfType<PostOfficeItem>().ToList();
        var spaces = set.Spaces.ToLookup(space => space.Connector, StringComparer.OrdinalIgnoreCase);
        var connectors = current.Connectors!.Select(connector => connector with { AddressSpaces = SpacesOf(connector, spaces[connector.Name]) }).ToList();
        foreach (var space in set.Spaces.Where(space => IsChanged(RouteSet.ItemOf(space))))
        {
            faults.AddRange(FaultsOf(space, connectors));
        }

        var document = current with { Sites = sites, PostOffices = offices, Connectors = connectors };
        if (faults.Count == 0)
        {
            var list = new FaultList();
            new ConfigurationRules(document, list).Check();
            faults.AddRange(list.InOrder().Select(fault => fault.Text));
        }

        return (document, [.. faults.Distinct().Take(MostFaults)]);

        bool IsChanged(RouteItem item) => changed.Contains((item.Kind, item.Key));
    }

    private static SiteItem? Kept(ConfigurationDocument current, Site site) => current.Sites!.FirstOrDefault(known => known.Identity == NameKey.Fold(site.Name));

    private static IReadOnlyList<AddressSpaceItem> SpacesOf(ConnectorItem connector, IEnumerable<AddressSpace> spaces)
    {
        List<AddressSpaceItem> wanted = [.. spaces.Select(space => new AddressSpaceItem(0, space.Type, space.Pattern.Trim() is { Length: > 0 } pattern ? pattern : "*", space.Cost))
            .OrderBy(space => space.Type, StringComparer.Ordinal).ThenBy(space => space.Pattern, StringComparer.Ordinal)];
        return wanted.SequenceEqual(connector.AddressSpaces) ? connector.AddressSpaces : wanted;
    }

    private static IEnumerable<string> FaultsOf(AddressSpace space, List<ConnectorItem> connectors)
    {
        var title = $"The address space {space.Type} {space.Pattern} of {space.Connector}";
        if (connectors.Find(connector => string.Equals(connector.Name, space.Connector, StringComparison.OrdinalIgnoreCase)) is not { } connector)
        {
            yield return $"{title} names a connector that is not defined.";
            yield break;
        }

        if (AddressPattern.FaultOf(space.Type, space.Pattern.Trim()) is { } fault)
        {
            yield return $"{title}: {fault}";
        }
        else if (AddressPattern.KindFault(space, connector.Kind) is { } wrong)
        {
            yield return wrong;
        }

        if (space.Cost is < 1 or > 100)
        {
            yield return $"{title} has the cost {space.Cost}; it can be 1 to 100.";
        }
    }

    private ConfigurationItem? Read(ItemDraft draft, List<string> faults)
    {
        var list = new FaultList();
        var item = new ConfigurationReader(catalog, list).Read(draft.ToText().Text).House.FirstOrDefault();
        faults.AddRange(list.InOrder().Select(fault => fault.Text));
        return list.Any ? null : item;
    }

    private static ItemDraft DraftOf(Site site) => new(
        ItemDraft.Sites,
        [
            new("name", site.Name),
            new("smtpDomains", string.Join('\n', site.SmtpDomains), SettingForm.Lines),
            .. Optional("ccMailPostOffice", site.CcMailPostOffice),
            .. Optional("msMailPostOffice", site.MsMailNetwork.Length + site.MsMailPostOffice.Length == 0 ? "" : $"{site.MsMailNetwork}/{site.MsMailPostOffice}"),
            new("unknownRecipients", site.UnknownRecipients == UnknownRecipients.Forward ? "forward" : "refuse"),
        ],
        []);

    private static ItemDraft DraftOf(PostOffice office) => new(
        ItemDraft.PostOffices, [new("system", office.System), new("name", office.Name), .. Optional("connector", office.Connector), .. Optional("via", office.Via)], []);

    private static IEnumerable<DraftValue> Optional(string path, string text) => text.Length > 0 ? [new DraftValue(path, text)] : [];
}
