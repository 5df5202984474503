using System.Collections.Frozen;
using Postern.Domain.Addresses;
using Postern.Domain.Directory;
using Postern.Domain.Watch;

namespace Postern.Domain.Routing;

/// <summary>Decides where an address goes. One immutable version; replaced as a whole when the configuration changes.</summary>
/// <remarks>
/// Order: the directory's exact address, our own names without an entry, a defined post office followed via its hops to the
/// first direct one, the best address space (most specific, then cost, then name). Whole parts are compared, never prefixes
/// (Q162841). Mail never goes back by the connector it came from, unless the directory says so.
/// </remarks>
public sealed partial class RoutingTable
{
    /// <summary>A chain of post offices longer than this is a loop.</summary>
    public const int HopLimit = 20;

    /// <summary>Where the reports of canaries go: into Postern itself, and to nobody. No configured connector has a blank in its name.</summary>
    public static readonly RoutedConnector Canaries = new(-1, "canary report", "canary");

    private const int DeepestNesting = 10;

    public static readonly RoutingTable Empty = new(0, [], [], [], [], AddressBook.Empty);

    private readonly FrozenDictionary<string, RoutedConnector> connectors;
    private readonly FrozenDictionary<string, PostOfficeWay> ways;
    private readonly FrozenDictionary<string, Site> ownHomes;
    private readonly AddressSpaceIndex spaces;

    public RoutingTable(
        long version,
        IReadOnlyList<Site> sites,
        IReadOnlyList<PostOffice> postOffices,
        IReadOnlyList<AddressSpace> spaces,
        IReadOnlyList<RoutedConnector> connectors,
        AddressBook book)
    {
        Version = version;
        Book = book;
        Sites = sites;
        PostOffices = postOffices;
        Spaces = spaces;
        this.connectors = connectors.ToFrozenDictionary(c => c.Name, StringComparer.OrdinalIgnoreCase);
        this.spaces = new AddressSpaceIndex(spaces.Where(space => this.connectors.ContainsKey(space.Connector)));
        var byKey = postOffices.DistinctBy(postOffice => postOffice.Key).ToDictionary(postOffice => postOffice.Key, StringComparer.Ordinal);
        ways = byKey.ToFrozenDictionary(pair => pair.Key, pair => PostOfficeWay.Of(pair.Value, byKey, this.connectors), StringComparer.Ordinal);
        ownHomes = sites.SelectMany(HomeKeys, (site, key) => (Site: site, Key: key)).DistinctBy(pair => pair.Key)
            .ToFrozenDictionary(pair => pair.Key, pair => pair.Site, StringComparer.Ordinal);
    }

    /// <summary>The configuration's version; each delivery carries the one it was routed by.</summary>
    public long Version { get; }

    public AddressBook Book { get; }

    public IReadOnlyList<Site> Sites { get; }

    /// <summary>Proves the names of canaries; empty where none are sent.</summary>
    public ReadOnlyMemory<byte> CanaryKey { get; init; }

    public IReadOnlyList<PostOffice> PostOffices { get; }

    /// <summary>How each defined post office is reached, in no order.</summary>
    public IReadOnlyList<PostOfficeWay> Ways => ways.Values;

    public IReadOnlyList<AddressSpace> Spaces { get; }

    /// <summary>In no order.</summary>
    public IReadOnlyList<RoutedConnector> Connectors => connectors.Values;

    /// <summary>The site whose shadow post office or domain this address is in; null when it is nobody's of ours.</summary>
    public Site? OwnSite(MailAddress address) => ownHomes.GetValueOrDefault(address.HomeKey);

    /// <summary>The definition of the post office this address lives at; null when it is not defined.</summary>
    public PostOffice? PostOfficeOf(MailAddress address) => ways.GetValueOrDefault(address.HomeKey)?.PostOffice;

    /// <summary>The address space that takes an address nobody has defined a post office for; null when none does.</summary>
    internal AddressSpace? SpaceFor(MailAddress address) => spaces.Best(address, cameFrom: null);

    /// <summary>The internet address under which anybody is known: an entry's own, else one that encapsulates the mailbox so that a reply comes back.</summary>
    public SmtpAddress? SmtpFaceOf(MailAddress address)
    {
        if (address is SmtpAddress smtp)
        {
            return smtp;
        }

        if (Book.Find(address)?.AddressFor(SmtpAddress.TypeName) is SmtpAddress known)
        {
            return known;
        }

        if (address is CcMailAddress ccMail && AddressEncapsulation.TryUnwrap(ccMail, out var inner) && OwnSite(address) is not null)
        {
            return inner as SmtpAddress;
        }

        var domain = Sites.SelectMany(site => site.SmtpDomains).FirstOrDefault();
        return domain is not null && AddressEncapsulation.TryWrap(address, domain, out var wrapped, out _) ? wrapped : null;
    }

    /// <summary>Where mail for <paramref name="address"/> goes.</summary>
    /// <param name="cameFrom">Name of the connector that brought the message; null when it came by an SMTP listener.</param>
    public RouteDecision Resolve(MailAddress address, string? cameFrom = null) => Decide(address, cameFrom, new DecisionSteps(this, address, cameFrom), steps: null);

    /// <summary>The steps that lead to a decision, the reason last where there is no route.</summary>
    internal IReadOnlyList<string> StepsOf(MailAddress address, string? cameFrom)
    {
        var steps = new List<string>();
        Decide(address, cameFrom, steps, steps);
        return steps;
    }

