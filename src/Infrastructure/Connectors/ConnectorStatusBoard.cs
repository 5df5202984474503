using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Postern.Domain.Queue;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Connectors;

/// <summary>What each connector of this process is doing and when it last showed life; written to the database at most once a second.</summary>
public sealed partial class ConnectorStatusBoard(
    NpgsqlDataSource database, WorkerIdentity worker, TimeProvider clock, ILogger<ConnectorStatusBoard> logger) : BackgroundService
{
    /// <summary>The state of a connector that runs and fetches nothing for a while.</summary>
    internal const string Waiting = "waiting";

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private const string WriteSql =
        """
        -- the state of a connector as its process sees it
        insert into connector_status (connector_id, state, detail, alive_at, failed_at, failure, worker_id, left_at, updated_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, now())
        on conflict (connector_id) do update
                set state = excluded.state, detail = excluded.detail, worker_id = excluded.worker_id, updated_at = now(),
                    alive_at = greatest(excluded.alive_at, connector_status.alive_at),
                    left_at = greatest(excluded.left_at, connector_status.left_at),
                    failed_at = coalesce(excluded.failed_at, connector_status.failed_at),
                    failure = case when excluded.failed_at is null then connector_status.failure else excluded.failure end
        """;

    private readonly Lock gate = new();
    private readonly Dictionary<long, Status> statuses = [];

    /// <summary>The connector runs, waits, has failed or was stopped; <paramref name="detail"/> is one sentence.</summary>
    public void SetState(long connectorId, string state, string detail) =>
        Change(connectorId, status => status with { State = state, Detail = detail });

    /// <summary>A transaction, a run or a poll ended well.</summary>
    public void NoteAlive(long connectorId) =>
        Change(connectorId, status => status with { AliveAt = clock.GetUtcNow(), State = "running", Detail = status.State == "running" ? status.Detail : "" });

    /// <summary>It fetches nothing now, and why; empty when it does again. What it delivers is another matter.</summary>
    public void SetRest(long connectorId, string why)
    {
        lock (gate)
        {
            if (statuses.GetValueOrDefault(connectorId) is { } before && before.Rest != why)
            {
                statuses[connectorId] = before with { Rest = why, IsChanged = true };
            }
        }
    }

    /// <summary>Something failed for the connector as a whole; it is shown until life is shown again.</summary>
    public void NoteFailure(long connectorId, string failure) =>
        Change(connectorId, status => status with { FailedAt = clock.GetUtcNow(), Failure = failure, State = "failed", Detail = failure });

    /// <summary>What an answer of the other side says of the connector: it lives, or nothing behind it can be reached.</summary>
    public void NoteCall(FinishedCall call)
    {
        var outcomes = call.Results.Select(result => result.Outcome).ToList();
        if (outcomes.Any(outcome => outcome is AttemptOutcome.Delivered or AttemptOutcome.Bounced))
        {
            Change(call.Runtime.Id, status => status with { LeftAt = clock.GetUtcNow() });
        }

        if (outcomes.OfType<AttemptOutcome.Deferred>().FirstOrDefault(outcome => outcome.DestinationDown) is { } down)
        {
            NoteFailure(call.Runtime.Id, down.Reason);
        }
        else if (outcomes.Any(outcome => outcome is AttemptOutcome.Delivered || outcome.Reply.Length > 0))
        {
            NoteAlive(call.Runtime.Id);
        }
    }

    /// <summary>One round of writing; the number of connectors whose row changed.</summary>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        KeyValuePair<long, Status>[] changed;
        lock (gate)
        {
            changed = [.. statuses.Where(pair => pair.Value.IsChanged)];
            foreach (var (id, status) in changed)
            {
                statuses[id] = status with { IsChanged = false };
            }
        }

        foreach (var (id, status) in changed)
        {
            await WriteAsync(id, status, cancellationToken);
        }

        return changed.Length;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        do
        {
            await TryWriteAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Leaves the last states behind, so that a page does not show a stopped connector as running.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryWriteAsync(CancellationToken.None);
    }

    private async Task TryWriteAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RunOnceAsync(cancellationToken);
        }
        catch (NpgsqlException e)
        {
            Log.WriteFailed(logger, e.Message);
        }
    }

    private async Task WriteAsync(long id, Status status, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(WriteSql);
        command.Parameters.Add(new() { Value = id });
        var rests = status is { State: "running", Rest.Length: > 0 };
        command.Parameters.Add(new() { Value = rests ? Waiting : status.State });
        command.Parameters.Add(new() { Value = Storable.Text(rests ? status.Rest : status.Detail) });
        command.Parameters.Add(Instant(status.AliveAt));
        command.Parameters.Add(Instant(status.FailedAt));
        command.Parameters.Add(new() { Value = Storable.Text(status.Failure) });
        command.Parameters.Add(new() { Value = worker.Id });
        command.Parameters.Add(Instant(status.LeftAt));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlParameter Instant(DateTimeOffset? at) =>
        new() { Value = (object?)at ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz };

    private void Change(long connectorId, Func<Status, Status> change)
    {
        lock (gate)
        {
            var before = statuses.GetValueOrDefault(connectorId) ?? new Status();
            statuses[connectorId] = change(before) with { IsChanged = true };
        }
    }

    private sealed record Status
    {
        public string State { get; init; } = "stopped";

        public string Detail { get; init; } = "";

        public string Rest { get; init; } = "";

        public DateTimeOffset? AliveAt { get; init; }

        public DateTimeOffset? FailedAt { get; init; }

        public DateTimeOffset? LeftAt { get; init; }

        public string Failure { get; init; } = "";

        public bool IsChanged { get; init; }
    }

    private static partial class Log
    {
        [LoggerMessage(2060, LogLevel.Warning, "The state of the connectors could not be written and is tried again: {Fault}")]
        public static partial void WriteFailed(ILogger logger, string fault);
    }
}
