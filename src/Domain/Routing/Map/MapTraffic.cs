using Postern.Domain.Addresses;

namespace Postern.Domain.Routing.Map;

/// <summary>What passes on each line of the map: the mail of all who live behind it, in both directions.</summary>
public static class MapTraffic
{
    /// <summary>Sums up by lines.</summary>
    /// <param name="table">What the map was drawn of.</param>
    /// <param name="homes">Deliveries to and from each home, by <see cref="MailAddress.HomeKey"/>.</param>
    /// <returns>By the box further out, <see cref="MapEdge.From"/>; boxes without mail are not in it, and some that are in it may not be drawn.</returns>
    public static IReadOnlyDictionary<string, long> Of(RoutingTable table, IReadOnlyDictionary<string, long> homes)
    {
        var offices = table.PostOffices.ToDictionary(office => office.Key, StringComparer.Ordinal);
        var sums = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (home, deliveries) in homes)
        {
            foreach (var box in BoxesOf(home, table, offices))
            {
                sums[box] = sums.GetValueOrDefault(box) + deliveries;
            }
        }

        return sums;
    }

    // From where somebody lives to the one next to Postern.
    private static List<string> BoxesOf(string home, RoutingTable table, Dictionary<string, PostOffice> offices)
    {
        if (!TrySomebody(home, out var somebody))
        {
            return [];
        }

        if (table.OwnSite(somebody) is { } site)
        {
            return [MapSubject.KeyOfSite(site.Name)];
        }

        if (offices.TryGetValue(home, out var office))
        {
            return Chain(office, offices);
        }

        return table.SpaceFor(somebody) is { } space ? [MapSubject.KeyOfSpaces(space.Connector, space.Type)] : [];
    }

    // A circle in a draft is walked once.
    private static List<string> Chain(PostOffice office, Dictionary<string, PostOffice> offices)
    {
        var chain = new List<string>();
        for (PostOffice? next = office; next is not null && !chain.Contains(next.Key);)
        {
            chain.Add(next.Key);
            next = next.Via.Length > 0 ? offices.GetValueOrDefault(PostOffice.KeyOf(next.System, next.Via)) : null;
        }

        return chain;
    }

    private static bool TrySomebody(string home, out MailAddress somebody)
    {
        var colon = home.IndexOf(':', StringComparison.Ordinal);
        var (type, place) = colon < 0 ? ("", "") : (home[..colon], home[(colon + 1)..]);
        return MailAddress.TryParse(
            type switch
            {
                SmtpAddress.TypeName => $"x@{place}",
                CcMailAddress.TypeName => $"{type}:X at {place}",
                _ => $"{type}:{place}/X",
            },
            out somebody!,
            out _);
    }
}
