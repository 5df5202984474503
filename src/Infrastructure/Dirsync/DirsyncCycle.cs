using Npgsql;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Routing;

namespace Postern.Infrastructure.Dirsync;

/// <summary>Carries a plan out as far as it can be now; true when it has ended.</summary>
public delegate Task<bool> CarryOutPlan(long planId, CancellationToken cancellationToken);

/// <summary>What a cycle came to.</summary>
/// <param name="Cycle">Its number; that of the last cycle for a dry run.</param>
/// <param name="Plans">Plans that it stored.</param>
/// <param name="Changes">So many changes are proposed.</param>
/// <param name="Hashes">Fingerprints of the plans, that of our directory first.</param>
/// <param name="Fault">Why it came to nothing; empty when it did not.</param>
public sealed record CycleResult(long Cycle, IReadOnlyList<long> Plans, long Changes, IReadOnlyList<string> Hashes, string Fault);

/// <summary>One cycle of a partner: its directory is read, compared with ours both ways, and what must change becomes plans.</summary>
public sealed class DirsyncCycle(NpgsqlDataSource database, PartnerKinds kinds, RouteModels models, EventLog events, CarryOutPlan carryOut)
{
    /// <summary>Runs a cycle.</summary>
    /// <param name="isDry">The plans are counted and fingerprinted; nothing is stored.</param>
    public Task<CycleResult> RunAsync(long partnerId, bool isDry, CancellationToken cancellationToken)
    {
        _ = (database, kinds, models, events, carryOut, partnerId, isDry, cancellationToken);
        throw new NotSupportedException();
    }
}
