using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Postern.Domain.Queue;
using Postern.Infrastructure.Routing;

namespace Postern.Infrastructure.Queue;

/// <summary>Takes responsibility for messages: what concurrent sessions and pickups have ready is one transaction, answered after its commit.</summary>
/// <remarks>
/// <para>There is no linger timer: while one batch commits, the next gathers. Content up to 256 KB travels in the batch; larger
/// content has been stored in chunks before, in a transaction of its own.</para>
/// <para>A batch that fails on data is halved until the guilty message is alone, and it alone is refused. When the answer to a
/// commit is lost, the ledger tells whether it happened; while that cannot be known, the answer is "try later": a peer that
/// repeats costs a duplicate at worst, never a loss.</para>
/// </remarks>
public sealed partial class Intake(
    NpgsqlDataSource database,
    WorkerIdentity worker,
    DeliveryDispatcher dispatcher,
    ReportComposer reports,
    MailIdBlocks ids,
    ChunkStore chunks,
    LiveRouting routing,
    TimeProvider clock,
    ILogger<Intake> logger) : BackgroundService
{
    private const int LargestBatch = 200;
    private const long LargestBatchBytes = 8 * 1024 * 1024;
    private const int LookupTries = 5;

    private readonly Channel<Pending> pending = Channel.CreateBounded<Pending>(new BoundedChannelOptions(10_000) { SingleReader = true });

    /// <summary>Raised after each committed batch: what pages show has changed.</summary>
    public event Action? Changed;

    /// <summary>Stores a message and answers after the commit.</summary>
    public async Task<IntakeResult> AcceptAsync(IncomingMessage message, CancellationToken cancellationToken)
    {
        if (message.Recipients.Count + message.Failed.Count is 0 or >= MailIdBlocks.BlockSize)
        {
            return new IntakeResult.Unacceptable($"A message must have 1 to {MailIdBlocks.BlockSize - 1:N0} recipients.");
        }

        var item = new Pending(message);
        try
        {
            if (!message.Content.IsInline)
            {
                item.FirstId = await ids.TakeAsync(QueueBatch.IdsFor(message), cancellationToken);
                item.StoredAt = await chunks.StoreAsync(item.FirstId.Value, message.Content, cancellationToken);
            }

            await pending.Writer.WriteAsync(item, cancellationToken);
        }
        catch (NpgsqlException e)
        {
            Log.StoreFailed(logger, 1, e.Message);
            return NotStored(e);
        }
        catch (ChannelClosedException)
        {
            return new IntakeResult.TryLater("Postern is stopping");
        }

        return await item.Answer.Task;
    }

    /// <summary>Ends after everything handed in so far has its answer.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        pending.Writer.TryComplete();
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var batch = new List<Pending>();
        while (await pending.Reader.WaitToReadAsync(CancellationToken.None))
        {
            long bytes = 0;
            while (batch.Count < LargestBatch && bytes < LargestBatchBytes && pending.Reader.TryRead(out var item))
            {
                batch.Add(item);
                bytes += item.Message.Content.IsInline ? item.Message.Content.Length : 0;
            }

            await StoreAsync(batch);
            batch.Clear();
        }
    }

    private async Task StoreAsync(List<Pending> items)
    {
        QueueBatch? batch = null;
        try
        {
            batch = await AssignAsync(items);
            var acceptedAt = await CommitAsync(batch);
            HandOver(items, batch, acceptedAt);
        }
        catch (PostgresException e) when (IsAboutData(e))
        {
            ReleaseAll(batch);
            await HalveAsync(items, e);
        }
        catch (Exception e) when (e is NpgsqlException or IOException or TimeoutException)
        {
            Log.StoreFailed(logger, items.Count, e.Message);
            await SettleAsync(items, batch, e);
        }
    }

    private async Task<QueueBatch> AssignAsync(List<Pending> items)
    {
        var batch = new QueueBatch();
        var version = routing.Current.Version;
        foreach (var item in items)
        {
            var firstId = item.FirstId ?? await ids.TakeAsync(QueueBatch.IdsFor(item.Message), CancellationToken.None);
            var assigned = batch.Add(item.Message, firstId, item.StoredAt, RetrySchedule.Default.Expiry, version);
            item.Assigned = assigned;
            assigned.IsBornLeased = dispatcher.TryReserve(assigned);
            if (!assigned.IsBornLeased)
            {
                dispatcher.NoteStored(assigned, isCommitted: false);
            }

            if (item.Message.Failed.Count > 0 && item.Message.Sender is not null)
            {
                var report = reports.Compose(assigned);
                var reportId = await ids.TakeAsync(QueueBatch.IdsFor(report.Message), CancellationToken.None);
                batch.Add(report.Message, reportId, null, RetrySchedule.Default.Expiry, report.RouteVersion).IsBornQuarantined = report.IsUndeliverable;
            }
        }

        return batch;
    }

    private async Task<DateTimeOffset> CommitAsync(QueueBatch batch)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var commands = new NpgsqlBatch(connection);
        batch.AppendTo(commands, worker.Id, WorkerIdentity.Lease);
        var now = (DateTime)(await commands.ExecuteScalarAsync())!;
        return new DateTimeOffset(now);
    }

    private void HandOver(List<Pending> items, QueueBatch batch, DateTimeOffset acceptedAt)
    {
        foreach (var item in items)
        {
            var assigned = item.Assigned!;
            if (assigned.IsBornLeased)
            {
                dispatcher.Hand(assigned, item.StoredAt ?? acceptedAt);
            }
            else
            {
                dispatcher.NoteStored(assigned, isCommitted: true);
            }

            item.Answer.TrySetResult(new IntakeResult.Accepted(assigned.Id));
        }

        if (batch.Messages.Count > items.Count)
        {
            dispatcher.Wake();
        }

        Changed?.Invoke();
    }

    // Class 22: the data cannot be stored; class 23: a constraint, such as a file and ordinal that was accepted before.
    private static bool IsAboutData(PostgresException e) => e.SqlState.StartsWith("22", StringComparison.Ordinal)
        || e.SqlState.StartsWith("23", StringComparison.Ordinal) || e.SqlState is PostgresErrorCodes.ProgramLimitExceeded;

    private async Task HalveAsync(List<Pending> items, PostgresException fault)
    {
        if (items.Count > 1)
        {
            await StoreAsync(items[..(items.Count / 2)]);
            await StoreAsync(items[(items.Count / 2)..]);
            return;
        }

        var item = items[0];
        var known = fault.SqlState == PostgresErrorCodes.UniqueViolation ? await FindIdentityAsync(item.Message) : null;
        if (known is { } messageId)
        {
            item.Answer.TrySetResult(new IntakeResult.AlreadyAccepted(messageId));
            return;
        }

        Log.NotStorable(logger, item.Message.Source, fault.MessageText);
        item.Answer.TrySetResult(new IntakeResult.Unacceptable($"the message cannot be stored: {fault.MessageText}"));
    }

    // The connection broke: the commit may or may not have happened. The batch id in the ledger is the witness.
    private async Task SettleAsync(List<Pending> items, QueueBatch? batch, Exception fault)
    {
        DateTimeOffset? committedAt = null;
        for (var attempt = 0; batch is not null && attempt < LookupTries; attempt++)
        {
            try
            {
                committedAt = await FindBatchAsync(batch.Id);
                break;
            }
            catch (NpgsqlException)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), clock);
            }
        }

        if (committedAt is { } at)
        {
            HandOver(items, batch!, at);
            return;
        }

        ReleaseAll(batch);
        items.ForEach(item => item.Answer.TrySetResult(NotStored(fault)));
    }

    private static IntakeResult.TryLater NotStored(Exception fault) => fault is PostgresException { SqlState: PostgresErrorCodes.DiskFull }
        ? new IntakeResult.TryLater("the disk of the database is full") { IsDiskFull = true }
        : new IntakeResult.TryLater("the message could not be stored");

    private void ReleaseAll(QueueBatch? batch)
    {
        foreach (var assigned in batch?.Messages ?? [])
        {
            if (assigned.IsBornLeased)
            {
                dispatcher.Release(assigned);
            }
        }
    }

    private async Task<DateTimeOffset?> FindBatchAsync(Guid batchId)
    {
        await using var command = database.CreateCommand("select at from ledger where batch = $1 limit 1");
        command.Parameters.Add(new() { Value = batchId });
        return await command.ExecuteScalarAsync() is DateTime at ? new DateTimeOffset(at) : null;
    }

    private async Task<long?> FindIdentityAsync(IncomingMessage message)
    {
        if (message.Identity is null)
        {
            return null;
        }

        await using var command = database.CreateCommand("select message_id from pickup_identity where source = $1 and file_id = $2 and ordinal = $3");
        command.Parameters.Add(new() { Value = message.Source });
        command.Parameters.Add(new() { Value = message.Identity.FileId });
        command.Parameters.Add(new() { Value = message.Identity.Ordinal });
        return (long?)await command.ExecuteScalarAsync();
    }

    private sealed class Pending(IncomingMessage message)
    {
        public IncomingMessage Message { get; } = message;

        public long? FirstId { get; set; }

        public DateTimeOffset? StoredAt { get; set; }

        public AssignedMessage? Assigned { get; set; }

        public TaskCompletionSource<IntakeResult> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private static partial class Log
    {
        [LoggerMessage(2030, LogLevel.Error, "Storing {Count} messages failed; their senders are asked to try later: {Fault}")]
        public static partial void StoreFailed(ILogger logger, int count, string fault);

        [LoggerMessage(2031, LogLevel.Warning, "A message from {Source} cannot be stored and is refused: {Fault}")]
        public static partial void NotStorable(ILogger logger, string source, string fault);
    }
}
