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
    private readonly ulong[][] reaches;

    public LegTable(RouteGraph graph, bool onlyConfirmed)
    {
        this.graph = graph;
        Walker = new LegWalker(graph, onlyConfirmed);
        reaches = new ulong[graph.Names][];
        var hops = new short[graph.Places];
        var trail = new int[graph.Places];
        for (var name = 0; name < graph.Names; name++)
        {
            reaches[name] = Settle(name, hops, trail);
        }
    }

    /// <summary>Tells what happens on a way of this table.</summary>
    public LegWalker Walker { get; }

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

    private ulong[] Settle(int name, short[] hops, int[] trail)
    {
        var next = Walker.NextOf(name);
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
                    Follow(place, next, hops, trail);
                }
            }

            if (hops[place] >= 0 && hops[place] <= (own[place] > 0 ? own[place] : limit))
            {
                bits[place >> 6] |= 1UL << (place & 63);
            }
        }
    }

    // Walks until something is known, then writes the answer on the whole trail.
    private static void Follow(int place, int[] next, short[] hops, int[] trail)
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
