using System.Globalization;
using Postern.Infrastructure.Dirsync;
using Postern.Web.Api;

namespace Postern.Web.Cli;

/// <summary>What one cycle came to.</summary>
/// <param name="Changes">Proposed rows.</param>
public sealed record CycleAnswer(string Partner, long Cycle, long Changes, IReadOnlyList<long> Plans, IReadOnlyList<string> Hashes, string Fault);

/// <summary>What cycles came to.</summary>
/// <param name="Changes">Proposed rows of all of them.</param>
public sealed record CycleAnswers(long Changes, bool IsDry, IReadOnlyList<CycleAnswer> Cycles, IReadOnlyList<PlanAnswer> Plans);

/// <summary>Plans with their rows.</summary>
/// <param name="Changes">Proposed rows of all of them.</param>
public sealed record ShownPlans(long Changes, IReadOnlyList<PlanDetails> Plans);

/// <summary>What became of decisions.</summary>
/// <param name="Changes">Rows whose verdict is another now.</param>
public sealed record DecidedPlans(long Changes, IReadOnlyList<DecidedPlan> Plans);

/// <summary>What became of the decision about one plan.</summary>
public sealed record DecidedPlan(long Changes, string Sentence, bool Refused, IReadOnlyList<string> Moved, PlanAnswer Plan);

/// <summary>What became of taking plans back.</summary>
/// <param name="Changes">Proposed rows of the plans that do it.</param>
public sealed record RevertedPlans(long Changes, IReadOnlyList<RevertedPlan> Plans);

/// <summary>What became of taking one plan back.</summary>
/// <param name="Plan">The plan that does it; null when nothing can be taken back.</param>
public sealed record RevertedPlan(long Reverts, long Changes, PlanAnswer? Plan, IReadOnlyList<string> Left);

/// <summary>How cycles and plans look in a terminal.</summary>
internal static class DirsyncAnswers
{
    private static readonly string[] Heads = ["PLAN", "MADE", "PARTNER", "CHANGES", "STATE", "WHAT", "OPEN", "DONE", "REFUSED", "BY"];

    public static async Task<int> RunAsync(Verb verb, ServiceProvider services, IReadOnlyList<CycleAnswer> runs, bool isDry, bool mustBeEmpty, CancellationToken cancellationToken)
    {
        await WriteAsync(verb, services, runs, isDry, run => $"cycle {Number(run.Cycle)}, {Changes(run.Changes)}{(isDry ? " would be proposed" : "")}.", cancellationToken);

        // A cycle that came to nothing for one reason or another is not an answer to whether anything is to be changed.
        return FirstFault(runs) is { } failed
            ? await verb.RefuseAsync(ExitCode.Unavailable, $"{failed.Partner}: {failed.Fault}")
            : Code(runs.Sum(run => run.Changes), mustBeEmpty);
    }

    /// <summary>Plans that somebody asked for.</summary>
    public static async Task<int> ProposedAsync(Verb verb, ServiceProvider services, IReadOnlyList<CycleAnswer> runs, CancellationToken cancellationToken)
    {
        await WriteAsync(verb, services, runs, isDry: false, run => run.Plans.Count == 0 ? "there is nothing to propose." : $"{Changes(run.Changes)} proposed.", cancellationToken);
        return FirstFault(runs) is { } failed ? await verb.RefuseAsync(ExitCode.Refused, failed.Fault) : ExitCode.Done;
    }

    private static CycleAnswer? FirstFault(IReadOnlyList<CycleAnswer> runs) => runs.FirstOrDefault(run => run.Fault.Length > 0);

    private static async Task WriteAsync(
        Verb verb, ServiceProvider services, IReadOnlyList<CycleAnswer> runs, bool isDry, Func<CycleAnswer, string> sentence, CancellationToken cancellationToken)
    {
        var store = services.GetRequiredService<PlanStore>();
        var plans = new List<PlanAnswer>();
        foreach (var id in runs.SelectMany(run => run.Plans))
        {
            plans.AddRange(await store.FindAsync(id, cancellationToken) is { } plan ? [PlanAnswer.Of(plan)] : Array.Empty<PlanAnswer>());
        }

        if (verb.Answer.IsJson)
        {
            await verb.Answer.JsonAsync(new CycleAnswers(runs.Sum(run => run.Changes), isDry, runs, plans));
            return;
        }

        // The first fault is the refusal with which the verb ends.
        foreach (var run in runs.Where(run => run != FirstFault(runs)))
        {
            await verb.Answer.LineAsync($"{run.Partner}: {(run.Fault.Length > 0 ? run.Fault : sentence(run))}");
        }

        foreach (var plan in plans.Where(plan => plan.Changes > 0))
        {
            await verb.Answer.LineAsync($"Plan {plan.Id} of {plan.Partner} ({plan.Direction}): {plan.State}, {Changes(plan.Changes)}. {plan.Fault}".TrimEnd());
        }
    }

    public static async Task<int> ListAsync(Verb verb, IReadOnlyList<PlanSummary> plans, bool mustBeEmpty)
    {
        if (verb.Answer.IsJson)
        {
            await verb.Answer.JsonAsync(PlanList.Of(plans, null));
        }
        else if (plans.Count == 0)
        {
            await verb.Answer.LineAsync("There is no such plan.");
        }
        else
        {
            await verb.Answer.TableAsync(Heads, plans.Select(Row));
        }

        return Code(plans.Sum(plan => plan.Counts.Proposed), mustBeEmpty);
    }

