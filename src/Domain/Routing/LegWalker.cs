namespace Postern.Domain.Routing;

/// <summary>Follows mail for a name from place to place, by what is confirmed, or by what is written down and what follows from the model.</summary>
internal sealed class LegWalker(RouteGraph graph, bool onlyConfirmed)
{
    private readonly int[] next = new int[graph.Places];
    private int filled = -1;

    /// <summary>The way from a place towards a name as far as it goes.</summary>
    public LegWalk Walk(int from, int name)
    {
        var next = NextOf(name);
        var path = new List<int> { from };
        while (path[^1] != graph.PlaceOf(name))
        {
            var to = next[path[^1]];
            if (to < 0)
            {
                return new LegWalk(path, TroubleAt(path[^1], to));
            }

            var isCircle = path.Contains(to);
            path.Add(to);
            if (isCircle)
            {
                return new LegWalk(path, RouteTrouble.Circle);
            }
        }

        return new LegWalk(path, path.Count - 1 > graph.HopLimit(from, name) ? RouteTrouble.TooManyHops : RouteTrouble.None);
    }

    /// <summary>Who each place hands mail for a name to; negative when to nobody. Good until the next name is asked for.</summary>
    public int[] NextOf(int name)
    {
        if (filled != name)
        {
            graph.Fill(name, onlyConfirmed, next);
            filled = name;
        }

        return next;
    }

    private RouteTrouble TroubleAt(int place, int to) =>
        to == RouteGraph.UndefinedHub ? RouteTrouble.UndefinedHub
        : place == RouteGraph.Postern || graph.IsCutOff(place) ? RouteTrouble.NoWay
        : !onlyConfirmed && graph.Gate(place) == RouteGraph.Nobody ? RouteTrouble.NoShadow
        : RouteTrouble.NoDefinition;
}

/// <summary>A way as far as it goes.</summary>
/// <param name="Path">The places in order; the last one is where it ends or fails, in a circle the one that was passed before.</param>
internal sealed record LegWalk(IReadOnlyList<int> Path, RouteTrouble Trouble)
{
    public int At => Path[^1];
}
