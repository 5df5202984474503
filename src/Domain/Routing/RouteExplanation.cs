using Postern.Domain.Addresses;

namespace Postern.Domain.Routing;

/// <summary>One direction of a mail: the stops, what happens at each, and whether it arrives.</summary>
/// <param name="Steps">Sentences in order; where Postern decides, the same that every refusal and bounce shows.</param>
/// <param name="Fate">What becomes of it when it does not arrive; null when it does.</param>
/// <param name="Fix">The definition that would mend it; null when it arrives or no definition would.</param>
public sealed record ExplainedWay(IReadOnlyList<PathHop> Path, IReadOnlyList<string> Steps, MailFate? Fate, Definition? Fix)
{
    public bool Arrives => Fate is null;
}

/// <summary>A mail from a post office to an address hop by hop, with what the old post offices do with it, and the way of the answer (Q148389).</summary>
/// <remarks>Takes what is written down and what follows from the model, and says of each row whether it is confirmed and what happens without it.</remarks>
/// <param name="Back">Null when the mail does not arrive: nobody answers it.</param>
public sealed record RouteExplanation(ExplainedWay There, ExplainedWay? Back)
{
    /// <param name="from">Key of the post office where it is written; empty when it comes from the backbone.</param>
    public static RouteExplanation Of(RouteModel model, string from, MailAddress address)
    {
        var graph = new RouteGraph(model);
        var sender = graph.TryName(from, out var name) ? graph.PlaceOf(name) : RouteGraph.Postern;
        var there = new WayTeller(graph);
        var end = there.Tell(sender, address);
        return new RouteExplanation(there.Told, end is null ? null : new WayTeller(graph).TellBack(end.Value, sender));
    }
}
