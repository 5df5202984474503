namespace Postern.Domain.Routing;

/// <summary>For every name: which places can hand mail on until it is there, within the hops that are allowed.</summary>
/// <remarks>
/// For one name each place has one next place, so one pass over all places settles them all. One bit is kept for a pair of place and name;
/// what happens on a way that fails is walked again when somebody asks.
/// </remarks>
internal sealed class LegTable
{
    private const short Unknown = -1;
    private const short Walking = -2;
    private const short Lost = -3;

    private readonly RouteGraph graph;
    private readonly bool onlyConfirmed;
    private readonly ulong[][] reaches;
    private readonly int[] next;
    private int filled = -1;

    public LegTable(RouteGraph graph, bool onlyConfirmed)
    {
        this.graph = graph;
        this.onlyConfirmed = onlyConfirmed;
        next = new int[graph.Places];
        reaches = new ulong[graph.Names][];
        var hops = new short[graph.Places];
        var trail = new int[graph.Places];
        for (var name = 0; name < graph.Names; name++)
        {
            reaches[name] = Settle(name, hops, trail);
        }
    }

    public bool Holds(int from, int name) => (reaches[name][from >> 6] >> (from & 63) & 1) != 0;

    /// <summary>One bit for each place from which the name is reached.</summary>
    public ulong[] Reaching(int name) => reaches[name];

    /// <summary>Postern and the post offices of the name's system from which it cannot be reached.</summary>
    public IEnumerable<int> Failing(int name)
    {
        if (!Holds(RouteGraph.Postern, name))
        {
            yield return RouteGraph.Postern;
        }

        var (first, end) = graph.Range(name);
        for (var place = first; place < end; place++)
        {
            if (!Holds(place, name))
            {
                yield return place;
            }
        }
    }

    /// <summary>The way from a place towards a name as far as it goes.</summary>
    public LegWalk Walk(int from, int name)
    {
        Load(name);
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

    /// <summary>Who a place hands mail for a name to; negative when to nobody.</summary>
    public int Next(int place, int name)
    {
        Load(name);
        return next[place];
    }

    private RouteTrouble TroubleAt(int place, int to) =>
        to == RouteGraph.UndefinedHub ? RouteTrouble.UndefinedHub
        : place == RouteGraph.Postern || graph.IsCutOff(place) ? RouteTrouble.NoWay
        : !onlyConfirmed && graph.Gate(place) == RouteGraph.Nobody ? RouteTrouble.NoShadow
        : RouteTrouble.NoDefinition;

    private void Load(int name)
    {
        if (filled != name)
        {
            graph.Fill(name, onlyConfirmed, next);
            filled = name;
        }
    }

    private ulong[] Settle(int name, short[] hops, int[] trail)
    {
        Load(name);
        Array.Fill(hops, Unknown);
        hops[graph.PlaceOf(name)] = 0;
        var bits = new ulong[(graph.Places + 63) / 64];
        var (limit, own) = (graph.HopLimit(name), graph.OwnLimits);
        Settle(RouteGraph.Postern);
        var (first, end) = graph.Range(name);
        for (var place = first; place < end; place++)
        {
            Settle(place);
        }

        return bits;

        void Settle(int place)
        {
            if (hops[place] == Unknown)
            {
                var to = next[place];
                if (to >= 0 && hops[to] >= 0)
                {
                    hops[place] = (short)(hops[to] + 1);
                }
                else
                {
                    Follow(place, hops, trail);
                }
            }

            if (hops[place] >= 0 && hops[place] <= (own[place] > 0 ? own[place] : limit))
            {
                bits[place >> 6] |= 1UL << (place & 63);
            }
        }
    }

    // Walks until something is known, then writes the answer on the whole trail.
    private void Follow(int place, short[] hops, int[] trail)
    {
        var length = 0;
        while (place >= 0 && hops[place] == Unknown)
        {
            hops[place] = Walking;
            trail[length++] = place;
            place = next[place];
        }

        var known = place >= 0 && hops[place] >= 0 ? hops[place] : Lost;
        while (length > 0)
        {
            known = known == Lost ? Lost : (short)(known + 1);
            hops[trail[--length]] = known;
        }
    }
}

/// <summary>A way as far as it goes.</summary>
/// <param name="Path">The places in order; the last one is where it ends or fails, in a circle the one that was passed before.</param>
internal sealed record LegWalk(IReadOnlyList<int> Path, RouteTrouble Trouble)
{
    public int At => Path[^1];
}
