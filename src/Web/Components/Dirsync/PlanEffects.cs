using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Queue;
using Postern.Infrastructure.Dirsync;
using Postern.Web.Components.Shared;

namespace Postern.Web.Components.Dirsync;

/// <summary>What a decision about many rows would do, before it is made.</summary>
public static class PlanEffects
{
    private const string Changes = "changes";

    /// <summary>An approval.</summary>
    public static Effect Approve(DecisionPreview preview, PlanSummary plan, string target) => new(
        $"Approve {Quantity.Of(preview.Enough + preview.NeedSecond, "change", Changes)} of {target}",
        [
            new(Quantity.Text(preview.Enough), "may be applied"), new(Quantity.Text(preview.NeedSecond), "need a second"),
            new(Quantity.Text(preview.Already + preview.Never), "stay as they are"), new(Quantity.Text(preview.Mail), "deliveries touched"),
        ],
        Lines(preview.Counts),
        $"{preview.Sentence} {(plan.Open - preview.Enough <= 0 ? "The plan is applied within a minute, deletes first." : "Nothing is applied before every row is decided.")} It can be reverted afterwards.",
        $"Approve {Quantity.Text(preview.Enough + preview.NeedSecond)}", preview.Enough + preview.NeedSecond, false, false);

    /// <summary>A refusal.</summary>
    public static Effect Reject(DecisionPreview preview, PlanSummary plan, string target) => new(
        $"Reject {Quantity.Of(preview.Rows, "change", Changes)} of {target}",
        [new(Quantity.Text(preview.Rows), "are not done"), new(Quantity.Text(plan.Approved), "approved"), new(Quantity.Text(preview.Mail), "deliveries go on")],
        Lines(preview.Counts),
        "They are not proposed again until their source changes. Whoever approves one of them later takes that back.",
        $"Reject {Quantity.Text(preview.Rows)}", preview.Rows, true, false);

    /// <summary>Carrying out what is approved, at once.</summary>
    public static Effect Apply(PlanSummary plan, string target) => new(
        $"Apply {Quantity.Of(plan.Approved, "change", Changes)} to {target} now",
        [new(Quantity.Text(plan.Approved), "are done"), new(Quantity.Text(plan.Open), "stay undecided"), new(Quantity.Text(plan.Rejected), "rejected")],
        [],
        $"Deletes come first. The {Quantity.Of(plan.Open, "row", "rows")} that nobody has decided about {(plan.Open == 1 ? "is" : "are")} proposed again by the next cycle. It can be reverted afterwards.",
        $"Apply {Quantity.Text(plan.Approved)} now", plan.Approved, false, false);

    /// <summary>Taking back a plan that was applied, or one row of it.</summary>
    public static Effect Revert(PlanSummary plan, PlanRow? row, string target)
    {
        var counts = row is null ? plan.Counts : PlanCounts.Of([row.Change]);
        var done = row is null ? plan.Done : 1;
        return new Effect(
            row is null ? $"Take back plan {plan.Id}" : $"Take back {VisibleText.Of(ChangeLines.Name(row.Change), 60)}",
            [new(Quantity.Text(done), "were done"), new(Quantity.Text(done), "in the new plan at most")],
            [.. ClassLook.RiskiestFirst.Where(kind => counts[kind] > 0).Select(kind => Line(Inverse(kind), counts[kind], Back(kind, counts[kind])))],
            $"A new plan puts back what {target} held before, where it still is as this plan left it; what has changed since is left and named. It needs the same consent as any other plan. The next cycle does not propose the same again until its source changes.",
            row is null ? $"Make the plan that takes back {Quantity.Text(done)}" : "Make the plan", done, false, false);
    }

    private static IReadOnlyList<EffectLine> Lines(PlanCounts counts) =>
        [.. ClassLook.RiskiestFirst.Where(kind => counts[kind] > 0).Select(kind => Line(kind, counts[kind], $"{PlanCounts.Words(counts[kind], kind)[(Quantity.Text(counts[kind]).Length + 1)..]}. {PlanWords.Meaning(kind)}"))];

    private static EffectLine Line(ChangeClass kind, long count, string text) => new(
        kind switch { ChangeClass.Delete => DeliveryState.Bounced, ChangeClass.Add => DeliveryState.Delivered, _ => DeliveryState.Leased }, count, text)
    {
        Icon = ClassLook.Of(kind).Icon,
    };

    private static ChangeClass Inverse(ChangeClass kind) => kind switch { ChangeClass.Add => ChangeClass.Delete, ChangeClass.Delete => ChangeClass.Add, _ => kind };

    private static string Back(ChangeClass kind, long count) => kind switch
    {
        ChangeClass.Add => count == 1 ? "that was added leaves again." : "that were added leave again.",
        ChangeClass.Delete => count == 1 ? "that was deleted comes back." : "that were deleted come back.",
        ChangeClass.Rename => count == 1 ? "gets its old name back." : "get their old names back.",
        ChangeClass.Move => count == 1 ? "gets its old address back." : "get their old addresses back.",
        _ => count == 1 ? "gets its old values back." : "get their old values back.",
    };
}
