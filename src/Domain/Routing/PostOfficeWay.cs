namespace Postern.Domain.Routing;

/// <summary>How Postern reaches a post office: hop by hop to the first one that a connector reaches directly, or why it does not.</summary>
/// <param name="Hops">The post office itself first, then each it is reached via.</param>
/// <param name="Connector">Reaches the last hop; null when the way ends in nothing.</param>
/// <param name="Status">Empty when there is a way, else as in <see cref="RouteDecision.Unroutable"/>.</param>
/// <param name="Fault">Why there is no way, as a sentence; empty when there is one.</param>
public sealed record PostOfficeWay(IReadOnlyList<PostOffice> Hops, RoutedConnector? Connector, string Status, string Fault)
{
    public PostOffice PostOffice => Hops[0];

    /// <summary>The post office that mail is handed to.</summary>
    public PostOffice FirstHop => Hops[^1];

    /// <summary>The way as the explanation of a decision tells it, without the fault.</summary>
    internal IEnumerable<string> Sentences()
    {
        for (var i = 1; i < Hops.Count; i++)
        {
            yield return $"{Hops[i - 1].Name} is reached via {Hops[i].Name}.";
        }

        if (Connector is not null)
        {
            yield return $"{FirstHop.Name} is reached directly by {Connector.Name}.";
        }
    }

    /// <summary>Follows <c>via</c> from one post office to the next. Whole names are compared, never prefixes (Q162841).</summary>
    internal static PostOfficeWay Of(PostOffice postOffice, IReadOnlyDictionary<string, PostOffice> postOffices, IReadOnlyDictionary<string, RoutedConnector> connectors)
    {
        var hops = new List<PostOffice> { postOffice };
        var passed = new HashSet<string>(StringComparer.Ordinal);
        while (hops[^1] is { Via.Length: > 0 } hop)
        {
            if (!passed.Add(hop.Key))
            {
                return new PostOfficeWay(hops, null, "5.4.6", $"The way to {postOffice.Name} goes in a circle through {hop.Name}.");
            }

            if (passed.Count > RoutingTable.HopLimit)
            {
                return new PostOfficeWay(hops, null, "5.4.6", $"The way to {postOffice.Name} is longer than {RoutingTable.HopLimit} hops.");
            }

            if (!postOffices.TryGetValue(PostOffice.KeyOf(hop.System, hop.Via), out var next))
            {
                return new PostOfficeWay(hops, null, "5.4.4", $"{hop.Name} is reached via {hop.Via}, which is not defined.");
            }

            hops.Add(next);
        }

        return connectors.TryGetValue(hops[^1].Connector, out var connector)
            ? new PostOfficeWay(hops, connector, "", "")
            : new PostOfficeWay(hops, null, "5.4.4", $"No connector leads to {hops[^1].Name}.");
    }
}
