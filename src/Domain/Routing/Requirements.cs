namespace Postern.Domain.Routing;

/// <summary>What each old post office must know, as it follows from who sees whom; nobody has to write it down.</summary>
/// <remarks>
/// A post office needs a row for every name under which its people see somebody (Q199534), under which they answer (Q148389), and by which
/// people who moved are still addressed (Q156545), and one for every hub that those rows go through (Q169328).
/// </remarks>
public sealed class Requirements
{
    private readonly RouteGraph graph;
    private readonly Lazy<LegTable> legs;

    public Requirements(RouteModel model)
    {
        graph = new RouteGraph(model);
        legs = new Lazy<LegTable>(() => new LegTable(graph, onlyConfirmed: false));
    }

    /// <summary>The rows of one post office in the order in which they can be entered: a hub before what goes through it.</summary>
    /// <param name="postOfficeKey">As in <see cref="PostOffice.Key"/>.</param>
    public IReadOnlyList<Knowledge> Of(string postOfficeKey)
    {
        if (!graph.TryName(postOfficeKey, out var own) || graph.PlaceOf(own) is not (> 0 and var place))
        {
            return [];
        }

        var rows = new Dictionary<string, Knowledge>(StringComparer.Ordinal);
        for (var name = 0; name < graph.Names; name++)
        {
            if (graph.Network.Needs(place, name))
            {
                AddWithHubs(place, name, rows);
            }
        }

        return [.. NearestFirst(rows)];
    }

    private void AddWithHubs(int place, int name, Dictionary<string, Knowledge> rows)
    {
        while (Wanted(place, name) is { } row && rows.TryAdd(row.Definition.DestinationKey, row) && !row.Definition.IsDirect
            && graph.TryName(PostOffice.KeyOf(row.Definition.System, row.Definition.Via), out var hub))
        {
            name = hub;
        }
    }

    // What is written down, unless mail by it does not arrive: then what the model alone wants.
    private Knowledge? Wanted(int place, int name) =>
        graph.RowOf(place, name) is not { } row || legs.Value.Holds(place, name) || graph.Derived(place, name) is not { } derived || derived.SaysTheSame(row.Definition)
            ? graph.RowOf(place, name)
            : new Knowledge(derived, KnowledgeState.Required);

    private static IEnumerable<Knowledge> NearestFirst(Dictionary<string, Knowledge> rows) =>
        rows.Values.OrderBy(row => Distance(row.Definition, rows)).ThenBy(row => row.Definition.DestinationKey, StringComparer.Ordinal);

    private static int Distance(Definition row, Dictionary<string, Knowledge> rows)
    {
        var hubs = 0;
        while (!row.IsDirect && hubs < rows.Count && rows.TryGetValue(PostOffice.KeyOf(row.System, row.Via), out var hub))
        {
            (row, hubs) = (hub.Definition, hubs + 1);
        }

        return row.IsDirect ? hubs : hubs + 1;
    }
}
