using Postern.Domain.Addresses;

namespace Postern.Domain.Routing;

/// <summary>The homes of a route model by number: who sees whom, and which names mail must therefore reach.</summary>
internal sealed class HomeTable
{
    private readonly RouteGraph graph;
    private readonly ILookup<int, HomeRow> byFace;
    private readonly ILookup<int, HomeRow> byNative;
    private readonly ILookup<int, int> answeredAt;
    private readonly int[][] backFaces;
    private readonly bool hidesNothing;
    private readonly bool[] answersInternet;

    public HomeTable(RouteGraph graph)
    {
        this.graph = graph;
        hidesNothing = graph.Model.Hidden.Count == 0;
        Rows = [.. graph.Model.Homes.Select(RowOf)];
        byFace = Rows.ToLookup(row => row.Face);
        byNative = Rows.Where(row => row.Native > 0).ToLookup(row => row.Native);
        backFaces = [.. Enumerable.Range(0, graph.Places).Select(BackFacesOf)];
        answersInternet = AnsweringInternet();
        answeredAt = Enumerable.Range(1, graph.Places - 1).SelectMany(place => backFaces[place], (place, name) => (place, name)).ToLookup(pair => pair.name, pair => pair.place);
    }

    public IReadOnlyList<HomeRow> Rows { get; }

    public bool Sees(int place, HomeRow home) =>
        home.Native != place && home.System == graph.System(place) && (hidesNothing || !graph.Model.Hidden.Contains((graph.Key(place), home.Home.Native)));

    /// <summary>The post offices whose people answer the internet, and those their answers go through, that have no name of ours to send them to.</summary>
    public IEnumerable<int> WithoutAnswer => Enumerable.Range(1, graph.Places - 1).Where(place => answersInternet[place] && !graph.IsCutOff(place) && graph.Gate(place) == RouteGraph.Nobody);

    /// <summary>The names under which a post office's people are seen by the other system.</summary>
    public IReadOnlyList<int> FacesOf(int place) => backFaces[place];

    /// <summary>The names under which people of the other system, living at <paramref name="from"/>, answer people at <paramref name="place"/>.</summary>
    public IReadOnlyList<int> AnswerNames(int place, int from) => backFaces[place] is { Length: > 0 } faces ? faces : [graph.Gate(from)];

    /// <summary>Must mail from this post office reach that name: for somebody its people see there, or as an answer?</summary>
    public bool Needs(int place, int name)
    {
        if (graph.NameSystem(name) != graph.System(place) || graph.PlaceOf(name) == place)
        {
            return false;
        }

        if (byFace[name].Any(home => Sees(place, home)) || (answersInternet[place] && name == graph.Gate(place)))
        {
            return true;
        }

        return AskingFrom(place, name).Any(asking => byNative[place].Any(home => Sees(asking, home)));
    }

    // Those whom people at this post office would answer under that name.
    private IEnumerable<int> AskingFrom(int place, int name)
    {
        var asking = answeredAt[name].Where(other => graph.System(other) != graph.System(place));
        if (graph.PlaceOf(name) != RouteGraph.Postern)
        {
            asking = asking.Append(graph.PlaceOf(name));
        }

        return name == graph.Gate(place)
            ? asking.Concat(Enumerable.Range(1, graph.Places - 1).Where(other => backFaces[other].Length == 0 && graph.System(other) != graph.System(place)))
            : asking;
    }

    /// <summary>How many entries are published under a name.</summary>
    public long EntriesAt(int name) => byFace[name].Where(home => !home.Home.IsAlias).Sum(home => home.Home.Entries);

    private HomeRow RowOf(Home home)
    {
        graph.TryName(home.Face, out var face);
        var isPlace = graph.TryName(home.Native, out var native) && graph.PlaceOf(native) != RouteGraph.Postern;
        return new HomeRow(home, home.System, face, isPlace ? graph.PlaceOf(native) : RouteGraph.Nobody, isPlace ? "" : FaultOf(home), isPlace && graph.System(graph.PlaceOf(native)) != home.System);
    }

    private bool[] AnsweringInternet()
    {
        var answering = new bool[graph.Places];
        foreach (var lives in graph.Model.IsWrittenToFromInternet ? byNative.Select(homes => homes.Key) : [])
        {
            foreach (var hop in graph.Way(lives).Hops)
            {
                answering[graph.TryName(hop.Key, out var name) ? graph.PlaceOf(name) : lives] = true;
            }
        }

        return answering;
    }

    // Whoever lives neither at a post office of the model nor where an address space leads cannot be reached by anybody.
    private string FaultOf(Home home)
    {
        var separator = home.Native.IndexOf(':', StringComparison.Ordinal);
        var (type, place) = (home.Native[..separator], home.Native[(separator + 1)..]);
        var somebody = type switch { SmtpAddress.TypeName => $"x@{place}", CcMailAddress.TypeName => $"{type}:x{CcMailAddress.Separator}{place}", _ => $"{type}:{place}/x" };
        return MailAddress.TryParse(somebody, out var address, out var fault) ? graph.Model.Table.Resolve(address) switch
        {
            RouteDecision.Unroutable { Status: not "5.1.1" } no => no.Reason,
            RouteDecision.Unroutable when graph.Model.Table.SpaceFor(address) is null => RoutingTable.NoRoute(address),
            _ => "",
        } : fault;
    }

    private int[] BackFacesOf(int place)
    {
        if (place == RouteGraph.Postern)
        {
            return [];
        }

        return [.. byNative[place].Where(home => !home.Home.IsAlias && home.System != graph.System(place)).Select(home => home.Face).Distinct()];
    }

    /// <param name="Native">The post office where they live; nobody when they live on the backbone or beyond it.</param>
    /// <param name="Fault">Why nobody can reach them; empty when Postern can.</param>
    /// <param name="IsAcross">They live at a post office of the other system.</param>
    public sealed record HomeRow(Home Home, string System, int Face, int Native, string Fault, bool IsAcross);
}
