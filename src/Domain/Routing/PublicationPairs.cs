namespace Postern.Domain.Routing;

/// <summary>For one home at a time: all post offices that may see it, and those of them from which mail there or its answer does not arrive.</summary>
/// <remarks>Sixty-four post offices are decided at once: ten thousand of them with as many homes are a hundred million pairs.</remarks>
internal sealed class PublicationPairs
{
    private readonly RouteGraph graph;
    private readonly LegTable legs;
    private readonly bool hasDomain;
    private readonly Dictionary<string, ulong[]> ofSystem = new(StringComparer.Ordinal);
    private readonly ILookup<string, int> hiddenFrom;
    private readonly List<(int Name, ulong[] Places)> answered = [];
    private readonly ulong[] unanswered;
    private readonly ulong[] fromPostern;
    private readonly ulong[][] columns = new ulong[64][];
    private int gathered = -1;

    public PublicationPairs(RouteGraph graph, LegTable legs)
    {
        this.graph = graph;
        this.legs = legs;
        hasDomain = graph.Model.Table.Sites.Any(site => site.SmtpDomains.Count > 0);
        hiddenFrom = graph.Model.Hidden.Select(pair => (pair.Native, Place: graph.TryName(pair.PostOffice, out var name) ? graph.PlaceOf(name) : RouteGraph.Postern))
            .Where(pair => pair.Place != RouteGraph.Postern).ToLookup(pair => pair.Native, pair => pair.Place, StringComparer.Ordinal);
        (unanswered, fromPostern) = (Empty(), Empty());
        for (var place = 1; place < graph.Places; place++)
        {
            Sort(place);
        }
    }

    /// <summary>One bit for each post office that may see the home.</summary>
    public ulong[] Seeing(HomeTable.HomeRow row)
    {
        var seeing = (ulong[])ofSystem.GetValueOrDefault(row.System, Empty()).Clone();
        foreach (var place in hiddenFrom[row.Home.Native].Append(Math.Max(row.Native, 0)))
        {
            seeing[place >> 6] &= ~(1UL << (place & 63));
        }

        return seeing;
    }

    /// <summary>Those who may see it and from whom it is withheld.</summary>
    public ulong[] Withheld(HomeTable.HomeRow row, ulong[] seeing)
    {
        var withheld = (ulong[])seeing.Clone();
        if (!CanArrive(row))
        {
            return withheld;
        }

        var there = legs.Reaching(row.Face);
        var back = row is { Native: > 0, IsAcross: false } ? Column(row.Native) : fromPostern;
        for (var i = 0; i < withheld.Length; i++)
        {
            withheld[i] &= ~(there[i] & back[i]);
        }

        if (row.IsAcross)
        {
            AddUnanswered(row.Native, seeing, withheld);
        }

        return withheld;
    }

    // From Postern on, the way is the same for everybody.
    private bool CanArrive(HomeTable.HomeRow row) =>
        row.Fault.Length == 0
        && (row.Native < 0 ? hasDomain : row.Face == RouteGraph.NameOf(row.Native) || legs.Holds(RouteGraph.Postern, RouteGraph.NameOf(row.Native)));

    // People of the other system answer under a shadow name, which their own post office must know.
    private void AddUnanswered(int native, ulong[] seeing, ulong[] withheld)
    {
        foreach (var (_, places) in answered.Where(pair => !legs.Holds(native, pair.Name)))
        {
            Add(places);
        }

        if (graph.Gate(native) is var gate && (gate < 0 || !legs.Holds(native, gate)))
        {
            Add(unanswered);
        }

        void Add(ulong[] places)
        {
            for (var i = 0; i < withheld.Length; i++)
            {
                withheld[i] |= places[i] & seeing[i];
            }
        }
    }

    // The places whose name is reached from this one. Sixty-four neighbours are gathered at once.
    private ulong[] Column(int place)
    {
        if (gathered != place >> 6)
        {
            gathered = place >> 6;
            Gather();
        }

        return columns[place & 63];
    }

    private void Gather()
    {
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = Empty();
        }

        for (var target = 1; target < graph.Places; target++)
        {
            for (var word = legs.Reaching(RouteGraph.NameOf(target))[gathered]; word != 0; word &= word - 1)
            {
                Set(columns[System.Numerics.BitOperations.TrailingZeroCount(word)], target);
            }
        }
    }

    private void Sort(int place)
    {
        if (!ofSystem.TryGetValue(graph.System(place), out var same))
        {
            ofSystem[graph.System(place)] = same = Empty();
        }

        Set(same, place);
        if (legs.Holds(RouteGraph.Postern, RouteGraph.NameOf(place)))
        {
            Set(fromPostern, place);
        }

        var names = graph.Network.FacesOf(place);
        foreach (var name in names)
        {
            if (answered.Find(pair => pair.Name == name).Places is not { } places)
            {
                answered.Add((name, places = Empty()));
            }

            Set(places, place);
        }

        if (names.Count == 0)
        {
            Set(unanswered, place);
        }
    }

    private ulong[] Empty() => new ulong[(graph.Places + 63) / 64];

    private static void Set(ulong[] bits, int place) => bits[place >> 6] |= 1UL << (place & 63);
}
