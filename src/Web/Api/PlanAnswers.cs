using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Directory.Rows;
using Postern.Infrastructure.Dirsync;

namespace Postern.Web.Api;

/// <summary>How many rows of each class a plan has.</summary>
public sealed record PlanNumbers(long Delete, long Move, long Rename, long Modify, long Add, long Collision);

/// <summary>Whose consent each class needs: automatic, approve, twoApprovers or never.</summary>
public sealed record PlanModes(ApprovalMode Delete, ApprovalMode Move, ApprovalMode Rename, ApprovalMode Modify, ApprovalMode Add);

/// <summary>A plan as programs see it.</summary>
/// <param name="Changes">Proposed rows; collisions are none.</param>
/// <param name="Hash">Whoever decides sends it back, whole or the first eight characters or more.</param>
/// <param name="Thresholds">Sentences of the thresholds that are exceeded.</param>
public sealed record PlanAnswer(
    long Id, string Partner, string Direction, string State, long Cycle, string Hash, DateTimeOffset MadeAt, long Changes, PlanNumbers Counts, PlanModes Needed,
    IReadOnlyList<string> Thresholds, long Open, long Approved, long Rejected, long Done, long Failed, long MailAffected, long ReadRows, long HeldRows, bool IsComplete,
    DateTimeOffset? PostponedUntil, string? Author, long? Reverts, DateTimeOffset? AppliedAt, string Fault, IReadOnlyList<string> Notes)
{
    internal static PlanAnswer Of(PlanSummary plan) => new(
        plan.Id, plan.Partner, plan.Direction, plan.State, plan.Cycle, plan.Hash, plan.MadeAt, plan.Counts.Proposed,
        new PlanNumbers(
            plan.Counts[ChangeClass.Delete], plan.Counts[ChangeClass.Move], plan.Counts[ChangeClass.Rename], plan.Counts[ChangeClass.Modify], plan.Counts[ChangeClass.Add],
            plan.Counts.Collisions),
        new PlanModes(
            plan.Needed[ChangeClass.Delete], plan.Needed[ChangeClass.Move], plan.Needed[ChangeClass.Rename], plan.Needed[ChangeClass.Modify], plan.Needed[ChangeClass.Add]),
        plan.Thresholds, plan.Open, plan.Approved, plan.Rejected, plan.Done, plan.Failed, plan.MailAffected, plan.ReadRows, plan.HeldRows, plan.IsComplete, plan.PostponedUntil,
        plan.Author, plan.RevertsId, plan.AppliedAt, plan.Fault, plan.Notes);
}

/// <summary>Plans, the newest first.</summary>
/// <param name="Changes">Proposed rows of all of them.</param>
public sealed record PlanList(long Changes, IReadOnlyList<PlanAnswer> Plans, string? Next)
{
    internal static PlanList Of(IEnumerable<PlanSummary> plans, string? next)
    {
        var answers = plans.Select(PlanAnswer.Of).ToList();
        return new PlanList(answers.Sum(plan => plan.Changes), answers, next);
    }
}

/// <summary>An entry as a directory holds it, or should.</summary>
public sealed record HeldEntry(string Name, string Address, string Kind, IReadOnlyDictionary<string, string> Values)
{
    internal static HeldEntry? Of(DirectoryRow? row) => row is null ? null : new HeldEntry(
        row.Name, row.Address, row.Kind.ToString().ToLowerInvariant(),
        row.Values.All().GroupBy(value => value.Key, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First().Value, StringComparer.Ordinal));
}

/// <summary>One row of a plan.</summary>
/// <param name="Row">Its number in the plan.</param>
/// <param name="Class">delete, move, rename, modify, add or collision.</param>
/// <param name="Outcome">none, begun, done, refused or left.</param>
/// <param name="Sides">Everybody who wants the name; for a collision.</param>
public sealed record PlanRowAnswer(
    int Row, string Class, string Sentence, string Identity, HeldEntry? Before, HeldEntry? After, string Source, string Why, int Mail, string Verdict,
    IReadOnlyList<string> ApprovedBy, string? Author, string Outcome, string OutcomeText, IReadOnlyList<CollisionSide> Sides)
{
    private static readonly string[] Outcomes = ["none", "begun", "done", "refused", "left"];

    internal static PlanRowAnswer Of(PlanRow row) => new(
        row.Ordinal, row.Change.Class.ToString().ToLowerInvariant(), row.Change.Sentence, row.Change.Identity, HeldEntry.Of(row.Change.Before), HeldEntry.Of(row.Change.After), row.Source,
        row.Why, row.Mail, row.Verdict, row.ApprovedBy, row.Author, Outcomes[Math.Clamp(row.Outcome, 0, Outcomes.Length - 1)], row.OutcomeText, row.Change.Sides);
}

/// <summary>A page of a plan's rows, in the plan's order.</summary>
public sealed record PlanRowList(IReadOnlyList<PlanRowAnswer> Rows, string? Next);

/// <summary>A plan with its rows, or the first of them.</summary>
/// <param name="Changes">Proposed rows of the plan.</param>
public sealed record PlanDetails(long Changes, PlanAnswer Plan, IReadOnlyList<PlanRowAnswer> Rows);

/// <summary>What became of a decision.</summary>
/// <param name="Changed">Rows whose verdict is another now.</param>
/// <param name="Plan">As it is now.</param>
public sealed record DecisionAnswer(long Changed, string Sentence, PlanAnswer Plan);

/// <summary>What became of the wish to take a plan back.</summary>
/// <param name="Changes">Proposed rows of the plan that does it.</param>
/// <param name="Left">What stays as it is, and why.</param>
public sealed record RevertAnswer(long Changes, PlanAnswer Plan, IReadOnlyList<string> Left);

/// <summary>What is decided about rows of a plan.</summary>
public sealed record DecisionRequest
{
    /// <summary>Of the plan as it was seen.</summary>
    public string Hash { get; init; } = "";

    /// <summary>Numbers of rows; without them the filter says which, and without a filter all are meant.</summary>
    public IReadOnlyList<int>? Rows { get; init; }

    /// <summary>delete, move, rename, modify or add.</summary>
    public string Class { get; init; } = "";

    /// <summary>Part of a name or an address.</summary>
    public string Text { get; init; } = "";

    /// <summary>open, approved or rejected.</summary>
    public string Verdict { get; init; } = "";

    /// <summary>Only rows that change just this value.</summary>
    public string Value { get; init; } = "";

    /// <summary>Why; kept in the audit.</summary>
    public string Reason { get; init; } = "";
}

/// <summary>Until when a plan rests.</summary>
public sealed record PostponeRequest
{
    public DateTimeOffset? Until { get; init; }

    public string Reason { get; init; } = "";
}

/// <summary>Something that is done to a plan as a whole, or to one row of it.</summary>
public sealed record PlanRequest
{
    /// <summary>Only this row; for taking back.</summary>
    public int? Row { get; init; }

    public string Reason { get; init; } = "";
}
