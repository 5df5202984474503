using Postern.Infrastructure.Audit;

namespace Postern.Infrastructure.Dirsync;

/// <summary>Takes a plan that was carried out back, or one row of it, by a new plan.</summary>
public sealed class PlanRevert
{
    /// <summary>Makes the plan.</summary>
    /// <param name="ordinal">Only this row; null for all that were carried out.</param>
    /// <returns>Its number, null when nothing can be taken back; and sentences about what cannot.</returns>
    public Task<(long? PlanId, IReadOnlyList<string> Left)> RevertAsync(long planId, int? ordinal, Operator who, CancellationToken cancellationToken) => throw new NotSupportedException();
}
