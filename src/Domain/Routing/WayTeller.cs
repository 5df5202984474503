using Postern.Domain.Addresses;

namespace Postern.Domain.Routing;

/// <summary>Follows one mail, or its answer, through old post offices and Postern and writes down what happens.</summary>
internal sealed class WayTeller
{
    private readonly RouteGraph graph;
    private readonly LegWalker walker;
    private readonly CounterExampleWriter writer;
    private readonly List<PathHop> path = [];
    private readonly List<string> steps = [];
    private MailFate? fate;
    private Definition? fix;

    public WayTeller(RouteGraph graph)
    {
        this.graph = graph;
        walker = new LegWalker(graph, onlyConfirmed: false);
        writer = new CounterExampleWriter(graph, walker);
    }

    public ExplainedWay Told => new(path, steps, fate, fix);

    /// <summary>The mail itself. The place where it ends, Postern standing for the backbone; null when it does not arrive.</summary>
    public int? Tell(int sender, MailAddress address)
    {
        if (sender != RouteGraph.Postern)
        {
            if (FaceOf(address, graph.System(sender)) is not { } face)
            {
                return Fail(sender, MailFate.NeverArrives, $"{graph.Text(sender)} cannot write to {address}: the directory has no address of the type {graph.System(sender)} for it.");
            }

            address = face;
            if (!graph.TryName(address.HomeKey, out var name))
            {
                return Fail(sender, MailFate.LostSilently, $"{graph.Text(sender)} has no row for {address.HomeKey[(address.Type.Length + 1)..]}; {Unknown(address)}.");
            }

            if (!Leg(sender, name))
            {
                return null;
            }

            if (graph.PlaceOf(name) is > 0 and var place)
            {
                return place;
            }
        }

        return FromPostern(address);
    }

    /// <summary>The answer to the sender from where the mail ended.</summary>
    public ExplainedWay TellBack(int end, int sender)
    {
        if (end == RouteGraph.Postern)
        {
            steps.Add("The answer comes to an address in a domain of ours.");
        }
        else
        {
            IReadOnlyList<int> names = sender == RouteGraph.Postern ? [graph.Gate(end)]
                : graph.System(end) == graph.System(sender) ? [RouteGraph.NameOf(sender)]
                : graph.Network.AnswerNames(sender, end);
            if (names[0] < 0)
            {
                Fail(end, MailFate.NeverArrives, $"No site has a name by which {graph.Text(end)} could know it.");
                return Told;
            }

            if (!Leg(end, names[0]) || graph.PlaceOf(names[0]) == sender)
            {
                return Told;
            }
        }

        if (sender != RouteGraph.Postern)
        {
            Leg(RouteGraph.Postern, RouteGraph.NameOf(sender));
        }

        return Told;
    }

    private int? FromPostern(MailAddress address)
    {
        var decision = graph.Model.Table.Resolve(address);
        steps.AddRange(decision.Explanation);
        if (decision is not RouteDecision.Routed routed)
        {
            Stop(RouteGraph.Postern, HopState.Fails);
            fate = MailFate.Bounced;
            return null;
        }

        if (graph.TryName(routed.Target.HomeKey, out var name) && graph.PlaceOf(name) is > 0 and var place)
        {
            return Leg(RouteGraph.Postern, name) ? place : null;
        }

        Stop(RouteGraph.Postern, HopState.Passed);
        path.Add(new PathHop(routed.Connector.Name, HopState.Passed));
        return RouteGraph.Postern;
    }

    private bool Leg(int from, int name)
    {
        var walk = walker.Walk(from, name);
        for (var i = 1; i < walk.Path.Count; i++)
        {
            steps.Add(HopSentence(walk.Path[i - 1], walk.Path[i], name, isSenders: i == 1));
        }

        if (walk.Trouble == RouteTrouble.None)
        {
            foreach (var place in walk.Path)
            {
                Stop(place, HopState.Passed);
            }

            return true;
        }

        var example = writer.Write(from, name, "", []);
        path.AddRange(path.Count > 0 ? example.Path.Skip(1) : example.Path);
        steps.Add(example.Sentence);
        (fate, fix) = (example.Fate, example.Fix);
        return false;
    }

    private string HopSentence(int from, int to, int name, bool isSenders)
    {
        if (from == RouteGraph.Postern || graph.RowOf(from, name) is not { } row)
        {
            return $"{graph.Text(from)} hands it to {graph.Text(to)}.";
        }

        var how = row.State switch
        {
            KnowledgeState.Confirmed => "as is confirmed.",
            KnowledgeState.Issued => $"as a change sheet asks; until that is confirmed, {writer.WithoutRow(isSenders, name)}.",
            KnowledgeState.Stale => $"as was seen too long ago; if that row is gone, {writer.WithoutRow(isSenders, name)}.",
            _ => $"as it must; without that row, {writer.WithoutRow(isSenders, name)}.",
        };
        return $"{graph.Text(from)} reaches {graph.NameText(name)} {row.Definition.How}, {how}";
    }

    private MailAddress? FaceOf(MailAddress address, string system) => address.Type == system ? address : graph.Model.Table.Book.Find(address)?.AddressFor(system);

    private string Unknown(MailAddress address) => address is MsMailAddress ? "MS Mail drops such mail without a report" : "the cc:Mail router returns it as “Message not deliverable”";

    private int? Fail(int place, MailFate why, string sentence)
    {
        Stop(place, HopState.Fails);
        steps.Add(sentence);
        fate = why;
        return null;
    }

    private void Stop(int place, HopState state)
    {
        if (path.Count == 0 || path[^1].Name != graph.Text(place))
        {
            path.Add(new PathHop(graph.Text(place), state));
        }
        else
        {
            path[^1] = path[^1] with { State = state };
        }
    }
}
