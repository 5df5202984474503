namespace Postern.Domain.Routing;

/// <summary>The rows of old post offices that a mail which arrived must have used: seeing it is seeing them.</summary>
public static class PassedRows
{
    /// <summary>Rows on the way of a mail from a post office to a name: a shadow name of ours, or another post office.</summary>
    /// <param name="from">Key of the post office; empty when Postern sent it.</param>
    /// <returns>Nothing when the way is not known here to its end.</returns>
    public static IReadOnlyList<Knowledge> Of(RouteModel model, string from, string to) => Walk(new RouteGraph(Believed(model)), from, to);

    /// <summary>Rows on the way of a probe to a post office and of its report back to a name of ours.</summary>
    /// <param name="shadow">Key of our name; empty is the one that the post office, or the one it is reached via, knows directly.</param>
    public static IReadOnlyList<Knowledge> ThereAndBack(RouteModel model, string postOffice, string shadow = "")
    {
        var graph = new RouteGraph(Believed(model));
        if (shadow.Length == 0 && graph.TryName(postOffice, out var own) && graph.PlaceOf(own) != RouteGraph.Postern && graph.Gate(graph.PlaceOf(own)) is >= 0 and var gate)
        {
            shadow = graph.KeyOfName(gate);
        }

        return [.. Walk(graph, "", postOffice).Concat(Walk(graph, postOffice, shadow)).DistinctBy(row => row.Definition.Key)];
    }

    // What is there carried the mail, though another way may be wanted by now.
    internal static RouteModel Believed(RouteModel model)
    {
        var there = model.Knowledge.Where(row => row.State == KnowledgeState.Confirmed).Select(row => row.Definition.Key).ToHashSet();
        return model with { Knowledge = [.. model.Knowledge.Where(row => row.State == KnowledgeState.Confirmed || !there.Contains(row.Definition.Key))] };
    }

    private static IReadOnlyList<Knowledge> Walk(RouteGraph graph, string from, string to)
    {
        var start = from.Length == 0 ? RouteGraph.Postern : graph.TryName(from, out var own) && graph.PlaceOf(own) != RouteGraph.Postern ? graph.PlaceOf(own) : RouteGraph.Nobody;
        if (start == RouteGraph.Nobody || !graph.TryName(to, out var name))
        {
            return [];
        }

        return On(graph, new LegWalker(graph, onlyConfirmed: false), start, name) ?? [];
    }

    /// <summary>Rows on the way from a place to a name; null when the way is not known to its end.</summary>
    internal static IReadOnlyList<Knowledge>? On(RouteGraph graph, LegWalker walker, int start, int name)
    {
        var walk = walker.Walk(start, name);
        // What passes Postern is seen there: what comes after it shows nothing about how it came.
        var isSeen = walk.Trouble == RouteTrouble.None || (start != RouteGraph.Postern && walk.Path.Contains(RouteGraph.Postern));
        var passed = start == RouteGraph.Postern ? walk.Path.Skip(1).SkipLast(1) : walk.Path.TakeWhile(place => place != RouteGraph.Postern && place != graph.PlaceOf(name));
        return isSeen ? [.. passed.Select(place => graph.RowOf(place, name)).OfType<Knowledge>()] : null;
    }
}
