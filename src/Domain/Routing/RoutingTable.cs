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
    private readonly FrozenDictionary<string, PostOffice> postOffices;
    private readonly FrozenDictionary<string, Site> domains;
    private readonly FrozenDictionary<string, Site> shadows;
    private readonly IReadOnlyList<AddressSpace> spaces;

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
        this.spaces = spaces;
        this.connectors = connectors.ToFrozenDictionary(c => c.Name, StringComparer.OrdinalIgnoreCase);
        this.postOffices = postOffices.DistinctBy(PostOfficeKey).ToFrozenDictionary(PostOfficeKey, StringComparer.Ordinal);
        domains = sites.SelectMany(site => site.SmtpDomains, (site, domain) => (Site: site, Domain: SmtpAddress.ToDnsForm(domain))).DistinctBy(pair => pair.Domain)
            .ToFrozenDictionary(pair => pair.Domain, pair => pair.Site, StringComparer.Ordinal);
        shadows = sites.SelectMany(Shadows).DistinctBy(pair => pair.Key).ToFrozenDictionary(pair => pair.Key, pair => pair.Site, StringComparer.Ordinal);
    }

    /// <summary>The configuration's version; each delivery carries the one it was routed by.</summary>
    public long Version { get; }

    public AddressBook Book { get; }

    public IReadOnlyList<Site> Sites { get; }

    /// <summary>Proves the names of canaries; empty where none are sent.</summary>
    public ReadOnlyMemory<byte> CanaryKey { get; init; }

    /// <summary>The site whose shadow post office or domain this address is in; null when it is nobody's of ours.</summary>
    public Site? OwnSite(MailAddress address) => address switch
    {
        SmtpAddress smtp => domains.GetValueOrDefault(smtp.AsciiDomain),
        CcMailAddress ccMail => shadows.GetValueOrDefault(Key(CcMailAddress.TypeName, ccMail.PostOffice)),
        MsMailAddress msMail => shadows.GetValueOrDefault(Key(MsMailAddress.TypeName, $"{msMail.Network}/{msMail.PostOffice}")),
        _ => null,
    };

    /// <summary>The definition of the post office this address lives at; null when it is not defined.</summary>
    public PostOffice? PostOfficeOf(MailAddress address) => address switch
    {
        CcMailAddress ccMail => postOffices.GetValueOrDefault(Key(CcMailAddress.TypeName, ccMail.PostOffice)),
        MsMailAddress msMail => postOffices.GetValueOrDefault(Key(MsMailAddress.TypeName, $"{msMail.Network}/{msMail.PostOffice}")),
        _ => null,
    };

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
    public RouteDecision Resolve(MailAddress address, string? cameFrom = null)
    {
        var steps = new List<string>();
        var isOurs = false;
        for (var opened = 0; opened <= DeepestNesting; opened++)
        {
            if (Book.Find(address) is { } entry)
            {
                steps.Add($"{address} is {entry.DisplayName} in the directory, whose mailbox is {entry.Native}.");
                // The directory is explicit: a forwarded colleague may be at the post office the mail came from.
                return Follow(entry.Native, isOurs: true, cameFrom: null, steps);
            }

            if (OwnSite(address) is not { } site)
            {
                return Follow(address, isOurs, cameFrom, steps);
            }

            if (CanaryToken.TryRead(CanaryKey.Span, address, out _))
            {
                steps.Add($"{address} is the name of a canary; what answers it ends here.");
                return new RouteDecision.Routed(Canaries, address, Canaries.Name, IsOurs: true, steps);
            }

            if (Encapsulated(address) is not { } inner)
            {
                return FollowUnknown(address, site, cameFrom, steps);
            }

            // What stands inside is looked up like any other. An internet address inside is somebody's elsewhere: only who may relay reaches it.
            steps.Add($"{address} stands for {inner}.");
            isOurs = inner is not SmtpAddress;
            address = inner;
        }

        return Fail("5.1.3", $"{address} is an address within addresses, deeper than {DeepestNesting} times.", steps);
    }

    /// <summary>Where mail from <paramref name="sender"/> for <paramref name="address"/> goes: as <see cref="Resolve"/> says, where the connector takes mail from that sender.</summary>
    /// <param name="sender">Null is the null sender.</param>
    public RouteDecision ResolveFrom(MailAddress? sender, MailAddress address, string? cameFrom = null) => Restricted(Resolve(address, cameFrom), sender);

    /// <summary>A decision as it stands for this sender: unroutable where the connector takes no mail from them.</summary>
    public RouteDecision Restricted(RouteDecision decision, MailAddress? sender) =>
        decision is RouteDecision.Routed routed && routed.Connector.Restrictions.WhyNot(sender, Book) is { } why
            ? Fail("5.7.1", $"{routed.Connector.Name} {why}.", [.. routed.Explanation])
            : decision;

    private RouteDecision FollowUnknown(MailAddress address, Site site, string? cameFrom, List<string> steps)
    {
        if (address is not SmtpAddress || site.UnknownRecipients == UnknownRecipients.Refuse)
        {
            return Fail("5.1.1", $"{address} is not in the directory, and {site.Name} has no other mailboxes.", steps);
        }

        steps.Add($"{address} is not in the directory; {site.Name} passes unknown recipients on.");
        return Follow(address, isOurs: true, cameFrom, steps);
    }

    private RouteDecision Follow(MailAddress target, bool isOurs, string? cameFrom, List<string> steps)
    {
        if (PostOfficeOf(target) is { } postOffice)
        {
            return ByPostOffice(target, postOffice, steps);
        }

        var best = spaces
            .Where(space => !string.Equals(space.Connector, cameFrom, StringComparison.OrdinalIgnoreCase))
            .Select(space => (Space: space, Closeness: AddressPattern.Match(space, target)))
            .Where(match => match.Closeness > 0 && connectors.ContainsKey(match.Space.Connector))
            .OrderByDescending(match => match.Closeness)
            .ThenBy(match => match.Space.Cost)
            .ThenBy(match => match.Space.Connector, StringComparer.OrdinalIgnoreCase)
            .Select(match => match.Space)
            .FirstOrDefault();
        if (best is null)
        {
            return Fail("5.4.4", NoRoute(target), steps);
        }

        steps.Add($"The address space {best.Type} {best.Pattern} (cost {best.Cost}) of {best.Connector} covers it.");
        var connector = connectors[best.Connector];
        return new RouteDecision.Routed(connector, target, connector.Name, isOurs, steps);
    }

    private RouteDecision ByPostOffice(MailAddress target, PostOffice postOffice, List<string> steps)
    {
        var hop = postOffice;
        var passed = new HashSet<string>(StringComparer.Ordinal);
        while (hop.Via.Length > 0)
        {
            if (!passed.Add(PostOfficeKey(hop)))
            {
                return Fail("5.4.6", $"The way to {postOffice.Name} goes in a circle through {hop.Name}.", steps);
            }

            if (passed.Count > HopLimit)
            {
                return Fail("5.4.6", $"The way to {postOffice.Name} is longer than {HopLimit} hops.", steps);
            }

            if (!postOffices.TryGetValue(Key(hop.System, hop.Via), out var next))
            {
                return Fail("5.4.4", $"{hop.Name} is reached via {hop.Via}, which is not defined.", steps);
            }

            steps.Add($"{hop.Name} is reached via {next.Name}.");
            hop = next;
        }

        if (!connectors.TryGetValue(hop.Connector, out var connector))
        {
            return Fail("5.4.4", $"No connector leads to {hop.Name}.", steps);
        }

        steps.Add($"{hop.Name} is reached directly by {connector.Name}.");
        return new RouteDecision.Routed(connector, target, hop.Name, IsOurs: true, steps);
    }

    private static string NoRoute(MailAddress target) => target switch
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

    private static RouteDecision.Unroutable Fail(string status, string reason, List<string> steps)
    {
        steps.Add(reason);
        return new RouteDecision.Unroutable(status, reason, steps);
    }

    private static IEnumerable<(string Key, Site Site)> Shadows(Site site)
    {
        if (site.CcMailPostOffice.Length > 0)
        {
            yield return (Key(CcMailAddress.TypeName, site.CcMailPostOffice), site);
        }

        if (site.MsMailNetwork.Length > 0 && site.MsMailPostOffice.Length > 0)
        {
            yield return (Key(MsMailAddress.TypeName, $"{site.MsMailNetwork}/{site.MsMailPostOffice}"), site);
        }
    }

    private static string PostOfficeKey(PostOffice postOffice) => Key(postOffice.System, postOffice.Name);

    private static string Key(string system, string name) => $"{system}:{NameKey.Fold(name)}";
}
