using Postern.Infrastructure.Dirsync;
using Postern.Web.Components.Shared;

namespace Postern.Web.Components.Dirsync;

/// <summary>What has happened to a plan since it was made.</summary>
public static class PlanLife
{
    /// <summary>In the order of time.</summary>
    public static IReadOnlyList<TimelineStep> Of(PlanSummary plan, PlanSeen seen, DateTimeOffset now)
    {
        List<TimelineStep> steps = [new(plan.MadeAt, "swap", "c-queued", plan.Author is { } author ? $"{VisibleText.Of(author, 60)} made it by hand." : $"Cycle {Quantity.Text(plan.Cycle)} made it.", Read(plan))];
        if (plan.RevertsId is { } reverts)
        {
            steps[0] = steps[0] with { Links = [new StepLink($"It takes back plan {reverts}", Urls.Plan(reverts))] };
        }

        foreach (var (who, rows) in seen.Classes.SelectMany(figures => figures.Agreed).GroupBy(found => found.Who).Select(group => (group.Key, group.Sum(found => found.Rows))))
        {
            steps.Add(new(plan.MadeAt, "people", "c-held", $"{VisibleText.Of(who, 60)} agreed to {Quantity.Of(rows, "row", "rows")} that need a second approver."));
        }

        if (plan.ApplyBeganAt is { } began)
        {
            steps.Add(new(began, "leased", "c-leased", "It began to be carried out, deletes first."));
        }

        if (plan.AppliedAt is { } ended)
        {
            steps.Add(new(ended, plan.Failed > 0 || plan.State == "failed" ? "warn" : "check", plan.Failed > 0 || plan.State == "failed" ? "c-bounced" : "c-delivered", PlanWords.Progress(plan, now), plan.Fault.Length > 0 ? VisibleText.Of(plan.Fault, 400) : null));
        }

        if (plan.PostponedUntil is { } until && until > now && plan.IsOpen)
        {
            steps.Add(new(until, "clock", "c-queued", "It is due again.") { IsNext = true });
        }

        return steps;
    }

    private static string Read(PlanSummary plan) =>
        $"{Quantity.Of(plan.ReadRows, "entry was", "entries were")} read{(plan.IsComplete ? "" : ", not to the end: nothing is deleted")}; {Quantity.Of(plan.HeldRows, "entry was", "entries were")} held. {string.Join(' ', plan.Notes.Take(5).Select(note => VisibleText.Of(note, 300)))}".TrimEnd();
}
