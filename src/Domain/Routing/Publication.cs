using System.Numerics;

namespace Postern.Domain.Routing;

/// <summary>Entries that are not published to a post office, and what would release them.</summary>
/// <param name="PostOffice">Whose people do not see them.</param>
/// <param name="Home">Whom they do not see.</param>
/// <param name="Missing">The definitions that are not confirmed yet, in the order in which mail there and back would meet them.</param>
/// <param name="Sentence">What is withheld and until when.</param>
public sealed record Withheld(string PostOffice, Home Home, IReadOnlyList<Knowledge> Missing, string Sentence);

/// <summary>Which entries may be published to which post office: those that mail can reach, and whose answer comes back, by what is confirmed.</summary>
/// <remarks>Works on homes and keeps one bit for a place and a name, so neither entries nor post offices times homes cost memory.</remarks>
public sealed class Publication
{
    private readonly RouteGraph graph;
    private readonly LegTable legs;
    private readonly List<HomeTable.HomeRow> published;
    private readonly Dictionary<Home, int> indexes = [];
    private readonly ulong[][] withheld;

    private Publication(RouteModel model)
    {
        graph = new RouteGraph(model);
        legs = new LegTable(graph, onlyConfirmed: true);
        published = [.. graph.Network.Rows.Where(row => !row.Home.IsAlias).DistinctBy(row => row.Home)];
        withheld = new ulong[published.Count][];
        var pairs = new PublicationPairs(graph, legs);
        // Homes of one place stand together, so that what comes back to them is gathered once.
        foreach (var (index, row) in published.Index().OrderBy(pair => pair.Item.Native))
        {
            var seen = pairs.Seeing(row);
            withheld[index] = pairs.Withheld(row, seen);
            indexes[row.Home] = index;
            Pairs += Places(seen);
            WithheldPairs += Places(withheld[index]);
            WithheldEntries += Places(withheld[index]) * row.Home.Entries;
        }
    }

    /// <summary>Pairs of a post office and a home that it may see.</summary>
    public long Pairs { get; private set; }

    /// <summary>Those of them that are withheld.</summary>
    public long WithheldPairs { get; private set; }

    /// <summary>How many entries are withheld, each counted once for every post office that does not see it.</summary>
    public long WithheldEntries { get; private set; }

    public static Publication Of(RouteModel model) => new(model);

    /// <summary>May this post office see that home?</summary>
    /// <param name="postOfficeKey">As in <see cref="PostOffice.Key"/>.</param>
    public bool Publishes(string postOfficeKey, Home home) =>
        TryPlace(postOfficeKey, out var place) && indexes.TryGetValue(home, out var index) && graph.Network.Sees(place, published[index]) && !IsWithheld(place, index);

    /// <summary>All that is withheld from one post office.</summary>
    public IReadOnlyList<Withheld> From(string postOfficeKey) =>
        TryPlace(postOfficeKey, out var place) ? [.. published.Where((_, index) => IsWithheld(place, index)).Select(row => Explain(place, row))] : [];

    /// <summary>The homes that are withheld from one post office, without what would release them.</summary>
    public IEnumerable<Home> HomesFrom(string postOfficeKey) =>
        TryPlace(postOfficeKey, out var place) ? published.Where((_, index) => IsWithheld(place, index)).Select(row => row.Home) : [];

    private bool TryPlace(string postOfficeKey, out int place)
    {
        place = graph.TryName(postOfficeKey, out var name) ? graph.PlaceOf(name) : RouteGraph.Postern;
        return place != RouteGraph.Postern;
    }

    private bool IsWithheld(int place, int index) => (withheld[index][place >> 6] >> (place & 63) & 1) != 0;

    private static long Places(ulong[] bits) => bits.Sum(word => (long)BitOperations.PopCount(word));

    private Withheld Explain(int place, HomeTable.HomeRow row)
    {
        var missing = LegsOf(place, row).SelectMany(leg => Unconfirmed(leg.From, leg.Name)).DistinctBy(known => known.Definition.Key).ToList();
        var what = $"{StructureProof.Count(row.Home.Entries)} of {graph.NameText(row.Face)} {(row.Home.Entries == 1 ? "is" : "are")} withheld from {graph.Text(place)}";
        var until = row.Fault.Length > 0 ? $": {row.Fault}"
            : missing.Count == 0 ? ": what is confirmed leads in a circle, too far, or nowhere."
            : $" until {string.Join("; ", missing.Select(known => known.Definition))} {(missing.Count == 1 ? "is" : "are")} confirmed.";
        return new Withheld(graph.Text(place), row.Home, missing, what + until);
    }

    // The legs of a mail to somebody there, then those of the answer.
    private IEnumerable<(int From, int Name)> LegsOf(int place, HomeTable.HomeRow row)
    {
        var own = RouteGraph.NameOf(place);
        yield return (place, row.Face);
        if (row.Native < 0)
        {
            yield return (RouteGraph.Postern, own);
            yield break;
        }

        if (row.IsAcross || row.Face != RouteGraph.NameOf(row.Native))
        {
            yield return (RouteGraph.Postern, RouteGraph.NameOf(row.Native));
        }

        foreach (var name in row.IsAcross ? graph.Network.AnswerNames(place, row.Native).Where(name => name >= 0) : [own])
        {
            yield return (row.Native, name);
        }

        if (row.IsAcross)
        {
            yield return (RouteGraph.Postern, own);
        }
    }

    // Where a row is not confirmed, goes on as if it were, to find the next one.
    private IEnumerable<Knowledge> Unconfirmed(int from, int name)
    {
        var passed = new HashSet<int>();
        for (var place = from; place != graph.PlaceOf(name) && passed.Add(place);)
        {
            var next = legs.Walker.NextOf(name)[place];
            if (next < 0 && place != RouteGraph.Postern && graph.RowOf(place, name) is { } row)
            {
                yield return row;
                next = graph.PlaceOfHub(row.Definition);
            }

            if (next < 0)
            {
                yield break;
            }

            place = next;
        }
    }
}
