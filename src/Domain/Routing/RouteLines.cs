using System.Globalization;
using Postern.Domain.Addresses;

namespace Postern.Domain.Routing;

/// <summary>One line of a routing table as it is told: a name or a pattern, and where mail for it goes.</summary>
/// <param name="Cost">Empty where a name is meant and nothing is chosen by cost.</param>
/// <param name="Connector">What takes the mail; empty for our own names and where no way leads.</param>
/// <param name="How">The site whose name it is, the way to the post office, or that it is an address space.</param>
public sealed record RouteLine(string Type, string Pattern, string Cost, string Connector, string How);

/// <summary>A whole routing table as lines, in the order in which an address is compared with them; the original's was GWART0.MTA (Q149121).</summary>
public static class RouteLines
{
    /// <summary>Our own names, then post offices, then address spaces, of these the most specific first, then the cheapest.</summary>
    public static IReadOnlyList<RouteLine> Of(RouteSet set)
    {
        var byKey = set.PostOffices.DistinctBy(office => office.Key).ToDictionary(office => office.Key, StringComparer.Ordinal);
        var connectors = set.PostOffices.Select(office => office.Connector).Where(name => name.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase)
            .ToDictionary(name => name, name => new RoutedConnector(0, name, ""), StringComparer.OrdinalIgnoreCase);
        return
        [
            .. set.Sites.OrderBy(site => site.Name, StringComparer.OrdinalIgnoreCase).SelectMany(NamesOf),
            .. byKey.Values.OrderBy(office => office.Key, StringComparer.Ordinal).Select(office => LineOf(PostOfficeWay.Of(office, byKey, connectors))),
            .. set.Spaces.OrderByDescending(AddressPattern.Closeness).ThenBy(space => space.Cost).ThenBy(space => space.Connector, StringComparer.OrdinalIgnoreCase)
                .Select(space => new RouteLine(space.Type, space.Pattern.Length > 0 ? space.Pattern : "*", space.Cost.ToString(CultureInfo.InvariantCulture), space.Connector, "address space")),
        ];
    }

    private static IEnumerable<RouteLine> NamesOf(Site site) =>
        ((string[])[CcMailAddress.TypeName, MsMailAddress.TypeName]).Select(system => (Type: system, Name: site.NameIn(system))).Where(pair => pair.Name.Length > 0)
            .Concat(site.SmtpDomains.Select(domain => (Type: SmtpAddress.TypeName, Name: domain)))
            .Select(pair => new RouteLine(pair.Type, pair.Name, "", "", $"own name of {site.Name}"));

    private static RouteLine LineOf(PostOfficeWay way) => new(
        way.PostOffice.System, way.PostOffice.Name, "", way.Connector?.Name ?? "",
        way.Connector is null ? way.Fault : way.Hops.Count == 1 ? "direct" : $"via {string.Join(", ", way.Hops.Skip(1).Select(hop => hop.Name))}");
}
