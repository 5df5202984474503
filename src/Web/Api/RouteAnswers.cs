using Postern.Domain.Addresses;
using Postern.Domain.Routing;
using Postern.Infrastructure.Routing;

namespace Postern.Web.Api;

/// <summary>Where an address goes and why.</summary>
/// <param name="Routed">There is a route.</param>
/// <param name="Destination">What the connector hands it to.</param>
/// <param name="Target">The address by which it goes there.</param>
/// <param name="Ours">It is somebody of ours, whoever sends.</param>
/// <param name="Status">The code of a refusal where there is no route.</param>
/// <param name="RouteVersion">The version of routing that says so.</param>
/// <param name="Explanation">The steps of the decision, a sentence each.</param>
public sealed record RouteDecisionAnswer(
    string Address, bool Routed, string? Connector, string? Kind, string? Destination, string? Target, bool? Ours, string? Status, string? Reason, long RouteVersion,
    IReadOnlyList<string> Explanation)
{
    internal static RouteDecisionAnswer Of(MailAddress address, RoutingTable table, RouteDecision decision)
    {
        var (routed, unroutable) = (decision as RouteDecision.Routed, decision as RouteDecision.Unroutable);
        return new(
            address.ToString(), routed is not null, routed?.Connector.Name, routed?.Connector.Kind, routed?.Destination, routed?.Target.ToString(), routed?.IsOurs, unroutable?.Status,
            unroutable?.Reason, table.Version, decision.Explanation);
    }
}

/// <summary>A stop of a way.</summary>
public sealed record RouteStopAnswer(string Name, HopState State)
{
    internal static IReadOnlyList<RouteStopAnswer> Of(IEnumerable<PathHop> path) => [.. path.Select(hop => new RouteStopAnswer(hop.Name, hop.State))];
}

/// <summary>One direction of a mail.</summary>
/// <param name="Steps">What happens at each stop, a sentence each.</param>
/// <param name="Fate">What becomes of it where it does not arrive.</param>
/// <param name="Fix">The definition that would mend it.</param>
public sealed record ExplainedWayAnswer(bool Arrives, IReadOnlyList<RouteStopAnswer> Path, IReadOnlyList<string> Steps, MailFate? Fate, string? Fix)
{
    internal static ExplainedWayAnswer Of(ExplainedWay way) => new(way.Arrives, RouteStopAnswer.Of(way.Path), way.Steps, way.Fate, way.Fix?.ToString());
}

/// <summary>A mail from a post office to an address, hop by hop, and the way of the answer.</summary>
/// <param name="Arrives">It arrives, and so does the answer.</param>
/// <param name="Back">Missing when it does not arrive: nobody answers it.</param>
public sealed record RouteWayAnswer(string Address, string From, bool Arrives, long RouteVersion, ExplainedWayAnswer There, ExplainedWayAnswer? Back)
{
    internal static RouteWayAnswer Of(RouteState state, PostOffice from, MailAddress address)
    {
        var told = RouteExplanation.Of(state.Model, from.Key, address);
        return new(
            address.ToString(), from.Name, told is { There.Arrives: true, Back.Arrives: true }, state.Version, ExplainedWayAnswer.Of(told.There), told.Back is { } back ? ExplainedWayAnswer.Of(back) : null);
    }
}

/// <summary>A way on which mail does not arrive.</summary>
/// <param name="Senders">All places whose mail fails for this cause.</param>
/// <param name="Entries">How many entries are seen at the destination.</param>
public sealed record CounterExampleAnswer(
    RouteTrouble Trouble, string From, string To, IReadOnlyList<RouteStopAnswer> Path, MailFate Fate, string Sentence, string? Fix, IReadOnlyList<string> Senders, long Entries)
{
    internal static CounterExampleAnswer Of(CounterExample example) => new(
        example.Trouble, example.From, example.To, RouteStopAnswer.Of(example.Path), example.Fate, example.Sentence, example.Fix?.ToString(), example.Senders, example.Entries);
}

/// <summary>A definition that a post office must have.</summary>
/// <param name="Via">The hub; empty when direct.</param>
public sealed record RequiredAnswer(string System, string PostOffice, string Destination, string Via, KnowledgeState State);

/// <summary>Does everybody reach everybody, and does every answer come back, where the post offices know what they must?</summary>
/// <param name="Warnings">Names that trip old programs.</param>
/// <param name="Required">What each post office must know.</param>
public sealed record RouteProofAnswer(
    bool Holds, long RouteVersion, IReadOnlyList<CounterExampleAnswer> CounterExamples, IReadOnlyList<string> Warnings, IReadOnlyList<RequiredAnswer> Required)
{
    internal static RouteProofAnswer Of(RouteState state)
    {
        var table = state.Model.Table;
        return new(
            state.Proof.Holds, table.Version, [.. state.Proof.CounterExamples.Select(CounterExampleAnswer.Of)],
            [.. PostOfficeNames.Check(table).Where(fault => fault.IsWarning).Select(warning => warning.Sentence)],
            [
                .. table.PostOffices.OrderBy(office => office.Key, StringComparer.Ordinal).SelectMany(
                    office => state.RequiredOf(office.Key),
                    (office, row) => new RequiredAnswer(office.System, office.Name, row.Needed.Definition.Destination, row.Needed.Definition.Via, row.Needed.State)),
            ]);
    }
}

