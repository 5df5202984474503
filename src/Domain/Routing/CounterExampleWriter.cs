using Postern.Domain.Addresses;

namespace Postern.Domain.Routing;

/// <summary>Tells a way that fails: the path, what the old post offices do with such a mail, and what mends it.</summary>
internal sealed class CounterExampleWriter(RouteGraph graph, LegWalker walker)
{
    private const int LongestPath = 40;

    /// <param name="cause">Names the trouble, where it is, and the destination.</param>
    public CounterExample Write(int from, int name, string cause, IReadOnlyList<string> senders)
    {
        var walk = walker.Walk(from, name);
        var fix = walk.Trouble switch
        {
            RouteTrouble.NoDefinition or RouteTrouble.UndefinedHub => FixOf(walk.At, name),
            RouteTrouble.Circle => FixOfCircle(walk, name),
            _ => null,
        };
        var fate = FateOf(walk, name);
        return new CounterExample(
            walk.Trouble, graph.Text(from), graph.NameText(name), PathOf(walk, name, fix), fate, $"{Beginning(walk, name)}{Ending(fate, walk, name)}", fix, cause, senders,
            graph.Network.EntriesAt(name));
    }

    /// <summary>What a place has to know for a name: what is written down when it can be right, else what follows from the model.</summary>
    private Definition? FixOf(int place, int name)
    {
        var wanted = graph.RowOf(place, name);
        return wanted is { Definition: var row } && (row.IsDirect || graph.TryName(PostOffice.KeyOf(row.System, row.Via), out _)) ? row : graph.Derived(place, name);
    }

    // The first row of the circle that is not as the model wants it.
    private Definition? FixOfCircle(LegWalk walk, int name) => walk.Path.SkipWhile(place => place != walk.At).Where(place => place != RouteGraph.Postern)
        .Select(place => (Row: graph.RowOf(place, name)?.Definition, Derived: graph.Derived(place, name)))
        .FirstOrDefault(pair => pair is { Row: { } row, Derived: { } derived } && !row.SaysTheSame(derived)).Derived;

    private List<PathHop> PathOf(LegWalk walk, int name, Definition? fix)
    {
        var path = walk.Path.Select(place => new PathHop(graph.Text(place), HopState.Passed)).ToList();
        if (walk.Trouble is RouteTrouble.None or RouteTrouble.TooManyHops)
        {
            path[^1] = path[^1] with { State = walk.Trouble == RouteTrouble.None ? HopState.Passed : HopState.Fails };
            return path;
        }

        path[^1] = path[^1] with { State = HopState.Fails };
        var passed = walk.Path.ToHashSet();
        var place = fix is null || walk.Trouble == RouteTrouble.Circle ? graph.PlaceOf(name) : graph.PlaceOfHub(fix);
        while (place >= 0 && path.Count < LongestPath && passed.Add(place))
        {
            path.Add(new PathHop(graph.Text(place), HopState.NotReached));
            place = place == graph.PlaceOf(name) ? RouteGraph.Nobody : graph.NextByModel(place, name);
        }

        return path;
    }

    private string Beginning(LegWalk walk, int name)
    {
        var (at, to) = (graph.Text(walk.At), graph.NameText(name));
        return walk.Trouble switch
        {
            RouteTrouble.NoDefinition when walk.Path.Count == 1 => $"{at} has no row for {to}",
            RouteTrouble.NoDefinition => $"{graph.Text(walk.Path[^2])} hands mail for {to} to {at}, and {at} has no row for {to}",
            RouteTrouble.UndefinedHub => $"{at} hands mail for {to} to {graph.RowOf(walk.At, name)?.Definition.Via}, which is not defined",
            RouteTrouble.Circle => $"Mail from {graph.Text(walk.Path[0])} for {to} goes in a circle: {string.Join(", ", walk.Path.Select(graph.Text))}",
            RouteTrouble.TooManyHops => $"The way from {graph.Text(walk.Path[0])} to {to} has {walk.Path.Count - 1} hops; {graph.HopLimit(walk.Path[0], name)} are allowed",
            RouteTrouble.NoWay when walk.At != RouteGraph.Postern => $"{at} is cut off: {WithoutStop(graph.Way(walk.At).Fault)}",
            RouteTrouble.NoWay => WithoutStop(graph.PlaceOf(name) == RouteGraph.Postern ? $"{to} is not defined" : graph.Way(graph.PlaceOf(name)).Fault),
            RouteTrouble.NoShadow => $"No site has a name by which {at} could know it",
            _ => $"Mail from {graph.Text(walk.Path[0])} for {to} arrives",
        };
    }

    /// <summary>What an old system does with mail that it cannot deliver, as the end of a sentence.</summary>
    public static string EndingOf(MailFate fate) => fate switch
    {
        MailFate.LostSilently => ", and MS Mail drops such mail without a report.",
        MailFate.ReturnedUnknown => "; MS Mail returns it as an unknown address [002].",
        MailFate.ReturnedTooManyHops => "; MS Mail returns it with hop count exceeded [003].",
        MailFate.ReturnedCircular => "; MS Mail returns it as a circular route [004].",
        MailFate.ReturnedNotDeliverable => "; the cc:Mail router returns it as “Message not deliverable”.",
        _ => "; it never arrives.",
    };

    private string Ending(MailFate fate, LegWalk walk, int name) => fate switch
    {
        MailFate.Bounced => $"; Postern returns mail for {graph.NameText(name)} with this reason.",
        MailFate.NeverArrives when walk.Trouble == RouteTrouble.None => ".",
        _ => EndingOf(fate),
    };

    /// <summary>What becomes of mail for a name at a place that has no row for it, as the end of a sentence.</summary>
    public string WithoutRow(bool isSenders, int name) => graph.NameSystem(name) != MsMailAddress.TypeName ? "the cc:Mail router returns it as “Message not deliverable”"
        : isSenders ? "MS Mail drops it without a report" : "MS Mail returns it as an unknown address [002]";

    // MS Mail loses what its own users picked from the list (Q199534); mail in passing is answered by the codes of its reports.
    private MailFate FateOf(LegWalk walk, int name)
    {
        var isMsMail = graph.NameSystem(name) == MsMailAddress.TypeName;
        return walk.Trouble switch
        {
            _ when walk.At == RouteGraph.Postern && walk.Trouble != RouteTrouble.Circle => MailFate.Bounced,
            RouteTrouble.Circle => isMsMail ? MailFate.ReturnedCircular : MailFate.NeverArrives,
            RouteTrouble.TooManyHops => isMsMail ? MailFate.ReturnedTooManyHops : MailFate.NeverArrives,
            _ when !isMsMail => MailFate.ReturnedNotDeliverable,
            _ => walk.Path.Count == 1 ? MailFate.LostSilently : MailFate.ReturnedUnknown,
        };
    }

    private static string WithoutStop(string sentence) => sentence.TrimEnd('.');
}
