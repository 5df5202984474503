namespace Postern.Infrastructure.Dirsync;

/// <summary>Carries out exactly the rows of a plan that were approved.</summary>
public sealed class PlanApply
{
    /// <summary>Carries a plan out as far as it can be now; true when it has ended.</summary>
    public Task<bool> ContinueAsync(long planId, CancellationToken cancellationToken) => throw new NotSupportedException();
}
