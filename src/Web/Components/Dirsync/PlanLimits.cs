using Postern.Domain.Directory.Merging;
using Postern.Infrastructure.Dirsync;
using Postern.Web.Components.Shared;

namespace Postern.Web.Components.Dirsync;

/// <summary>From how many changes of a class on a person looks at a plan in any case.</summary>
/// <param name="Most">More than so many are too many.</param>
public sealed record PlanLimit(long Count, long Most)
{
    public bool IsExceeded => Count > Most;

    /// <summary>How far the bar is filled, in percent: to its end when the limit is exceeded.</summary>
    public long Filled => IsExceeded ? 100 : Most == 0 ? 0 : Count * 100 / Most;

    /// <summary>Where the limit stands on a bar that is over it, in percent.</summary>
    public long Mark => Count == 0 ? 0 : Math.Min(100, Most * 100 / Count);

    public string Text => Quantity.Text(Most);
}

/// <summary>The limits of a plan, class by class.</summary>
public static class PlanLimits
{
    /// <summary>The lowest number that any threshold of a class comes to; classes without one are not in it.</summary>
    public static IReadOnlyDictionary<ChangeClass, PlanLimit> Of(PlanSummary plan) =>
        plan.Limits.Where(limit => limit.Class is not null)
            .Select(limit => (Class: limit.Class!.Value, Most: Most(limit)))
            .Where(limit => limit.Most is not null)
            .GroupBy(limit => limit.Class)
            .ToDictionary(group => group.Key, group => new PlanLimit(plan.Counts[group.Key], group.Min(limit => limit.Most!.Value)));

    // No part of nothing is too large.
    private static long? Most(PlanThreshold limit)
    {
        var part = limit.Percent is { } percent && limit.Held > 0 ? (long)decimal.Floor(percent * limit.Held / 100) : (long?)null;
        return limit.Number is { } number ? Math.Min(number, part ?? number) : part;
    }
}