/// <summary>A definition that a post office must have, with what shows that it is there.</summary>
/// <param name="Proof">operator, listing, mail or canary; none where nothing has shown it.</param>
/// <param name="ProvedBy">The operator, or the message that came through.</param>
/// <param name="SeenAt">When something last showed it.</param>
/// <param name="Sheet">The change sheet that asked for it last.</param>
/// <param name="Instead">What is believed to stand there, where it is another way.</param>
public sealed record KnowledgeAnswer(
    string Destination, string Via, KnowledgeState State, KnowledgeProof Proof, string ProvedBy, DateTimeOffset? SeenAt, int? Sheet, string? Instead);

/// <summary>Entries that a post office does not see yet.</summary>
/// <param name="Home">Under which name it would see them.</param>
/// <param name="Until">The definitions that release them.</param>
public sealed record WithheldAnswer(string Home, long Entries, string Sentence, IReadOnlyList<string> Until);

/// <summary>What a post office must know, and what is withheld from it until it does.</summary>
public sealed record KnowledgeAnswers(string System, string PostOffice, IReadOnlyList<KnowledgeAnswer> Knowledge, IReadOnlyList<WithheldAnswer> Withheld)
{
    internal static KnowledgeAnswers Of(RouteState state, PostOffice office) => new(
        office.System, office.Name,
        [
            .. state.RequiredOf(office.Key).Select(row => new KnowledgeAnswer(
                row.Needed.Definition.Destination, row.Needed.Definition.Via, row.Needed.State, row.Stored?.Proof ?? KnowledgeProof.None, row.Stored?.ProvedBy ?? "", row.Stored?.SeenAt,
                row.Stored?.Sheet, row.Instead?.Definition.How)),
        ],
        [
            .. state.Publication.From(office.Key).Select(one => new WithheldAnswer(
                NameOf(one.Home), one.Home.Entries, one.Sentence, [.. one.Missing.Select(row => row.Definition.ToString())])),
        ]);

    private static string NameOf(Home home) => home.Face[(home.System.Length + 1)..];
}

/// <summary>What an operator knows of definitions at a post office.</summary>
public sealed record KnowledgeRequest
{
    /// <summary>SALES, NETWORK/POSTOFFICE, or with CCMAIL: or MS: in front.</summary>
    public string PostOffice { get; init; } = "";

    /// <summary>The post office or name of ours that it must reach.</summary>
    public string Destination { get; init; } = "";

    /// <summary>The hub; empty when direct.</summary>
    public string Via { get; init; } = "";

    /// <summary>confirm: it is there; missing: it is not; want: the next change sheet shall ask for this way.</summary>
    public string Verb { get; init; } = "";

    /// <summary>Kept in the audit.</summary>
    public string Reason { get; init; } = "";
}

/// <summary>What an act on knowledge left.</summary>
/// <param name="Act">Its number; missing when nothing changed.</param>
public sealed record KnowledgeActAnswer(long? Act, KnowledgeAnswers Now);

/// <summary>Which post office gets its change sheet.</summary>
public sealed record SheetRequest
{
    /// <summary>SALES, NETWORK/POSTOFFICE, or with CCMAIL: or MS: in front.</summary>
    public string PostOffice { get; init; } = "";

    /// <summary>Kept in the audit.</summary>
    public string Reason { get; init; } = "";
}

/// <summary>A step at the screens of the original.</summary>
public sealed record SheetStepAnswer(string Verb, string Text);

/// <summary>A line of a change sheet.</summary>
/// <param name="Before">What stands there now, where it is changed.</param>
public sealed record SheetLineAnswer(SheetAct Act, string Destination, string Via, string? Before, string Title, IReadOnlyList<SheetStepAnswer> Steps);

/// <summary>The last sheet that was given out.</summary>
public sealed record IssuedSheetAnswer(int Number, DateTimeOffset At, string By);

/// <summary>What is different from the last sheet, a title each.</summary>
public sealed record SheetDifferenceAnswer(IReadOnlyList<string> Added, IReadOnlyList<string> Changed, IReadOnlyList<string> Gone);

