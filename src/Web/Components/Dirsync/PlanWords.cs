using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Plans;
using Postern.Infrastructure.Dirsync;
using Postern.Web.Components.Shared;

namespace Postern.Web.Components.Dirsync;

/// <summary>What the pages of plans say, in words.</summary>
public static class PlanWords
{
    private const string Ours = "our directory";

    /// <summary>Whose entries go where: <c>site-ldap to SITE1</c>.</summary>
    public static string Title(PlanSummary plan, string site) => plan.Direction == "in" ? $"{plan.Partner} to {Our(site)}" : Capital($"{Our(site)} to {plan.Partner}");

    /// <summary>The directory that the plan changes.</summary>
    public static string Target(PlanSummary plan, string site) => plan.Direction == "in" ? Our(site) : plan.Partner;

    /// <summary>Where it comes from.</summary>
    public static string Source(PlanSummary plan, string site) => plan.Direction == "in" ? plan.Partner : Our(site);

    /// <summary>"307 changes of 1,284 entries".</summary>
    public static string Size(PlanSummary plan)
    {
        var changes = Quantity.Of(plan.Counts.Proposed, "change", "changes");
        return plan.HeldRows > 0 ? $"{changes} of {Quantity.Of(plan.HeldRows, "entry", "entries")}" : changes;
    }

    /// <summary>The first eight digits of the fingerprint, as they stand beside the title.</summary>
    public static string ShortHash(string hash) => hash.Length < 8 ? hash : $"{hash[..4]}·{hash[4..8]}";

    /// <summary>Whose consent a class needs.</summary>
    public static string Mode(ApprovalMode mode) => mode switch
    {
        ApprovalMode.Automatic => "automatic",
        ApprovalMode.Approve => "one approver",
        ApprovalMode.TwoApprovers => "two approvers",
        _ => "only shown",
    };

    /// <summary>Under the number of a class.</summary>
    public static string Under(PlanSummary plan, ChangeClass kind, PlanLimit? limit)
    {
        if (kind == ChangeClass.Collision)
        {
            return plan.Counts.Collisions > 0 ? "a person decides" : "none";
        }

        var mode = plan.Needed.GetValueOrDefault(kind, ApprovalMode.Approve);
        return limit switch
        {
            { IsExceeded: true } => $"over the limit of {limit.Text}",
            _ when plan.Exceeded.Contains(kind) => "over its limit",
            { } known when mode == ApprovalMode.Automatic => $"automatic up to {known.Text}",
            _ => Mode(mode),
        };
    }

    /// <summary>Who has to do something about a plan, and what.</summary>
    public static string WhoWaits(PlanSummary plan, DateTimeOffset now) => plan.State switch
    {
        "making" => "the cycle",
        "waiting" when plan.PostponedUntil > now => $"until {Quantity.Clock(plan.PostponedUntil.Value, now)}",
        "waiting" when plan.Open == 0 => "the next round",
        "waiting" => plan.Needed.Any(need => need.Value == ApprovalMode.TwoApprovers && plan.Counts[need.Key] > 0) ? "two approvers" : "an approver",
        "approved" => "the next round",
        "applying" => plan.Partner,
        _ => "",
    };

    /// <summary>How far it is, under the rows.</summary>
    public static string Progress(PlanSummary plan, DateTimeOffset now) => plan.State switch
    {
        "making" => "It is being made.",
        "waiting" when plan.PostponedUntil > now => $"Postponed until {Quantity.Clock(plan.PostponedUntil.Value, now)}.",
        "waiting" when plan.Open > 0 => "Applied when every row is decided; deletes first.",
        "waiting" or "approved" => "Applied within a minute; deletes first.",
        "applying" => $"Being applied: {Quantity.Text(plan.Done)} of {Quantity.Text(plan.Approved)} done.",
        "applied" => $"{Applied(plan)}{(plan.AppliedAt is { } at ? $" {Quantity.Clock(at, now)}" : "")}.",
        "rejected" => "Rejected; nothing of it was done.",
        "superseded" => "Overtaken by a newer plan; nothing of it is done any more.",
        _ => "It failed.",
    };

    /// <summary>What it means that an entry is in a class.</summary>
    public static string Meaning(ChangeClass kind) => kind switch
    {
        ChangeClass.Delete => "They leave the directory.",
        ChangeClass.Rename => "The same entries, listed under another name.",
        ChangeClass.Move => "Their mail goes to another address from now on.",
        ChangeClass.Modify => "Name and address stay.",
        ChangeClass.Add => "They are new.",
        _ => "Nothing is changed: the name belongs to somebody else there.",
    };

    /// <summary>A count of a class in words: "37 deletes".</summary>
    public static string Count(long count, ChangeClass kind) => PlanCounts.Words(count, kind);

    private static string Applied(PlanSummary plan) => plan.Failed > 0
        ? $"{Quantity.Of(plan.Done, "change is", "changes are")} done, {Quantity.Of(plan.Failed, "was", "were")} refused;" : $"{Quantity.Of(plan.Done, "change is", "changes are")} done,";

    private static string Our(string site) => site.Length > 0 ? VisibleText.Of(site, 40) : Ours;

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