    public static async Task<int> ShowAsync(Verb verb, PlanStore store, IReadOnlyList<PlanSummary> plans, int limit, bool mustBeEmpty, CancellationToken cancellationToken)
    {
        var changes = plans.Sum(plan => plan.Counts.Proposed);
        var shown = new List<PlanDetails>();
        foreach (var plan in plans)
        {
            var rows = await store.RowsAsync(plan.Id, new PlanRowFilter(), 0, limit, cancellationToken);
            shown.Add(new PlanDetails(plan.Counts.Proposed, PlanAnswer.Of(plan), [.. rows.Select(PlanRowAnswer.Of)]));
        }

        if (verb.Answer.IsJson)
        {
            await verb.Answer.JsonAsync(new ShownPlans(changes, shown));
            return Code(changes, mustBeEmpty);
        }

        foreach (var (plan, rows) in plans.Zip(shown))
        {
            await verb.Answer.FieldsAsync(
            [
                .. Heads.Zip(Row(plan)).Select(field => (field.First[..1] + field.First[1..].ToLowerInvariant(), field.Second)), ("Hash", plan.Hash),
                .. plan.Thresholds.Select(sentence => ("Limit", sentence)), .. plan.Notes.Select(note => ("Note", note)), ("Fault", plan.Fault),
            ]);
            await verb.Answer.TableAsync(["ROW", "CLASS", "VERDICT", "OUTCOME", "WHAT"], rows.Rows.Select(row => (string[])[Number(row.Row), row.Class, row.Verdict, row.Outcome, row.Sentence]));
            await verb.Answer.LineAsync();
        }

        if (plans.Count == 0)
        {
            await verb.Answer.LineAsync("No plan is open.");
        }

        return Code(changes, mustBeEmpty);
    }

    public static async Task<int> DecidedAsync(Verb verb, PlanStore store, IReadOnlyList<(PlanSummary Plan, DecisionResult Result)> results, CancellationToken cancellationToken)
    {
        var plans = new List<DecidedPlan>();
        foreach (var (plan, result) in results)
        {
            plans.Add(new DecidedPlan(result.Changed, result.Sentence, result.IsRefused, result.Moved, PlanAnswer.Of(await store.FindAsync(plan.Id, cancellationToken) ?? plan)));
        }

        if (verb.Answer.IsJson)
        {
            await verb.Answer.JsonAsync(new DecidedPlans(plans.Sum(plan => plan.Changes), plans));
        }

        foreach (var plan in plans.Where(plan => !plan.Refused && !verb.Answer.IsJson))
        {
            await verb.Answer.LineAsync($"Plan {plan.Plan.Id} of {plan.Plan.Partner}: {plan.Sentence} It is {plan.Plan.State} now. {plan.Plan.Fault}".TrimEnd());
        }

        foreach (var plan in plans.Where(plan => plan.Refused))
        {
            await verb.Error.WriteLineAsync(string.Join(Environment.NewLine, plan.Moved.Prepend(plan.Sentence).Select(line => Components.Shared.VisibleText.Of(line, 500))));
        }

        return plans.Count == 0 ? await verb.RefuseAsync(ExitCode.Refused, "No plan waits.") : plans.Exists(plan => plan.Refused) ? ExitCode.Refused : ExitCode.Done;
    }

    public static async Task<int> RevertedAsync(
        Verb verb, PlanStore store, IReadOnlyList<(PlanSummary Plan, long? Made, IReadOnlyList<string> Left)> results, CancellationToken cancellationToken)
    {
        var plans = new List<RevertedPlan>();
        foreach (var (plan, made, left) in results)
        {
            var by = made is { } number && await store.FindAsync(number, cancellationToken) is { } found ? PlanAnswer.Of(found) : null;
            plans.Add(new RevertedPlan(plan.Id, by?.Changes ?? 0, by, left));
        }

        if (verb.Answer.IsJson)
        {
            await verb.Answer.JsonAsync(new RevertedPlans(plans.Sum(plan => plan.Changes), plans));
        }

        foreach (var plan in plans.Where(_ => !verb.Answer.IsJson))
        {
            await verb.Answer.LineAsync(plan.Plan is { } by ? $"Plan {by.Id} takes plan {plan.Reverts} back: {Changes(by.Changes)}. It is {by.State}." : $"Plan {plan.Reverts} is not taken back.");
            foreach (var sentence in plan.Left)
            {
                await verb.Answer.LineAsync(Components.Shared.VisibleText.Of(sentence, 500));
            }
        }

        return plans.Count == 0 ? await verb.RefuseAsync(ExitCode.Refused, "No plan was carried out that could be taken back.")
            : plans.Exists(plan => plan.Plan is null) ? ExitCode.Refused : ExitCode.Done;
    }

    private static string[] Row(PlanSummary plan) =>
    [
        Number(plan.Id), plan.MadeAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture), plan.Partner,
        plan.Direction == "in" ? "our directory" : "the partner", plan.State, plan.Counts.ToString(), Number(plan.Open), Number(plan.Done), Number(plan.Failed),
        Components.Shared.VisibleText.Of(plan.Author ?? "", 60),
    ];

    private static int Code(long changes, bool mustBeEmpty) => mustBeEmpty && changes > 0 ? ExitCode.No : ExitCode.Done;

    private static string Changes(long count) => $"{Number(count)} {(count == 1 ? "change" : "changes")}";

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
