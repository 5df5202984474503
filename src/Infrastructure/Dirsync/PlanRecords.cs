using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Plans;

namespace Postern.Infrastructure.Dirsync;

/// <summary>A plan as a list shows it: what it would change, what its partner's rules demand, how far it is.</summary>
/// <param name="Direction">in: our directory changes; out: the partner's does.</param>
/// <param name="State">waiting, approved, applying, applied, rejected, superseded or failed.</param>
/// <param name="Hash">The fingerprint; whoever decides says which one they saw.</param>
/// <param name="Needed">Whose consent each class needs.</param>
/// <param name="Thresholds">Sentences of the thresholds that are exceeded.</param>
/// <param name="Exceeded">Classes that an exceeded threshold counts.</param>
/// <param name="Open">Rows that nobody has decided about, those that are never applied included.</param>
/// <param name="Approved">Rows that may be applied, or were.</param>
/// <param name="Done">Rows that were carried out.</param>
/// <param name="Failed">Rows that the directory refused.</param>
/// <param name="Author">Who made it by hand; null for a cycle.</param>
/// <param name="RevertsId">The plan that it takes back.</param>
/// <param name="Fault">Why it does not get on, or what it left; empty when nothing did.</param>
/// <param name="MailAffected">Queued deliveries to addresses that its rows change.</param>
public sealed record PlanSummary(
    long Id, long PartnerId, string Partner, string Direction, string State, long Cycle, string Hash, DateTimeOffset MadeAt, PlanCounts Counts, long ReadRows, long HeldRows,
    bool IsComplete, IReadOnlyDictionary<ChangeClass, ApprovalMode> Needed, IReadOnlyList<string> Thresholds, IReadOnlyList<ChangeClass> Exceeded, long Open, long Approved,
    long Rejected, long Done, long Failed, DateTimeOffset? PostponedUntil, string? Author, long? RevertsId, DateTimeOffset? AppliedAt, string Fault, long MailAffected)
{
    /// <summary>What was said of the source while it was read.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>When it began to be carried out.</summary>
    public DateTimeOffset? ApplyBeganAt { get; init; }

    /// <summary>Every threshold with its verdict in words, exceeded or not.</summary>
    public IReadOnlyList<PlanThreshold> Limits { get; init; } = [];

    /// <summary>It is not over: something is still decided or carried out.</summary>
    public bool IsOpen => State is "waiting" or "approved" or "applying";

    /// <summary>Rows can be approved and rejected.</summary>
    public bool CanDecide => State is "waiting" or "approved";
}

/// <summary>A threshold beside what it counted.</summary>
/// <param name="Class">Null: all classes together.</param>
public sealed record PlanThreshold(ChangeClass? Class, long? Number, decimal? Percent, long Count, long Held, bool IsOver, string Sentence);

/// <summary>One row of a plan: the change, where it comes from, and what was decided.</summary>
/// <param name="Source">Where the entry stood in what was read.</param>
/// <param name="Why">The rule behind the new value.</param>
/// <param name="Mail">Queued deliveries to the address it has before.</param>
/// <param name="Verdict">open, approved or rejected.</param>
/// <param name="ApprovedBy">In the order in which they agreed.</param>
/// <param name="Author">Who edited it by hand.</param>
/// <param name="Outcome">0 nothing yet, 1 its delete is done, 2 done, 3 failed, 4 not needed any more.</param>
public sealed record PlanRow(
    int Ordinal, Change Change, string Source, string Why, int Mail, string Verdict, IReadOnlyList<string> ApprovedBy, string? Author, int Outcome, string OutcomeText);

/// <summary>Which rows of a plan are meant.</summary>
/// <param name="Text">Part of a name or an address.</param>
/// <param name="Verdict">open, approved, rejected, done or failed; empty for all.</param>
/// <param name="Value">Only rows that change just this value and nothing else.</param>
public sealed record PlanRowFilter(ChangeClass? Class = null, string Text = "", string Verdict = "", string Value = "");

/// <summary>Which plans are meant.</summary>
/// <param name="Partner">Name of the partner; empty for all.</param>
/// <param name="State">A state; <c>open</c> for all that are not over; empty for all.</param>
/// <param name="Direction">in or out; empty for both.</param>
/// <param name="Before">Only plans with a lower number: the next page.</param>
/// <param name="WithEmpty">Plans without any row too: the cycles that found nothing.</param>
public sealed record PlanListFilter(string Partner = "", string State = "", string Direction = "", long? Before = null, int Take = 50, bool WithEmpty = false);

/// <summary>How many rows of a plan change one value and nothing else.</summary>
public sealed record ValueCount(string Value, long Rows);

/// <summary>What happened to an entry: one change that was carried out.</summary>
/// <param name="EntryId">Its number in our directory, when it is there.</param>
public sealed record EntryChangeRow(
    long Id, DateTimeOffset At, string Partner, string Direction, long PlanId, int Ordinal, string Identity, long? EntryId, ChangeClass Class, string? BeforeName,
    string? BeforeAddress, string? BeforeValues, string? AfterName, string? AfterAddress, string? AfterValues, string Source, string Why, IReadOnlyList<string> ApprovedBy);

/// <summary>An entry that cycle after cycle changes.</summary>
public sealed record FlappingRow(long PartnerId, string Partner, string Direction, string Identity, string Name, long LastCycle, int Streak, string Sentence);

/// <summary>How far a partner is behind.</summary>
public sealed record PartnerLagRow(long PartnerId, string Partner, PartnerLag Lag, bool IsWaiting);

/// <summary>A change that somebody refused, and that is not proposed again until its source changes.</summary>
public sealed record RefusedRow(string Partner, string Direction, string Hash, string Identity, string Name, ChangeClass Class, string Actor, string Reason, DateTimeOffset RefusedAt);

/// <summary>What was decided about one entry in one directory, for good.</summary>
/// <param name="Name">The name it has there; empty for its own.</param>
/// <param name="IsNameGiven">A collision was settled: this entry has the name.</param>
public sealed record StandingDecision(
    string Partner, string Direction, string Identity, string Name, string Values, bool IsLeftOut, bool IsNameGiven, string Actor, DateTimeOffset DecidedAt);

/// <summary>What became of a decision about a plan.</summary>
/// <param name="Changed">Rows whose verdict is another now.</param>
/// <param name="Sentence">What was done, or why nothing was.</param>
/// <param name="IsRefused">Nothing was done.</param>
public sealed record DecisionResult(long Changed, string Sentence, bool IsRefused)
{
    /// <summary>What has moved since the plan was looked at, a sentence each; for a decision that came too late.</summary>
    public IReadOnlyList<string> Moved { get; init; } = [];

    internal static DecisionResult Refused(string sentence, IReadOnlyList<string>? moved = null) => new(0, sentence, true) { Moved = moved ?? [] };

    internal static DecisionResult Done(long changed, string sentence) => new(changed, sentence, false);
}

/// <summary>What an approval would do, before it is given.</summary>
/// <param name="Rows">Rows that it is about.</param>
/// <param name="Mail">Queued deliveries to addresses they change.</param>
/// <param name="Enough">Rows that may be applied afterwards.</param>
/// <param name="NeedSecond">Rows that need somebody else too.</param>
/// <param name="Never">Rows of classes that are never applied.</param>
/// <param name="Already">Rows that this person has agreed to, or that are approved.</param>
/// <param name="Sentence">The same in words.</param>
public sealed record DecisionPreview(PlanCounts Counts, long Rows, long Mail, long Enough, long NeedSecond, long Never, long Already, string Sentence);