/// <summary>What to enter at a post office.</summary>
/// <param name="Number">Its own, or that which it would get.</param>
/// <param name="Issued">It was given out by this request.</param>
public sealed record SheetAnswer(
    string System, string PostOffice, int Number, bool Issued, IReadOnlyList<SheetLineAnswer> Lines, IssuedSheetAnswer? Last, SheetDifferenceAnswer? Since)
{
    internal static SheetAnswer Of(ChangeSheetView shown, bool isIssued) => new(
        shown.PostOffice.System, shown.PostOffice.Name, shown.NextNumber, isIssued,
        [
            .. shown.Sheet.Lines.Select(line => new SheetLineAnswer(
                line.Act, line.Definition.Destination, line.Definition.Via, line.Before?.How, line.Title, [.. line.Steps.Select(step => new SheetStepAnswer(step.Verb, step.Text))])),
        ],
        shown.Last is { } last ? new(last.Number, last.At, last.By) : null,
        shown.Since is { } since ? new([.. since.New.Select(line => line.Title)], [.. since.Changed.Select(line => line.Title)], [.. since.Gone.Select(line => line.Title)]) : null);
}

/// <summary>A draft of routing and what it would mean now.</summary>
/// <param name="CounterExamples">What it would break, a sentence each.</param>
/// <param name="Refusal">Why it cannot be activated as it is; empty when it can.</param>
public sealed record RouteDraftAnswer(
    string Name, string MadeBy, string ChangedBy, DateTimeOffset ChangedAt, bool Shared, IReadOnlyList<string> Changes, IReadOnlyList<string> Faults, IReadOnlyList<string> Conflicts,
    IReadOnlyList<string> CounterExamples, string Refusal)
{
    internal static RouteDraftAnswer Of(RouteDraft draft, DraftCheck check) => new(
        draft.Name, draft.MadeBy, draft.ChangedBy, draft.ChangedAt, draft.IsShared, [.. check.Changes.Select(change => change.Sentence)], check.Faults,
        [.. check.Conflicts.Select(conflict => conflict.Sentence)], [.. check.New.Select(example => example.Sentence)], check.WhyNot(acceptsLoss: false, ""));
}

/// <summary>All drafts, by name.</summary>
public sealed record RouteDraftAnswers(IReadOnlyList<RouteDraftAnswer> Drafts);

/// <summary>Which draft shall be in force.</summary>
public sealed record ActivateRequest
{
    /// <summary>Its name.</summary>
    public string Draft { get; init; } = "";

    /// <summary>What stops because routes are taken out is accepted; needs a reason.</summary>
    public bool AcceptLoss { get; init; }

    /// <summary>Kept in the audit.</summary>
    public string Reason { get; init; } = "";
}

/// <summary>Which version shall be in force again.</summary>
public sealed record ReturnRequest
{
    /// <summary>As the history lists it.</summary>
    public long Version { get; init; }

    /// <summary>What stops is accepted; needs a reason.</summary>
    public bool AcceptLoss { get; init; }

    /// <summary>Kept in the audit.</summary>
    public string Reason { get; init; } = "";
}

/// <summary>What came into force.</summary>
/// <param name="Version">The new version; missing when it was refused.</param>
public sealed record ActivationAnswer(
    long? Version, string Refusal, IReadOnlyList<string>? Changes, IReadOnlyList<string>? CounterExamples, IReadOnlyList<string>? Conflicts, IReadOnlyList<string>? Faults)
{
    internal static ActivationAnswer Of(ActivationResult result) => new(
        result.Version, result.Refusal, result.Check is { } check ? [.. check.Changes.Select(change => change.Sentence)] : null,
        result.Check is { } broken ? [.. broken.New.Select(example => example.Sentence)] : null, result.Check is { } both ? [.. both.Conflicts.Select(conflict => conflict.Sentence)] : null,
        result.Check?.Faults);
}

/// <summary>A version of routing that was in force.</summary>
/// <param name="Source">start, draft, return or configuration.</param>
/// <param name="ReturnsTo">The version that was brought back.</param>
/// <param name="FollowedAt">When all that waited had been looked through.</param>
/// <param name="Operations">What moved waiting mail for it.</param>
public sealed record RouteVersionAnswer(
    long Version, DateTimeOffset At, string Actor, string Reason, ActivationSource Source, string Draft, long? ReturnsTo, IReadOnlyList<string> Changes, DateTimeOffset? FollowedAt,
    IReadOnlyList<long> Operations)
{
    internal static RouteVersionAnswer Of(RouteActivation one) => new(
        one.Version, one.At, one.Actor, one.Reason, one.Source, one.Draft, one.ReturnsTo, one.Changes, one.FollowedAt, one.Operations);
}

/// <summary>Versions of routing, the newest first.</summary>
/// <param name="Next">The address of the page behind; missing on the last.</param>
public sealed record RouteVersionAnswers(IReadOnlyList<RouteVersionAnswer> Versions, string? Next = null);
