namespace Postern.Domain.Routing;

/// <summary>All that a proof looks at: our own table, who lives where, and what each old post office is believed to know.</summary>
/// <param name="Table">Its directory is not looked at: <paramref name="Homes"/> stands for it.</param>
/// <param name="Knowledge">What is written down. A row that is neither written down nor found in the post office's table follows from the model.</param>
public sealed record RouteModel(RoutingTable Table, IReadOnlyList<Home> Homes, IReadOnlyList<Knowledge> Knowledge)
{
    /// <summary>What MS Mail allows a message by default ([003], Q147471).</summary>
    public const int MsMailHopLimit = 10;

    /// <summary>The model of a table: gates by the names that its connectors are known by, and written to from the internet where a site has a domain.</summary>
    public static RouteModel Of(RoutingTable table, IReadOnlyList<Home> homes, IReadOnlyList<Knowledge> knowledge) => new(table, homes, knowledge)
    {
        Gates = GatesOf(table),
        IsWrittenToFromInternet = table.Sites.Any(site => site.SmtpDomains.Count > 0),
    };

    /// <summary>The same homes and knowledge over another table.</summary>
    public RouteModel Over(RoutingTable table) => Of(table, Homes, Knowledge) with { HopLimits = HopLimits, Hidden = Hidden };

    /// <summary>By connector: the site whose shadow name the post offices behind it reach directly; the first site with such a name where it is left out.</summary>
    public IReadOnlyDictionary<string, string> Gates { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// May anybody on the internet write to everybody at the old post offices? A site with a domain gives each mailbox an address there, its own
    /// or an encapsulated one; the answer then needs a way to our name (Q148389).
    /// </summary>
    public bool IsWrittenToFromInternet { get; init; }

    /// <summary>By key of a post office: the hop limit that its clients stamp on mail, where it is not the default (Q244485).</summary>
    public IReadOnlyDictionary<string, int> HopLimits { get; init; } = new Dictionary<string, int>();

    /// <summary>Key of a post office and home key of mailboxes that it does not see; everybody else is seen.</summary>
    public IReadOnlySet<(string PostOffice, string Native)> Hidden { get; init; } = new HashSet<(string, string)>();

    private static Dictionary<string, string> GatesOf(RoutingTable table)
    {
        var gates = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var connector in table.Connectors)
        {
            if (table.GateOf(connector) is { } site)
            {
                gates[connector.Name] = site.Name;
            }
        }

        return gates;
    }
}
