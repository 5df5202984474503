using Postern.Infrastructure.Dirsync;

namespace Postern.Web.Cli;

/// <summary>Carries approved plans out from the command line, beside a server or without one.</summary>
internal static class DirsyncWork
{
    // Where a server is at the same plan, it is waited for; it says itself when it cannot go on.
    private const int Tries = 600;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public static async Task CarryOutAsync(ServiceProvider services, IReadOnlyList<long> plans, CancellationToken cancellationToken)
    {
        var (store, apply) = (services.GetRequiredService<PlanStore>(), services.GetRequiredService<PlanApply>());
        foreach (var id in plans)
        {
            for (var tries = 0; tries < Tries && await store.FindAsync(id, cancellationToken) is { State: "approved" or "applying" } plan && !IsResting(plan); tries++)
            {
                if (await apply.ContinueAsync(id, cancellationToken) || await store.FindAsync(id, cancellationToken) is { Fault.Length: > 0 })
                {
                    break;
                }

                await Task.Delay(Pause, TimeProvider.System, cancellationToken);
            }
        }
    }

    private static bool IsResting(PlanSummary plan) => plan.PostponedUntil > TimeProvider.System.GetUtcNow();
}