    /// <param name="told">What the decision shows as its explanation.</param>
    /// <param name="steps">Where the steps are written; null when nobody reads them now.</param>
    private RouteDecision Decide(MailAddress address, string? cameFrom, IReadOnlyList<string> told, List<string>? steps)
    {
        var isOurs = false;
        for (var opened = 0; opened <= DeepestNesting; opened++)
        {
            if (Book.Find(address) is { } entry)
            {
                steps?.Add($"{address} is {entry.DisplayName} in the directory, whose mailbox is {entry.Native}.");
                // The directory is explicit: a forwarded colleague may be at the post office the mail came from.
                return Follow(entry.Native, isOurs: true, cameFrom: null, told, steps);
            }

            if (OwnSite(address) is not { } site)
            {
                return Follow(address, isOurs, cameFrom, told, steps);
            }

            if (CanaryToken.TryRead(CanaryKey.Span, address, out _))
            {
                steps?.Add($"{address} is the name of a canary; what answers it ends here.");
                return new RouteDecision.Routed(Canaries, address, Canaries.Name, IsOurs: true, told);
            }

            if (Encapsulated(address) is not { } inner)
            {
                return FollowUnknown(address, site, cameFrom, told, steps);
            }

            // What stands inside is looked up like any other. An internet address inside is somebody's elsewhere: only who may relay reaches it.
            steps?.Add($"{address} stands for {inner}.");
            isOurs = inner is not SmtpAddress;
            address = inner;
        }

        return Fail("5.1.3", $"{address} is an address within addresses, deeper than {DeepestNesting} times.", told, steps);
    }

    /// <summary>Where mail from <paramref name="sender"/> for <paramref name="address"/> goes: as <see cref="Resolve"/> says, where the connector takes mail from that sender.</summary>
    /// <param name="sender">Null is the null sender.</param>
    public RouteDecision ResolveFrom(MailAddress? sender, MailAddress address, string? cameFrom = null) => Restricted(Resolve(address, cameFrom), sender);

    /// <summary>A decision as it stands for this sender: unroutable where the connector takes no mail from them.</summary>
    public RouteDecision Restricted(RouteDecision decision, MailAddress? sender)
    {
        if (decision is not RouteDecision.Routed routed || routed.Connector.Restrictions.WhyNot(sender, Book) is not { } why)
        {
            return decision;
        }

        var reason = $"{routed.Connector.Name} {why}.";
        return new RouteDecision.Unroutable("5.7.1", reason, [.. routed.Explanation, reason]);
    }

    private RouteDecision FollowUnknown(MailAddress address, Site site, string? cameFrom, IReadOnlyList<string> told, List<string>? steps)
    {
        if (address is not SmtpAddress || site.UnknownRecipients == UnknownRecipients.Refuse)
        {
            return Fail("5.1.1", $"{address} is not in the directory, and {site.Name} has no other mailboxes.", told, steps);
        }

        steps?.Add($"{address} is not in the directory; {site.Name} passes unknown recipients on.");
        return Follow(address, isOurs: true, cameFrom, told, steps);
    }

    private RouteDecision Follow(MailAddress target, bool isOurs, string? cameFrom, IReadOnlyList<string> told, List<string>? steps)
    {
        if (ways.TryGetValue(target.HomeKey, out var way))
        {
            steps?.AddRange(way.Sentences());
            return way.Connector is null
                ? Fail(way.Status, way.Fault, told, steps)
                : new RouteDecision.Routed(way.Connector, target, way.FirstHop.Name, IsOurs: true, told);
        }

        if (spaces.Best(target, cameFrom) is not { } best)
        {
            return Fail("5.4.4", NoRoute(target), told, steps);
        }

        steps?.Add($"The address space {best.Type} {best.Pattern} (cost {best.Cost}) of {best.Connector} covers it.");
        var connector = connectors[best.Connector];
        return new RouteDecision.Routed(connector, target, connector.Name, isOurs, told);
    }

    internal static string NoRoute(MailAddress target) => target switch
    {
        CcMailAddress ccMail => $"No route leads to {ccMail.PostOffice}: it is not defined and no address space covers it.",
        MsMailAddress msMail => $"No route leads to {msMail.Network}/{msMail.PostOffice}: it is not defined and no address space covers it.",
        SmtpAddress smtp => $"No route leads to {smtp.Domain}: no address space covers it.",
        _ => $"No route leads to {target}.",
    };

    private static MailAddress? Encapsulated(MailAddress address) => address switch
    {
        SmtpAddress smtp => AddressEncapsulation.TryUnwrap(smtp, out var inner) ? inner : null,
        CcMailAddress ccMail => AddressEncapsulation.TryUnwrap(ccMail, out var inner) ? inner : null,
        _ => null,
    };

    private static RouteDecision.Unroutable Fail(string status, string reason, IReadOnlyList<string> told, List<string>? steps)
    {
        steps?.Add(reason);
        return new RouteDecision.Unroutable(status, reason, told);
    }

    /// <summary>The home keys of what a site calls its own: its domains and its shadow post offices.</summary>
    internal static IEnumerable<string> HomeKeys(Site site)
    {
        foreach (var domain in site.SmtpDomains)
        {
            yield return $"{SmtpAddress.TypeName}:{SmtpAddress.ToDnsForm(domain)}";
        }

        if (site.CcMailPostOffice.Length > 0)
        {
            yield return PostOffice.KeyOf(CcMailAddress.TypeName, site.CcMailPostOffice);
        }

        if (site.MsMailNetwork.Length > 0 && site.MsMailPostOffice.Length > 0)
        {
            yield return PostOffice.KeyOf(MsMailAddress.TypeName, $"{site.MsMailNetwork}/{site.MsMailPostOffice}");
        }
    }
}
