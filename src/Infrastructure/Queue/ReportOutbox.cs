using Npgsql;
using Postern.Domain.Queue;

namespace Postern.Infrastructure.Queue;

/// <summary>Writes the reports that outcomes cause, in the transaction that makes the outcomes final.</summary>
public sealed class ReportOutbox(ReportComposer composer, MailIdBlocks ids)
{
    private const string LockSql =
        """
        -- deliveries that are still ours to report on: leased to this worker, or waiting when an operator acts
        select id from delivery
         where id = any($1) and ((state = 'leased' and leased_by = $2) or ($2 = 0 and state in ('queued', 'held', 'quarantined')))
         order by id for update
        """;

    /// <summary>Raised after a transaction with reports was committed: they are due at once.</summary>
    public event Action? Written;

    /// <summary>Stores one report per message and sets <see cref="ReportItem.ReportId"/>.</summary>
    /// <param name="workerId">The worker that holds the leases; 0 when the deliveries wait and an operator or their age ends them.</param>
    /// <param name="notBefore">Until then what causes the reports can be taken back, and they wait.</param>
    public async Task WriteAsync(
        NpgsqlConnection connection, IReadOnlyList<ReportItem> items, long workerId, CancellationToken cancellationToken, DateTimeOffset? notBefore = null)
    {
        var ours = await LockAsync(connection, items, workerId, cancellationToken);
        var batch = new QueueBatch();
        foreach (var group in items.Where(item => ours.Contains(item.DeliveryId)).GroupBy(item => (item.MessageId, item.Outcome is AttemptOutcome.Delivered)))
        {
            var report = await composer.ComposeAsync([.. group], cancellationToken);
            if (report.IsUndeliverable && group.First().Outcome is AttemptOutcome.Deferred)
            {
                continue; // what is lost with it is no end of anything: nobody has to look at it
            }

            var firstId = await ids.TakeAsync(QueueBatch.IdsFor(report.Message), cancellationToken);
            var assigned = batch.Add(report.Message, firstId, null, RetrySchedule.Default.Expiry, report.RouteVersion);
            assigned.IsBornQuarantined = report.IsUndeliverable;
            foreach (var item in group)
            {
                item.ReportId = assigned.Id;
            }
        }

        if (batch.Messages.Count > 0)
        {
            await using var commands = new NpgsqlBatch(connection);
            batch.AppendTo(commands, 0, WorkerIdentity.Lease);
            if (notBefore is { } instant)
            {
                commands.BatchCommands.Add(Delay(batch, instant));
            }

            await commands.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    public void NoteCommitted() => Written?.Invoke();

    private static NpgsqlBatchCommand Delay(QueueBatch batch, DateTimeOffset notBefore) => new(
        """
        -- reports wait as long as what caused them can be taken back
        update delivery
           set due_at = greatest(due_at, $2), reason = 'Waits as long as the return that caused it can be taken back.'
         where id = any($1) and state = 'queued'
        """)
    {
        Parameters =
        {
            new NpgsqlParameter { Value = batch.Messages.SelectMany(message => message.Deliveries).Select(delivery => delivery.Id).ToArray() },
            new NpgsqlParameter { Value = notBefore },
        },
    };

    private static async Task<HashSet<long>> LockAsync(
        NpgsqlConnection connection, IReadOnlyList<ReportItem> items, long workerId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(LockSql, connection);
        command.Parameters.Add(new() { Value = items.Select(item => item.DeliveryId).ToArray() });
        command.Parameters.Add(new() { Value = workerId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var ours = new HashSet<long>();
        while (await reader.ReadAsync(cancellationToken))
        {
            ours.Add(reader.GetInt64(0));
        }

        return ours;
    }
}
