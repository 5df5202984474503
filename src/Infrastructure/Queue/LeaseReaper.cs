using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Postern.Infrastructure.Queue;

/// <summary>Returns deliveries whose worker vanished to the queue, and keeps this worker's own sign of life.</summary>
public sealed partial class LeaseReaper(
    NpgsqlDataSource database, WorkerIdentity worker, DeliveryDispatcher dispatcher, TimeProvider clock, ILogger<LeaseReaper> logger)
    : BackgroundService
{
    /// <summary>A worker not seen for this long is gone.</summary>
    public static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    // No index leads to what is leased.
    private readonly RestingWork walking = new(clock, RestingWork.OfQueue);

    private const string ReturnSql =
        """
        -- leases that ran out, or whose worker has gone: back to the queue; what an SMTP peer was being told may be repeated
        with returned as (
          update delivery d
             set state = 'queued', leased_by = null, leased_until = null,
                 may_repeat = d.may_repeat or exists (select from connector c where c.id = d.connector_id and c.kind = 'smtp'),
                 reason = 'The worker that had it stopped answering.'
           where d.state = 'leased'
             and (d.leased_until < now()
                  or not exists (select from worker w where w.id = d.leased_by and w.seen_at > now() - $1))
        returning d.id, d.accepted_at, d.attempts, d.reason)
        insert into delivery_event (delivery_id, accepted_at, at, kind, attempt, reason)
             select id, accepted_at, now(), 'released', attempts, reason from returned
        """;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        do
        {
            try
            {
                await ShowLifeAsync(stoppingToken);
                if (walking.IsDue() && await walking.DoAsync(() => ReturnAsync(stoppingToken)) is > 0 and var returned)
                {
                    Log.Returned(logger, returned);
                    dispatcher.Wake();
                }
            }
            catch (NpgsqlException e)
            {
                Log.Failed(logger, e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task ShowLifeAsync(CancellationToken cancellationToken)
    {
        await using var alive = database.CreateCommand("update worker set seen_at = now() where id = $1");
        alive.Parameters.Add(new() { Value = worker.Id });
        await alive.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<int> ReturnAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ReturnSql);
        command.Parameters.Add(new() { Value = SilenceLimit });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(2040, LogLevel.Warning, "Returned {Count} deliveries to the queue; the workers that had them have gone")]
        public static partial void Returned(ILogger logger, int count);

        [LoggerMessage(2041, LogLevel.Warning, "Looking for leases that ran out failed and is tried again: {Fault}")]
        public static partial void Failed(ILogger logger, string fault);
    }
}
