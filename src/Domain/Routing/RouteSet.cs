namespace Postern.Domain.Routing;

/// <summary>What of a configuration a routing editor edits.</summary>
public enum RouteItemKind
{
    Site, PostOffice, AddressSpace,
}

/// <summary>One site, post office or address space, told as text.</summary>
/// <param name="Key">The same for the item in two sets, whatever its letters.</param>
/// <param name="Facts">All there is to say about it; equal items say the same.</param>
public sealed record RouteItem(RouteItemKind Kind, string Key, string Title, string Facts);

/// <summary>How one item differs between two sets.</summary>
/// <param name="Before">Empty when it was not there.</param>
/// <param name="After">Empty when it is gone.</param>
public sealed record RouteChange(RouteItemKind Kind, string Key, string Title, string Before, string After)
{
    /// <summary>A route is taken out.</summary>
    public bool IsRemoval => After.Length == 0;

    public string Sentence =>
        Before.Length == 0 ? $"+ {Title}: {After}"
        : IsRemoval ? $"- {Title}: {Before}"
        : $"~ {Title}: {Before} → {After}";
}

/// <summary>The routing of a house as it can be edited, drafted and brought back: sites with their own names, post offices with their ways, and what connectors claim to reach.</summary>
public sealed record RouteSet(IReadOnlyList<Site> Sites, IReadOnlyList<PostOffice> PostOffices, IReadOnlyList<AddressSpace> Spaces)
{
    public static readonly RouteSet Empty = new([], [], []);

    /// <summary>Every item, in the order of kind and key.</summary>
    public IEnumerable<RouteItem> Items =>
        Sites.Select(ItemOf).Concat(PostOffices.Select(ItemOf)).Concat(Spaces.Select(ItemOf)).OrderBy(item => item.Kind).ThenBy(item => item.Key, StringComparer.Ordinal);

    /// <summary>What a table routes by.</summary>
    public static RouteSet Of(RoutingTable table) => new(table.Sites, table.PostOffices, table.Spaces);

    /// <summary>The table that this set makes with the connectors and the directory of another one.</summary>
    public RoutingTable Over(RoutingTable table, long version) =>
        new(version, Sites, PostOffices, Spaces, table.Connectors, table.Book) { CanaryKey = table.CanaryKey };

    /// <summary>What is different from an earlier set.</summary>
    public IReadOnlyList<RouteChange> Since(RouteSet earlier)
    {
        var before = ByKey(earlier);
        var after = ByKey(this);
        return
        [
            .. before.Keys.Union(after.Keys).OrderBy(key => key.Kind).ThenBy(key => key.Key, StringComparer.Ordinal)
                .Select(key => (Before: before.GetValueOrDefault(key), After: after.GetValueOrDefault(key)))
                .Where(pair => pair.Before?.Facts != pair.After?.Facts)
                .Select(pair => (Item: pair.After ?? pair.Before!, pair.Before, pair.After))
                .Select(pair => new RouteChange(pair.Item.Kind, pair.Item.Key, pair.Item.Title, pair.Before?.Facts ?? "", pair.After?.Facts ?? "")),
        ];
    }

    /// <summary>With this site in place of the one of that name, or added.</summary>
    public RouteSet With(Site site) => this with { Sites = [.. Sites.Where(other => ItemOf(other).Key != ItemOf(site).Key), site] };

    /// <summary>With this post office in place of the one of that name, or added.</summary>
    public RouteSet With(PostOffice office) => this with { PostOffices = [.. PostOffices.Where(other => other.Key != office.Key), office] };

    /// <summary>With this address space in place of the one of that connector, type and pattern, or added.</summary>
    public RouteSet With(AddressSpace space) => this with { Spaces = [.. Spaces.Where(other => ItemOf(other).Key != ItemOf(space).Key), space] };

    /// <summary>Without one item.</summary>
    public RouteSet Without(RouteItemKind kind, string key) => new(
        [.. Sites.Where(site => kind != RouteItemKind.Site || ItemOf(site).Key != key)],
        [.. PostOffices.Where(office => kind != RouteItemKind.PostOffice || office.Key != key)],
        [.. Spaces.Where(space => kind != RouteItemKind.AddressSpace || ItemOf(space).Key != key)]);

    /// <summary>With what an upload proposes about post offices.</summary>
    public RouteSet With(PostOfficeProposal proposal) => proposal.IsAdd ? With(proposal.PostOffice) : Without(RouteItemKind.PostOffice, proposal.PostOffice.Key);

    public static RouteItem ItemOf(Site site) => new(RouteItemKind.Site, Addresses.NameKey.Fold(site.Name), $"site {site.Name}", string.Join("; ", FactsOf(site)));

    public static RouteItem ItemOf(PostOffice office) => new(
        RouteItemKind.PostOffice, office.Key, $"post office {office.System}:{office.Name}", office.Via.Length > 0 ? $"via {Addresses.NameKey.Fold(office.Via)}" : $"direct by {office.Connector}");

    public static RouteItem ItemOf(AddressSpace space) => new(
        RouteItemKind.AddressSpace, $"{space.Connector.ToUpperInvariant()} {space.Type} {space.Pattern}", $"address space {space.Type} {space.Pattern} of {space.Connector}",
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"cost {space.Cost}"));

    private static IEnumerable<string> FactsOf(Site site)
    {
        yield return site.SmtpDomains.Count > 0 ? $"domains {string.Join(", ", site.SmtpDomains)}" : "no domain";
        if (site.CcMailPostOffice.Length > 0)
        {
            yield return $"cc:Mail {site.CcMailPostOffice}";
        }

        if (site.MsMailNetwork.Length + site.MsMailPostOffice.Length > 0)
        {
            yield return $"MS Mail {site.MsMailNetwork}/{site.MsMailPostOffice}";
        }

        yield return site.UnknownRecipients == UnknownRecipients.Forward ? "passes unknown recipients on" : "refuses unknown recipients";
    }

    private static Dictionary<(RouteItemKind Kind, string Key), RouteItem> ByKey(RouteSet set) => set.Items.DistinctBy(item => (item.Kind, item.Key)).ToDictionary(item => (item.Kind, item.Key));
}
