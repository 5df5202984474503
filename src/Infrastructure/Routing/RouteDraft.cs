using Postern.Domain.Routing;

namespace Postern.Infrastructure.Routing;

/// <summary>A change of routing that is being prepared.</summary>
/// <param name="IsShared">Others may change it, too.</param>
/// <param name="RowVersion">Who saves names the one they have read.</param>
/// <param name="BaseVersion">Of the configuration it was made from.</param>
/// <param name="Base">Routing as it was then.</param>
/// <param name="Content">Routing as it shall be.</param>
public sealed record RouteDraft(
    long Id, string Name, bool IsShared, string MadeBy, DateTimeOffset MadeAt, string ChangedBy, DateTimeOffset ChangedAt, long RowVersion, long BaseVersion, RouteSet Base, RouteSet Content)
{
    /// <summary>What it changes.</summary>
    public IReadOnlyList<RouteChange> Changes => Content.Since(Base);
}

/// <summary>What became of an act on a draft.</summary>
/// <param name="Draft">As it is stored now; null when it was not saved, or is gone.</param>
/// <param name="Refusal">Empty when it was done; else a sentence that says why not.</param>
/// <param name="Theirs">What somebody else saved meanwhile, where that is the reason; null else.</param>
/// <param name="Conflicts">What two people changed in two ways, where that is the reason.</param>
public sealed record DraftResult(RouteDraft? Draft, string Refusal, RouteDraft? Theirs, IReadOnlyList<RouteConflict> Conflicts)
{
    public bool IsDone => Refusal.Length == 0;

    internal static DraftResult Done(RouteDraft? draft) => new(draft, "", null, []);

    internal static DraftResult No(string why, RouteDraft? theirs = null) => new(null, why, theirs, []);

    internal static DraftResult No(IReadOnlyList<RouteConflict> conflicts) => new(null, Told(conflicts), null, conflicts);

    internal static string Told(IReadOnlyList<RouteConflict> conflicts) =>
        $"{(conflicts.Count == 1 ? "One item was" : $"{conflicts.Count} items were")} changed in two ways; say which one counts. {conflicts[0].Sentence}";
}

/// <summary>What a draft would mean if it were activated now.</summary>
/// <param name="Set">Routing as it would be: the draft together with what was activated since it was made.</param>
/// <param name="ActiveVersion">What it is compared with.</param>
/// <param name="Changes">What it would change of the routing in force.</param>
/// <param name="Faults">What makes it unusable, a sentence each.</param>
/// <param name="Conflicts">Items that were changed here and in the routing in force, in two ways.</param>
/// <param name="Proof">The structure proof of it; null where there are faults.</param>
/// <param name="New">Counter-examples that the routing in force does not have: it is refused for them.</param>
/// <param name="Open">Counter-examples that both have.</param>
/// <param name="Mended">Counter-examples that only the routing in force has.</param>
public sealed record DraftCheck(
    RouteSet Set, long ActiveVersion, IReadOnlyList<RouteChange> Changes, IReadOnlyList<string> Faults, IReadOnlyList<RouteConflict> Conflicts, StructureProof? Proof,
    IReadOnlyList<CounterExample> New, IReadOnlyList<CounterExample> Open, IReadOnlyList<CounterExample> Mended)
{
    /// <summary>New counter-examples that come from what is added or changed, and that nobody may accept; the others come from routes that are taken out.</summary>
    public IReadOnlyList<CounterExample> NotByTakingOut { get; init; } = [];

    /// <summary>It only takes routes out, which is possible with a reason whatever stops.</summary>
    public bool OnlyTakesOut => Changes.Count > 0 && Changes.All(change => change.IsRemoval);

    /// <summary>Mail stops by it, and only because routes are taken out: possible with a reason.</summary>
    public bool MayBeAccepted => New.Count > 0 && NotByTakingOut.Count == 0 && Faults.Count == 0 && Conflicts.Count == 0;

    /// <summary>Why it cannot be activated; empty when it can.</summary>
    /// <param name="acceptsLoss">Whoever activates it has seen what stops.</param>
    /// <param name="reason">Theirs.</param>
    public string WhyNot(bool acceptsLoss, string reason) =>
        Conflicts.Count > 0 ? DraftResult.Told(Conflicts)
        : Faults.Count > 0 ? string.Join(' ', Faults)
        : Changes.Count == 0 ? "It changes nothing: routing is so already."
        : New.Count == 0 ? ""
        : NotByTakingOut.Count > 0 ? $"Mail would not arrive: {NotByTakingOut[0].Sentence}{(NotByTakingOut.Count > 1 ? $" {NotByTakingOut.Count - 1} more." : "")}"
        : !acceptsLoss ? $"Taking this out stops mail: {New[0].Sentence}{(New.Count > 1 ? $" {New.Count - 1} more." : "")} Say that you have seen it, and why."
        : reason.Trim().Length == 0 ? "Say why this route is taken out although mail stops."
        : "";
}
