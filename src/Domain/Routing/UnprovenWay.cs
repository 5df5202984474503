using Postern.Domain.Addresses;

namespace Postern.Domain.Routing;

/// <summary>A way from a name of ours to an old post office and back to that name, which its people need and nothing has shown yet; a canary that returns shows it.</summary>
/// <param name="Connector">Carries the mail there.</param>
/// <param name="Site">The site whose name the canary comes from.</param>
/// <param name="Shadow">Key of that name.</param>
public sealed record UnprovenWay(PostOffice PostOffice, string Connector, Site Site, string Shadow)
{
    /// <summary>The ways behind these connectors on which a definition is not confirmed, near post offices first: nothing comes back from behind one that does not know its own.</summary>
    public static IReadOnlyList<UnprovenWay> Of(RouteModel model, IReadOnlySet<string> connectors)
    {
        var graph = new RouteGraph(PassedRows.Believed(model));
        var (there, back) = (new LegWalker(graph, onlyConfirmed: false), new LegWalker(graph, onlyConfirmed: false));
        var ways = new List<(int Hops, UnprovenWay Way)>();
        foreach (var site in model.Table.Sites)
        {
            for (var place = 1; place < graph.Places; place++)
            {
                var way = graph.Way(place);
                var shadow = PostOffice.KeyOf(way.PostOffice.System, site.NameIn(way.PostOffice.System));
                if (way.Connector is { } connector && connectors.Contains(connector.Name) && IsAnsweredThere(way)
                    && graph.TryName(shadow, out var name) && graph.Network.Needs(place, name) && IsUnproven(graph, there, back, place, name))
                {
                    ways.Add((way.Hops.Count, new UnprovenWay(way.PostOffice, connector.Name, site, shadow)));
                }
            }
        }

        return [.. ways.OrderBy(way => way.Hops).Select(way => way.Way)];
    }

    // IMPORT refuses unknown mailboxes of its own post office while it runs: nothing is sent back from there.
    private static bool IsAnsweredThere(PostOfficeWay way) => way.PostOffice.System == MsMailAddress.TypeName || way.Hops.Count > 1;

    private static bool IsUnproven(RouteGraph graph, LegWalker there, LegWalker back, int place, int name)
    {
        var (down, up) = (PassedRows.On(graph, there, RouteGraph.Postern, RouteGraph.NameOf(place)), PassedRows.On(graph, back, place, name));
        return down is not null && up is not null && down.Concat(up).Any(row => row.State != KnowledgeState.Confirmed);
    }
}
