using Microsoft.Extensions.Logging;
using Npgsql;

namespace Postern.Infrastructure.Queue;

/// <summary>Takes over what the process before this one, on the same data folder, had leased when it died.</summary>
/// <remarks>
/// Runs once, before any connector starts. An attempt that had begun counts as a crash against its delivery: it runs alone from
/// then on, and after two more crashes alone it is quarantined. An orderly stop leaves no begun attempts, so it never counts.
/// </remarks>
public sealed partial class InterruptedWork(NpgsqlDataSource database, WorkerIdentity worker, AttemptLog attempts, ILogger<InterruptedWork> logger)
{
    /// <summary>The first crash makes it run alone; two more alone prove it guilty.</summary>
    public const int CrashLimit = 3;

    private const string TakeOverSql =
        """
        -- leases of dead processes of this node: back to the queue, or into quarantine when they keep ending the process
        with interrupted as (
          update delivery d
             set state = case when b.begun and d.crashes + 1 >= $3 then 'quarantined'::delivery_state else 'queued' end,
                 leased_by = null, leased_until = null, due_at = least(d.due_at, now()),
                 crashes = d.crashes + case when b.begun then 1 else 0 end,
                 may_repeat = d.may_repeat or (b.begun and exists (select from connector c where c.id = d.connector_id and c.kind = 'smtp')),
                 reason = case when not b.begun then d.reason
                               when d.crashes + 1 >= $3 then 'Postern ended three times while it was being delivered, twice with nothing else running.'
                               else 'Postern ended while it was being delivered; it is tried again alone.' end
            from (select l.id, l.id = any($2) as begun
                    from delivery l join worker w on w.id = l.leased_by
                   where l.state = 'leased' and w.node = $1 and w.id <> $4) b
           where d.id = b.id
        returning d.id, d.accepted_at, d.attempts, d.reason, d.state, b.begun),
        noted as (
          insert into delivery_event (delivery_id, accepted_at, at, kind, attempt, reason)
               select id, accepted_at, now(), case state when 'quarantined' then 'quarantined' else 'crashed' end, attempts, reason
                 from interrupted where begun)
        select count(*), count(*) filter (where begun), count(*) filter (where state = 'quarantined') from interrupted
        """;

    public async Task TakeOverAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(TakeOverSql);
        command.Parameters.Add(new() { Value = worker.Node });
        command.Parameters.Add(new() { Value = attempts.Interrupted.ToArray() });
        command.Parameters.Add(new() { Value = CrashLimit });
        command.Parameters.Add(new() { Value = worker.Id });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        if (reader.GetInt64(0) > 0)
        {
            Log.TookOver(logger, reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2042, LogLevel.Warning,
            "Took {Count} deliveries over from a process that ended; {Begun} attempts had begun, {Quarantined} are quarantined")]
        public static partial void TookOver(ILogger logger, long count, long begun, long quarantined);
    }
}
