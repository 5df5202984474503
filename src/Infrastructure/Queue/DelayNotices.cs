using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Postern.Domain.Queue;
using Postern.Infrastructure.Events;

namespace Postern.Infrastructure.Queue;

/// <summary>Tells senders that their mail waits: once for each delivery that has waited longer than the configuration allows without a word (RFC 3461 section 6.3).</summary>
/// <remarks>
/// Only who asked for it, or asked for nothing in particular, is told; reports and mail without a sender never cause a notice. What is held waits too; what is quarantined
/// is about to be decided.
/// </remarks>
public sealed partial class DelayNotices(NpgsqlDataSource database, ReportOutbox reports, EventLog events, TimeProvider clock, ILogger<DelayNotices> logger)
    : BackgroundService
{
    private const int Batch = 200;
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    // No index leads to what has waited long.
    private readonly RestingWork looking = new(clock, RestingWork.OfQueue);

    private const string DueSql =
        """
        -- deliveries that have waited long and whose sender was not told; 1 never, 8 delay, 0 nothing in particular
          select d.id, d.expires_at
            from delivery d, configuration c
           where c.delay_notice > interval '0' and d.state in ('queued', 'held') and d.delayed_at is null
             and d.accepted_at < now() - c.delay_notice and d.expires_at > now()
             and d.sender <> '' and not d.is_report and (d.notify = 0 or (d.notify & 8 <> 0 and d.notify & 1 = 0))
        order by d.id limit $1 for update of d skip locked
        """;

    private const string NoteSql =
        """
        -- told once, and seen on the timeline
        with told as (
          update delivery set delayed_at = now() where id = any($1) returning id, accepted_at, attempts, status, reply, reason, remote)
        insert into delivery_event (delivery_id, accepted_at, at, kind, attempt, status, reply, reason, remote)
             select id, accepted_at, now(), 'delayed', attempts, status, reply, reason, remote from told where id = any($2)
        """;

    /// <summary>Tells the senders of up to 200 deliveries; how many deliveries that were.</summary>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var due = await DueAsync(connection, cancellationToken);
        if (due.Count == 0)
        {
            return 0;
        }

        var waiting = await WaitingDeliveries.LockAsync(connection, [.. due.Keys], [DeliveryState.Queued, DeliveryState.Held], cancellationToken);
        var items = waiting.Select(delivery => ItemOf(delivery, due[delivery.Id])).ToList();
        await reports.WriteAsync(connection, items, 0, cancellationToken);
        var told = items.Where(item => item.ReportId is not null).Select(item => item.DeliveryId).ToArray();
        await using (var command = new NpgsqlCommand(NoteSql, connection, transaction))
        {
            command.Parameters.Add(new() { Value = due.Keys.ToArray() });
            command.Parameters.Add(new() { Value = told });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        reports.NoteCommitted();
        if (told.Length > 0)
        {
            await events.WriteAsync(
                EventCodes.DelayNoticesWritten, EventSeverity.Information, "",
                told.Length == 1 ? "The sender of 1 delivery was told that it waits." : $"The senders of {told.Length:N0} deliveries were told that they wait.");
        }

        return due.Count;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                var isDue = looking.IsDue();
                while (isDue && await looking.DoAsync(() => RunOnceAsync(stoppingToken)) == Batch)
                {
                    // more are due
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // Whatever goes wrong here must not end the process that moves the mail.
                Log.Failed(logger, e.Message);
            }
        }
    }

    private static ReportItem ItemOf(WaitingDelivery delivery, DateTimeOffset expiresAt)
    {
        var reason = delivery.Reason.Length > 0 ? delivery.Reason : "It waits for its turn.";
        var item = delivery.ToReport(new AttemptOutcome.Deferred("4.4.7", delivery.Reply, reason, delivery.Remote), "");
        item.RetryUntil = expiresAt;
        return item;
    }

    private static async Task<Dictionary<long, DateTimeOffset>> DueAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(DueSql, connection);
        command.Parameters.Add(new() { Value = Batch });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var due = new Dictionary<long, DateTimeOffset>();
        while (await row.ReadAsync(cancellationToken))
        {
            due[row.GetInt64(0)] = row.GetFieldValue<DateTimeOffset>(1);
        }

        return due;
    }

    private static partial class Log
    {
        [LoggerMessage(2052, LogLevel.Warning, "Senders could not be told of delays; tried again: {Fault}")]
        public static partial void Failed(ILogger logger, string fault);
    }
}
