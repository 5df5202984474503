using Postern.Domain.Addresses;

namespace Postern.Domain.Routing;

/// <summary>Whether mail would find its way there and back if every post office knew what it must know, and where it would not.</summary>
/// <remarks>
/// Our own table, with all rows that are written down as required, issued or confirmed, and what follows from the model where none is. What
/// publication waits for, the confirmation of each row, is not asked here: an edit is refused only for what no change sheet can mend.
/// </remarks>
public sealed class StructureProof
{
    private readonly Dictionary<string, HashSet<string>> sendersByCause;

    private StructureProof(IReadOnlyList<CounterExample> counterExamples)
    {
        CounterExamples = counterExamples;
        sendersByCause = counterExamples.ToDictionary(example => example.Cause, example => example.Senders.ToHashSet(StringComparer.OrdinalIgnoreCase), StringComparer.Ordinal);
    }

    public IReadOnlyList<CounterExample> CounterExamples { get; }

    public bool Holds => CounterExamples.Count == 0;

    /// <summary>Proves that every name mail needs is reached from everywhere it is needed, in no circle and within the allowed hops, and that names are distinct.</summary>
    public static StructureProof Of(RouteModel model)
    {
        var graph = new RouteGraph(model);
        return new StructureProof(
        [
            .. PostOfficeNames.Check(model.Table).Where(fault => !fault.IsWarning).Select(OfName),
            .. OfHomes(graph),
            .. OfAnswers(graph, [.. OfLegs(graph)]),
        ]);
    }

    /// <summary>The counter-examples that an earlier table does not have: those for which an edit is refused.</summary>
    public IReadOnlyList<CounterExample> NewAgainst(StructureProof active) =>
        [.. CounterExamples.Where(example => !active.sendersByCause.TryGetValue(example.Cause, out var known) || !known.IsSupersetOf(example.Senders))];

    private static CounterExample OfName(NameFault fault) =>
        new(RouteTrouble.Name, fault.Name, "", [], MailFate.NeverArrives, fault.Sentence, null, $"{RouteTrouble.Name}|{fault.Sentence}", [], 0);

    private static IEnumerable<CounterExample> OfHomes(RouteGraph graph)
    {
        foreach (var home in graph.Network.Rows.Where(row => row.Fault.Length > 0).GroupBy(row => row.Home.Native, StringComparer.Ordinal))
        {
            var entries = home.Where(row => !row.Home.IsAlias).Sum(row => row.Home.Entries);
            yield return new CounterExample(
                RouteTrouble.NoRoute, "Postern", home.Key, [new("Postern", HopState.Fails), new(home.Key, HopState.NotReached)], MailFate.Bounced,
                $"{Count(entries)} at {home.Key} cannot be reached. {home.First().Fault}", null, $"{RouteTrouble.NoRoute}|{home.Key}", [], entries);
        }

        if (graph.Network.Rows.Any(row => row.Home.Native.StartsWith("SMTP:", StringComparison.Ordinal)) && graph.Model.Table.Sites.All(site => site.SmtpDomains.Count == 0))
        {
            yield return new CounterExample(
                RouteTrouble.NoDomain, "", "", [], MailFate.NeverArrives, "Nobody on the internet can answer: no site has a domain.", null, $"{RouteTrouble.NoDomain}", [], 0);
        }
    }

    // A system in which no site has a name is told once, by somebody who is seen there or, where nobody is, by the answers to the internet.
    private static IEnumerable<CounterExample> OfAnswers(RouteGraph graph, IReadOnlyList<CounterExample> legs) =>
        legs.Concat(graph.Network.WithoutAnswer.GroupBy(graph.System, StringComparer.Ordinal).Select(system => OfAnswer(graph, [.. system]))
            .Where(example => legs.All(known => known.Cause != example.Cause)));

    private static CounterExample OfAnswer(RouteGraph graph, IReadOnlyList<int> places)
    {
        var (first, system) = (graph.Text(places[0]), graph.System(places[0]));
        var fate = system == MsMailAddress.TypeName ? MailFate.LostSilently : MailFate.ReturnedNotDeliverable;
        return new CounterExample(
            RouteTrouble.NoShadow, first, "the internet", [new(first, HopState.Fails), new("Postern", HopState.NotReached)], fate,
            $"No site has a name by which {first} could know it, so nobody there can answer the internet{CounterExampleWriter.EndingOf(fate)}",
            null, $"{RouteTrouble.NoShadow}|{system.Length}", [.. places.Select(graph.Text)], 0);
    }

    private static IEnumerable<CounterExample> OfLegs(RouteGraph graph)
    {
        var legs = new LegTable(graph, onlyConfirmed: false);
        var writer = new CounterExampleWriter(graph, legs.Walker);
        var causes = new Dictionary<(RouteTrouble, int At, int Name), (int Example, int Name, List<int> Senders)>();
        for (var name = 0; name < graph.Names; name++)
        {
            foreach (var from in legs.Failing(name))
            {
                if (Matters(graph, from, name))
                {
                    var walk = legs.Walker.Walk(from, name);
                    var cause = CauseOf(graph, walk, name);
                    causes.TryAdd(cause, (from, name, []));
                    var known = causes[cause];
                    known.Senders.Add(from);
                    // Told from our side where that fails too, else from where it happens.
                    causes[cause] = from == walk.At && walk.Trouble != RouteTrouble.Circle && known.Example != RouteGraph.Postern ? known with { Example = from, Name = name } : known;
                }
            }
        }

        return causes.Select(cause => writer.Write(
            cause.Value.Example, cause.Value.Name, KeyOf(graph, cause.Key), [.. cause.Value.Senders.Distinct().Select(graph.Text)]));
    }

    // Every post office is ours to reach. One without a way is told once, not by each mail from there.
    private static bool Matters(RouteGraph graph, int from, int name) =>
        from == RouteGraph.Postern ? graph.PlaceOf(name) != RouteGraph.Postern
        : !graph.IsCutOff(from) && !graph.IsCutOff(graph.PlaceOf(name)) && graph.Network.Needs(from, name);

    private static (RouteTrouble Trouble, int At, int Name) CauseOf(RouteGraph graph, LegWalk walk, int name) => walk.Trouble switch
    {
        RouteTrouble.NoWay => (walk.Trouble, walk.At == RouteGraph.Postern ? graph.PlaceOf(name) : walk.At, -1),
        RouteTrouble.NoShadow => (walk.Trouble, -1, graph.NameSystem(name).Length),
        RouteTrouble.Circle => (walk.Trouble, walk.Path.Skip(walk.Path.ToList().IndexOf(walk.At)).Min(), name),
        RouteTrouble.TooManyHops => (walk.Trouble, -1, name),
        _ => (walk.Trouble, walk.At, name),
    };

    private static string KeyOf(RouteGraph graph, (RouteTrouble Trouble, int At, int Name) cause) => cause.Trouble == RouteTrouble.NoShadow
        ? $"{cause.Trouble}|{cause.Name}"
        : $"{cause.Trouble}|{(cause.At < 0 ? "" : graph.Key(cause.At))}|{(cause.Name < 0 ? "" : graph.KeyOfName(cause.Name))}";

    internal static string Count(long entries) => entries == 1 ? "1 entry" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{entries:N0} entries");
}
