using Npgsql;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Dirsync;

namespace Postern.Web.Cli;

/// <summary>Where a verb is at work.</summary>
/// <param name="IsAlone">No server can be running.</param>
internal sealed record DirsyncPlace(bool IsAlone);

/// <summary>Runs cycles and carries out approved plans for the command line: by the server where one runs, because folders and programs are its own; else within the verb.</summary>
internal static class DirsyncWork
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    // A server looks every few seconds; one that has just died is not waited for.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>One cycle of a partner, to its end, and what it leaves to be carried out at once.</summary>
    public static async Task<CycleAnswer> RunAsync(ServiceProvider services, Partner partner, bool isDry, CancellationToken cancellationToken)
    {
        if (!isDry && await HasServerAsync(services, cancellationToken) && await ByServerAsync(services, partner, cancellationToken) is { } answer)
        {
            await CarryOutAsync(services, answer.Plans, cancellationToken);
            return answer;
        }

        if (services.GetRequiredService<PartnerKinds>().Find(partner.Kind) is null)
        {
            return new CycleAnswer(partner.Name, partner.Cycle, 0, [], [], $"{partner.Name} is reached through programs that the server runs; start it first.");
        }

        var cycle = await services.GetRequiredService<DirsyncCycle>().RunAsync(partner.Id, isDry, cancellationToken);
        if (!isDry)
        {
            await CarryOutAsync(services, cycle.Plans, cancellationToken);
        }

        return new CycleAnswer(partner.Name, cycle.Cycle, cycle.Changes, cycle.Plans, cycle.Hashes, cycle.Fault);
    }

    /// <summary>Waits until these plans are carried out, as far as they are approved and can be.</summary>
    public static async Task CarryOutAsync(ServiceProvider services, IReadOnlyList<long> plans, CancellationToken cancellationToken)
    {
        var (store, apply) = (services.GetRequiredService<PlanStore>(), services.GetRequiredService<PlanApply>());
        var hasServer = await HasServerAsync(services, cancellationToken);
        foreach (var id in plans)
        {
            var began = TimeProvider.System.GetTimestamp();
            while (await store.FindAsync(id, cancellationToken) is { State: "approved" or "applying", Fault: "" } plan && !(plan.PostponedUntil > TimeProvider.System.GetUtcNow()))
            {
                var isOurs = !hasServer || (plan.ApplyBeganAt is null && TimeProvider.System.GetElapsedTime(began) > Patience);
                if (isOurs && await apply.ContinueAsync(id, cancellationToken))
                {
                    break;
                }

                await Task.Delay(Pause, TimeProvider.System, cancellationToken);
            }
        }
    }

    private static async Task<CycleAnswer?> ByServerAsync(ServiceProvider services, Partner partner, CancellationToken cancellationToken)
    {
        var partners = services.GetRequiredService<PartnerStore>();
        var wish = await partners.RunAsync(partner.Id, isDry: false, Operator.Local(), cancellationToken);
        if (!wish.IsDone)
        {
            return new CycleAnswer(partner.Name, partner.Cycle, 0, [], [], string.Join(' ', wish.Faults.Select(fault => fault.Text)));
        }

        var began = TimeProvider.System.GetTimestamp();
        while (await partners.FindAsync(partner.Name, cancellationToken) is { } now)
        {
            if (now.RunWantedAt is null && now.Partner.Cycle > partner.Cycle && now.CycleEndedAt >= now.CycleBeganAt)
            {
                var plans = await PlansAsync(services, partner, now.Partner.Cycle, cancellationToken);
                return new CycleAnswer(
                    partner.Name, now.Partner.Cycle, plans.Sum(plan => plan.Counts.Proposed), [.. plans.Select(plan => plan.Id)], [.. plans.Select(plan => plan.Hash)], now.CycleFault);
            }

            if (now.RunWantedAt is not null && TimeProvider.System.GetElapsedTime(began) > Patience)
            {
                return null;
            }

            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        }

        return new CycleAnswer(partner.Name, partner.Cycle, 0, [], [], "The partner was deleted meanwhile.");
    }

    private static async Task<IReadOnlyList<PlanSummary>> PlansAsync(ServiceProvider services, Partner partner, long cycle, CancellationToken cancellationToken)
    {
        var plans = await services.GetRequiredService<PlanStore>().ListAsync(new PlanListFilter(partner.Name, Take: 20, WithEmpty: true), cancellationToken);
        return [.. plans.Where(plan => plan.Cycle == cycle && plan.Author is null).OrderBy(plan => plan.Id)];
    }

    private static async Task<bool> HasServerAsync(ServiceProvider services, CancellationToken cancellationToken)
    {
        if (services.GetRequiredService<DirsyncPlace>().IsAlone)
        {
            return false;
        }

        await using var command = services.GetRequiredService<NpgsqlDataSource>().CreateCommand("select exists (select from worker where seen_at > now() - interval '60 seconds')");
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }
}
