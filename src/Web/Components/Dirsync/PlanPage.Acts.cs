using Postern.Domain.Access;
using Postern.Domain.Directory.Rows;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Dirsync;
using Postern.Web.Components.Shared;

namespace Postern.Web.Components.Dirsync;

/// <summary>What is decided on the page of a plan.</summary>
public sealed partial class PlanPage
{
    private Func<Operator, Task<(string Done, string Refusal)>>? pendingAct;

    /// <summary>What the act that somebody is about to do would come to; null when nobody is.</summary>
    private Effect? Pending { get; set; }

    private string? PendingFault { get; set; }

    private string Target => PlanWords.Target(shown!.Plan, Site);

    // The keys decide about what is marked, or about the row of the cursor.
    private Task PressedAsync(string verdict) => shown is not { Plan.CanDecide: true } || Pending is not null || !Rights.Ask(Right.ApproveDirectory) ? Task.CompletedTask
        : selection.Count > 0 ? AskAsync(verdict == "approved", new PlanRowFilter(), Chosen)
        : cursor is { } row && row.Change.IsProposal ? VerdictAsync(row, row.Verdict == verdict ? "open" : verdict) : Task.CompletedTask;

    private Task<bool> VerdictAsync(PlanRow row, string verdict) => TryAsync(async who =>
    {
        var (plan, ordinals) = (shown!.Plan, (int[])[row.Ordinal]);
        var result = verdict switch
        {
            "approved" => await Decisions.ApproveAsync(plan.Id, plan.Hash, new PlanRowFilter(), ordinals, who, CancellationToken.None),
            "rejected" => await Decisions.RejectAsync(plan.Id, plan.Hash, new PlanRowFilter(), ordinals, who, CancellationToken.None),
            _ => await Decisions.UndecideAsync(plan.Id, plan.Hash, new PlanRowFilter(), ordinals, who, CancellationToken.None),
        };

        // A single verdict is seen where it was pressed; only what it lacks is said.
        return result.IsRefused ? Said(result) : (verdict == "approved" && Needs(row) ? Said(result) : ("", ""));
    });

    private async Task AskAsync(bool isApproval, PlanRowFilter filter, IReadOnlyList<int>? ordinals)
    {
        if (shown is not { } seen || !Rights.Ask(Right.ApproveDirectory))
        {
            return;
        }

        var (plan, target) = (seen.Plan, Target);
        var open = ordinals is null && filter.Verdict.Length == 0 ? filter with { Verdict = "open" } : filter;
        var preview = await Decisions.PreviewAsync(plan.Id, open, ordinals, await Current.WhoAsync(), CancellationToken.None);
        Begin(
            isApproval ? PlanEffects.Approve(preview, plan, target) : PlanEffects.Reject(preview, plan, target),
            async who => Said(isApproval
                ? await Decisions.ApproveAsync(plan.Id, plan.Hash, open, ordinals, who, CancellationToken.None)
                : await Decisions.RejectAsync(plan.Id, plan.Hash, open, ordinals, who, CancellationToken.None)));
    }

    private void AskApply()
    {
        var plan = shown!.Plan;
        Begin(PlanEffects.Apply(plan, Target), async who => Said(await Decisions.ApplyAsync(plan.Id, who, CancellationToken.None)));
    }

    private void AskRevert(PlanRow? row)
    {
        var plan = shown!.Plan;
        Begin(PlanEffects.Revert(plan, row, Target), async who =>
        {
            var (made, left) = await Reverting.RevertAsync(plan.Id, row?.Ordinal, who, CancellationToken.None);
            var stays = left.Count == 0 ? "" : $"{Quantity.Of(left.Count, "row is", "rows are")} left as {(left.Count == 1 ? "it is" : "they are")}: {string.Join(' ', left.Take(5).Select(sentence => VisibleText.Of(sentence, 200)))}";
            if (made is not { } id)
            {
                return ("", stays.Length > 0 ? stays : "There is nothing to take back.");
            }

            Navigation.NavigateTo(Urls.Plan(id));
            return ($"This plan takes back plan {plan.Id}. {stays} It is decided about like any other.".Replace("  ", " ", StringComparison.Ordinal), "");
        });
    }

    private void Begin(Effect effect, Func<Operator, Task<(string Done, string Refusal)>> act) => (Pending, PendingFault, pendingAct) = (effect, null, act);

    private async Task CommitAsync(string reason)
    {
        var act = pendingAct!;
        if (await TryAsync(act, reason))
        {
            selection.Clear();
            Drop();
        }
        else
        {
            (PendingFault, Refusal) = (Refusal, null);
        }
    }

    private void Drop() => (Pending, PendingFault, pendingAct) = (null, null, null);

    private Task<bool> PostponeAsync(DateTimeOffset until) => TryAsync(async who => Said(await Decisions.PostponeAsync(shown!.Plan.Id, until, who, CancellationToken.None)));

    private Task<bool> StopAsync() => TryAsync(async who => Said(await Decisions.StopAsync(shown!.Plan.Id, who, CancellationToken.None)));

    private Task<bool> GiveAsync(PlanRow row, string identity) => TryAsync(async who => Said(await Decisions.GiveNameAsync(shown!.Plan.Id, row.Ordinal, identity, who, CancellationToken.None)));

    private Task<bool> SettleAsync(Func<Operator, Task<DecisionResult>> settle) => TryAsync(async who => Said(await settle(who)));

    private Task<bool> EditAsync(PlanRow row, string name, RowValues values) => TryAsync(async who => Said(await Decisions.EditAsync(shown!.Plan.Id, row.Ordinal, name, values, who, CancellationToken.None)));

    // One by one: a name that cannot be taken stops there, and what was taken before stays.
    private Task<bool> NameAsync(IReadOnlyDictionary<int, string> names) => TryAsync(async who =>
    {
        var done = 0;
        foreach (var (ordinal, name) in names.OrderByDescending(pair => pair.Key))
        {
            var result = await Decisions.EditAsync(shown!.Plan.Id, ordinal, name, null, who, CancellationToken.None);
            if (result.IsRefused)
            {
                return ("", $"{VisibleText.Of(name, 60)}: {result.Sentence}{(done > 0 ? $" {Quantity.Of(done, "name before it was", "names before it were")} taken." : "")}");
            }

            done++;
        }

        return ($"{Quantity.Of(done, "entry is", "entries are")} listed under the names given; the next cycle keeps them.", "");
    });

    private bool Needs(PlanRow row) => shown!.Plan.Needed.GetValueOrDefault(row.Change.Class) == Domain.Directory.Plans.ApprovalMode.TwoApprovers && row.ApprovedBy.Count == 0;

    private static (string Done, string Refusal) Said(DecisionResult result)
    {
        var text = VisibleText.Of(result.Moved.Count == 0 ? result.Sentence : $"{result.Sentence} {string.Join(' ', result.Moved)}", 1_000);
        return result.IsRefused ? ("", text) : (text, "");
    }
}
