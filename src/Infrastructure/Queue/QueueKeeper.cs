using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Postern.Domain.Queue;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Events;

namespace Postern.Infrastructure.Queue;

/// <summary>The queue's housekeeping: returns what has grown too old, makes the partitions of the days to come, folds the ledger, removes what has been kept long enough.</summary>
/// <remarks>Age counts by itself, whether or not a connector runs or could ever try (Q277831, Q271545).</remarks>
public sealed partial class QueueKeeper(NpgsqlDataSource database, ReportOutbox reports, PartitionKeeper partitions, Retention retention, EventLog events, TimeProvider clock, ILogger<QueueKeeper> logger)
    : BackgroundService
{
    private const int Batch = 200;
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    // No index leads to what is too old.
    private readonly RestingWork expiry = new(clock, RestingWork.OfQueue);

    private const string FoldSql =
        """
        -- whole past days of the ledger, once each
        insert into ledger_day (day, source, connector_id, outcome, deliveries, messages)
             select day, source, connector_id, outcome, sum(deliveries), sum(messages)
               from ledger
              where day < (now() at time zone 'UTC')::date
              group by day, source, connector_id, outcome
        on conflict (day, source, connector_id, outcome)
        do update set deliveries = excluded.deliveries, messages = excluded.messages
              where (ledger_day.deliveries, ledger_day.messages) is distinct from (excluded.deliveries, excluded.messages)
        """;

    /// <summary>Returns up to 200 deliveries past their age to their senders; how many.</summary>
    public async Task<int> ExpireAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var expired = await WaitingDeliveries.LockExpiredAsync(connection, Batch, cancellationToken);
        if (expired.Count == 0)
        {
            return 0;
        }

        var items = expired.Select(delivery => (Delivery: delivery, Outcome: (AttemptOutcome)delivery.Expired())).ToList();
        var returned = items.Where(item => item.Delivery.Sender is not null)
            .Select(item => (item.Delivery, item.Outcome, Report: item.Delivery.Notify.WantsFailure() ? item.Delivery.ToReport(item.Outcome, "") : null)).ToList();
        await reports.WriteAsync(connection, [.. returned.Select(item => item.Report).OfType<ReportItem>()], 0, cancellationToken);
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(OutcomeRows.FinishWaiting(
            [.. returned.Select(item => new OutcomeRow(
                item.Delivery.Id, item.Outcome, "bounced", default, null, false, null,
                item.Report?.ReportId is null ? "not asked" : "sent", item.Report?.ReportId))],
            Guid.CreateVersion7(),
            ""));
        batch.BatchCommands.Add(Quarantine([.. items.Where(item => item.Delivery.Sender is null).Select(item => item.Delivery.Id)]));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        reports.NoteCommitted();
        return expired.Count;
    }

    public async Task FoldLedgerAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(FoldSql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        do
        {
            try
            {
                if (expiry.IsDue())
                {
                    await ExpireAllAsync(stoppingToken);
                }

                await MakePartitionsAsync(stoppingToken);
                await FoldLedgerAsync(stoppingToken);
                await retention.RunOnceAsync(stoppingToken);
            }
            catch (NpgsqlException e)
            {
                Log.Failed(logger, e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task ExpireAllAsync(CancellationToken cancellationToken)
    {
        int expired;
        do
        {
            expired = await expiry.DoAsync(() => ExpireAsync(cancellationToken));
            if (expired > 0)
            {
                Log.Expired(logger, expired);
            }
        }
        while (expired == Batch);
    }

    private async Task MakePartitionsAsync(CancellationToken cancellationToken)
    {
        var round = await partitions.RunOnceAsync(DatabaseMigrator.DaysAhead, cancellationToken);
        if (round.RowsRescued > 0)
        {
            await events.WriteAsync(
                EventCodes.PartitionRowsRescued, EventSeverity.Warning, "", $"{round.RowsRescued:N0} rows had no place of their own day and were moved to it.",
                "Check the clock of the database machine. Nothing is lost.");
        }
    }

    private static NpgsqlBatchCommand Quarantine(long[] ids)
    {
        var command = new NpgsqlBatchCommand(
            """
            -- too old, and nobody to return it to: an operator decides
            with kept as (
              update delivery set state = 'quarantined', status = '4.4.7', reason = 'Not delivered in time, and there is no sender to tell.'
               where id = any($1) and state = 'queued'
            returning id, accepted_at, attempts, reason)
            insert into delivery_event (delivery_id, accepted_at, at, kind, attempt, status, reason)
                 select id, accepted_at, now(), 'quarantined', attempts, '4.4.7', reason from kept
            """);
        command.Parameters.Add(new() { Value = ids });
        return command;
    }

    private static partial class Log
    {
        [LoggerMessage(2050, LogLevel.Warning, "Returned {Count} deliveries that had grown too old")]
        public static partial void Expired(ILogger logger, int count);

        [LoggerMessage(2051, LogLevel.Warning, "Housekeeping of the queue failed and is tried again: {Fault}")]
        public static partial void Failed(ILogger logger, string fault);
    }
}
