using System.Collections.Frozen;
using Postern.Domain.Directory.Merging;

namespace Postern.Domain.Directory.Plans;

/// <summary>Who must agree before a change is applied.</summary>
public enum ApprovalMode
{
    /// <summary>Nobody: it is applied as the plan is made.</summary>
    Automatic,

    /// <summary>One person with the right to approve.</summary>
    Approve,

    /// <summary>Two different people; a terminal on the machine is nobody's second.</summary>
    TwoApprovers,

    /// <summary>It is never applied, only shown.</summary>
    Never,
}

/// <summary>Somebody who agreed to a change.</summary>
/// <param name="Name">The name they sign in with; <c>local:</c> and the account's name for a terminal.</param>
public sealed record Approver(string Name)
{
    public bool IsLocal => Name.StartsWith("local:", StringComparison.Ordinal);
}

/// <summary>Which changes of a partner need whose consent: a mode for each class, raised where a threshold is exceeded.</summary>
public sealed class ApprovalPolicy
{
    private readonly FrozenDictionary<ChangeClass, ApprovalMode> modes;

    public ApprovalPolicy(IEnumerable<KeyValuePair<ChangeClass, ApprovalMode>> modes, IReadOnlyList<Threshold> thresholds)
    {
        this.modes = modes.ToFrozenDictionary();
        Thresholds = thresholds;
    }

    /// <summary>What a new partner has: everything is looked at once.</summary>
    public static ApprovalPolicy Default { get; } = new([], Threshold.Defaults);

    public IReadOnlyList<Threshold> Thresholds { get; }

    /// <summary>The mode of a class without any threshold.</summary>
    public ApprovalMode ModeOf(ChangeClass kind) => modes.GetValueOrDefault(kind, ApprovalMode.Approve);

    /// <summary>What this plan needs. A threshold that is exceeded makes a person look at every class it counts, even one that needs nobody.</summary>
    public PlanVerdict Judge(PlanCounts counts, long held)
    {
        var verdicts = Thresholds.Select(threshold => threshold.Judge(counts, held)).ToList();
        var needed = Enum.GetValues<ChangeClass>().Where(kind => kind != ChangeClass.Collision).ToFrozenDictionary(
            kind => kind,
            kind => ModeOf(kind) == ApprovalMode.Automatic && verdicts.Exists(verdict => verdict.IsExceeded && (verdict.Threshold.Class ?? kind) == kind)
                ? ApprovalMode.Approve
                : ModeOf(kind));
        return new PlanVerdict(verdicts, needed, counts);
    }

    /// <summary>Whether those who agreed are enough.</summary>
    /// <param name="approvers">In the order in which they agreed.</param>
    /// <param name="author">Who made or edited the row by hand; they are not a second pair of eyes for it. Null for a row of the cycle itself.</param>
    public static bool IsMet(ApprovalMode mode, IReadOnlyList<Approver> approvers, string? author = null)
    {
        var people = approvers.Where(approver => !approver.IsLocal && !string.Equals(approver.Name, author, StringComparison.OrdinalIgnoreCase))
            .DistinctBy(approver => approver.Name, StringComparer.OrdinalIgnoreCase).Count();
        return mode switch
        {
            ApprovalMode.Automatic => true,
            ApprovalMode.Approve => approvers.Count > 0,
            // A terminal may be the first of the two and never the second.
            ApprovalMode.TwoApprovers => people >= 2 || (people == 1 && approvers[0].IsLocal && approvers[0].Name != author),
            _ => false,
        };
    }
}

/// <summary>What a policy says of a plan.</summary>
public sealed record PlanVerdict(IReadOnlyList<ThresholdVerdict> Thresholds, IReadOnlyDictionary<ChangeClass, ApprovalMode> Needed, PlanCounts Counts)
{
    /// <summary>Classes of which the plan has rows that wait for somebody.</summary>
    public IReadOnlyList<ChangeClass> Waiting => [.. Needed.Where(need => need.Value is ApprovalMode.Approve or ApprovalMode.TwoApprovers && Counts[need.Key] > 0).Select(need => need.Key).Order()];

    /// <summary>Nobody needs to look: the plan is applied as it is made.</summary>
    public bool IsAutomatic => Waiting.Count == 0;
}
