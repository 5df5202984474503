using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Postern.Domain.Queue;
using Postern.Infrastructure.Connectors;

namespace Postern.Infrastructure.Queue;

/// <summary>Records the outcomes of finished calls in batches: whatever has finished while the last batch was written is the next one.</summary>
/// <remarks>
/// History, ledger and the reports that permanent failures cause are one transaction. While the database is away outcomes wait
/// here and are tried again; should the process end first, the leases run out and the attempts count as interrupted.
/// </remarks>
public sealed partial class DeliveryRecorder(
    NpgsqlDataSource database, WorkerIdentity worker, ReportOutbox reports, AttemptLog attempts, TimeProvider clock, ILogger<DeliveryRecorder> logger)
    : BackgroundService
{
    private const int LargestBatch = 500;
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    private readonly Channel<FinishedCall> finished = Channel.CreateBounded<FinishedCall>(
        new BoundedChannelOptions(4096) { SingleReader = true });

    /// <summary>Raised after each recorded batch: what pages show has changed.</summary>
    public event Action? Changed;

    /// <summary>Waits until the call's outcomes are in the database.</summary>
    public async Task RecordAsync(FinishedCall call)
    {
        await finished.Writer.WriteAsync(call);
        await call.Recorded.Task;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var batch = new List<FinishedCall>();
        while (await finished.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (batch.Count < LargestBatch && finished.Reader.TryRead(out var call))
            {
                batch.Add(call);
            }

            await RecordUntilDoneAsync(batch);
            batch.Clear();
        }
    }

    /// <summary>Ends after everything handed in so far is recorded; the dispatcher has stopped before.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        finished.Writer.TryComplete();
        await base.StopAsync(cancellationToken);
    }

    private async Task RecordUntilDoneAsync(List<FinishedCall> calls)
    {
        while (true)
        {
            try
            {
                await RecordBatchAsync(calls);
                break;
            }
            catch (NpgsqlException e)
            {
                Log.RecordFailed(logger, calls.Count, e.Message);
                if (e is PostgresException && calls.Count > 1)
                {
                    // One row that cannot be stored must not hold up the others (promise P2).
                    foreach (var call in calls)
                    {
                        await RecordUntilDoneAsync([call]);
                    }

                    return;
                }

                await Task.Delay(RetryPause, clock);
            }
        }

        attempts.End(calls.SelectMany(call => call.DeliveryIds));
        calls.ForEach(call => call.Recorded.TrySetResult());
        Changed?.Invoke();
    }

    private async Task RecordBatchAsync(List<FinishedCall> calls)
    {
        var now = clock.GetUtcNow();
        var outcomes = calls.SelectMany(call => OutcomesOf(call, now)).ToList();
        var due = outcomes.Select(outcome => outcome.Report).OfType<ReportItem>().ToList();
        await using var connection = await database.OpenConnectionAsync();
        if (due.Count == 0)
        {
            await using var batch = new NpgsqlBatch(connection);
            Append(batch, outcomes);
            await batch.ExecuteNonQueryAsync();
        }
        else
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await reports.WriteAsync(connection, due, worker.Id, CancellationToken.None);
            await using var batch = new NpgsqlBatch(connection, transaction);
            Append(batch, outcomes);
            await batch.ExecuteNonQueryAsync();
            await transaction.CommitAsync();
            reports.NoteCommitted();
        }

        LogFinal(outcomes, now);
    }

    private void Append(NpgsqlBatch batch, List<RecordedOutcome> outcomes)
    {
        var rows = outcomes.Select(outcome => outcome.ToRow()).ToList();
        var final = rows.Where(row => row.Outcome is AttemptOutcome.Delivered or AttemptOutcome.Bounced).ToList();
        var back = rows.Where(row => row.Outcome is AttemptOutcome.Deferred or AttemptOutcome.Quarantined).ToList();
        if (final.Count > 0)
        {
            batch.BatchCommands.Add(OutcomeRows.Finish(final, worker.Id, Guid.CreateVersion7()));
        }

        if (back.Count > 0)
        {
            batch.BatchCommands.Add(OutcomeRows.Defer(back, worker.Id));
        }

        foreach (var untried in rows.Where(row => row.Outcome is AttemptOutcome.NotTried).GroupBy(row => row.Outcome.Reason))
        {
            batch.BatchCommands.Add(OutcomeRows.Untried([.. untried.Select(row => row.Id)], untried.Key, worker.Id));
        }
    }

    private static IEnumerable<RecordedOutcome> OutcomesOf(FinishedCall call, DateTimeOffset now)
    {
        var results = new Dictionary<long, DeliveryResult>();
        foreach (var result in call.Results)
        {
            results.TryAdd(result.DeliveryId, result);
        }

        // One spread for the whole call, so that a transfer stays together when it is tried again.
        var spread = Random.Shared.NextDouble();
        foreach (var transfer in call.Transfers)
        {
            foreach (var delivery in transfer.Deliveries)
            {
                var result = results.GetValueOrDefault(delivery.Id) ?? new DeliveryResult(delivery.Id, new AttemptOutcome.NotTried(""));
                yield return RecordedOutcome.Of(call, transfer, delivery, result, now, spread);
            }
        }
    }

    private void LogFinal(List<RecordedOutcome> outcomes, DateTimeOffset now)
    {
        foreach (var outcome in outcomes.Where(outcome => outcome.Result.Outcome is AttemptOutcome.Delivered or AttemptOutcome.Bounced))
        {
            Log.Finished(
                logger,
                outcome.Transfer.MessageId,
                outcome.Transfer.Sender?.ToString() ?? "<>",
                outcome.Delivery.Recipient.ToString(),
                outcome.Call.Runtime.Name,
                outcome.Result.Outcome is AttemptOutcome.Delivered ? "delivered" : "bounced",
                outcome.Result.Outcome.Status,
                (now - outcome.Transfer.AcceptedAt).TotalSeconds);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2001, LogLevel.Information,
            "Delivery of message {MessageId} from {Sender} to {Recipient} by {Connector}: {Outcome} {Status} after {Delay:F2} s")]
        public static partial void Finished(
            ILogger logger, long messageId, string sender, string recipient, string connector, string outcome, string status, double delay);

        [LoggerMessage(2020, LogLevel.Error, "Recording {Count} finished calls failed and is tried again: {Fault}")]
        public static partial void RecordFailed(ILogger logger, int count, string fault);
    }
}
