using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Postern.Domain.Queue;
using Postern.Infrastructure.Connectors;

namespace Postern.Infrastructure.Queue;

/// <summary>Brings transfers and connectors together: fresh ones straight from the intake, waiting ones by claim.</summary>
/// <remarks>
/// Each destination has a lane with its own limits and back-off, so a slow or dead one never holds up another. Fresh mail goes
/// past the database (born leased) only while its lane has nothing stored, so that first attempts start in order of acceptance.
/// A call that throws is a deferral of that call alone. Polling is the truth; waking only makes it prompt.
/// </remarks>
public sealed partial class DeliveryDispatcher(
    DeliveryClaims claims, DeliveryRecorder recorder, AttemptLog attempts, TimeProvider clock, ILogger<DeliveryDispatcher> logger)
    : BackgroundService
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ShortInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan ExtendAfter = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);
    private const long CacheLimit = 64 * 1024 * 1024;

    private readonly Lock gate = new();
    private readonly Dictionary<long, ConnectorRuntime> running = [];
    private readonly Dictionary<long, CancellationTokenSource> stops = [];
    private readonly Dictionary<(long, string), Lane> lanes = [];
    private readonly Dictionary<long, (Transfer Transfer, DateTimeOffset Since)> inHand = [];
    private readonly AloneGate alone = new();
    private HashSet<long> paused = [];
    private Dictionary<long, DateTimeOffset> draining = [];
    private readonly SemaphoreSlim wake = new(0, 1);
    private readonly HashSet<Task> calls = [];
    private long cachedBytes;
    private bool isStopping;

    /// <summary>Raised after a connector's answer has been recorded.</summary>
    public event Action<FinishedCall>? CallEnded;

    /// <summary>Starts giving this connector its deliveries.</summary>
    public void Attach(ConnectorRuntime runtime)
    {
        lock (gate)
        {
            running[runtime.Id] = runtime;
            stops[runtime.Id] = new CancellationTokenSource();
        }

        Wake();
    }

    /// <summary>Stops giving it deliveries, gives back what has not begun and waits for what has.</summary>
    public async Task DetachAsync(long connectorId)
    {
        Task[] open;
        var waiting = new List<Transfer>();
        lock (gate)
        {
            if (!running.Remove(connectorId))
            {
                return;
            }

            foreach (var key in lanes.Keys.Where(key => key.Item1 == connectorId).ToArray())
            {
                waiting.AddRange(lanes[key].TakeBack());
            }

            open = [.. calls];
        }

        await stops[connectorId].CancelAsync();
        await GiveBackAsync(waiting);
        await WaitAsync(open);
        lock (gate)
        {
            foreach (var key in lanes.Keys.Where(key => key.Item1 == connectorId).ToArray())
            {
                lanes.Remove(key);
            }
        }
    }

    /// <summary>Asks for room for fresh mail; with room it is stored born leased and handed over after the commit.</summary>
    public bool TryReserve(AssignedMessage message)
    {
        lock (gate)
        {
            if (isStopping || !message.Message.Content.IsInline || Interlocked.Read(ref cachedBytes) > CacheLimit)
            {
                return false;
            }

            var reserved = new List<Lane>();
            foreach (var (connectorId, destination) in TransfersOf(message))
            {
                if (!paused.Contains(connectorId) && !draining.ContainsKey(connectorId) && LaneOf(connectorId, destination) is { } lane && lane.TryReserve(clock.GetUtcNow()))
                {
                    reserved.Add(lane);
                    continue;
                }

                reserved.ForEach(other => other.Release());
                return false;
            }

            return reserved.Count > 0;
        }
    }

    /// <summary>The reservation is not used: the transaction failed.</summary>
    public void Release(AssignedMessage message)
    {
        lock (gate)
        {
            foreach (var (connectorId, destination) in TransfersOf(message))
            {
                LaneOf(connectorId, destination)?.Release();
            }
        }
    }

    /// <summary>The message is committed, leased to this worker: its transfers go to their lanes.</summary>
    public void Hand(AssignedMessage message, DateTimeOffset acceptedAt)
    {
        var orphans = new List<Transfer>();
        lock (gate)
        {
            foreach (var group in message.Deliveries.GroupBy(delivery => delivery.TransferId))
            {
                var route = group.First().Recipient.Route;
                var transfer = FreshTransfer(message, acceptedAt, [.. group], route.Destination);
                var lane = LaneOf(route.Connector.Id, route.Destination);
                if (lane is not null && lane.DownUntil <= clock.GetUtcNow() && !paused.Contains(route.Connector.Id) && !draining.ContainsKey(route.Connector.Id))
                {
                    lane.Hand(transfer);
                    Keep(transfer);
                    StartCalls(lane);
                }
                else
                {
                    lane?.Release();
                    orphans.Add(transfer); // its connector stopped, or its destination went away, between reservation and commit
                }
            }
        }

        GiveBackAside(orphans);
    }

    /// <summary>Deliveries for these destinations are stored, or about to be: nothing fresh may pass them.</summary>
    public void NoteStored(AssignedMessage message, bool isCommitted)
    {
        lock (gate)
        {
            foreach (var (connectorId, destination) in TransfersOf(message))
            {
                LaneOf(connectorId, destination)?.NoteStored();
            }
        }

        if (isCommitted)
        {
            Wake();
        }
    }

    /// <summary>Something may have become due; <paramref name="forgetFailures"/> when an operator asked to try at once.</summary>
    public void Wake(bool forgetFailures = false)
    {
        if (forgetFailures)
        {
            lock (gate)
            {
                foreach (var lane in lanes.Values)
                {
                    lane.ForgetFailures();
                }
            }
        }

        try
        {
            wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // already awake
        }
    }

    /// <summary>One round of claiming; public so that tests and the loop share it.</summary>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        long[] connectorIds;
        lock (gate)
        {
            connectorIds = [.. running.Keys.Where(id => !paused.Contains(id))];
        }

        if (connectorIds.Length == 0)
        {
            return 0;
        }

        var epochs = Epochs();
        var ready = await claims.FindReadyAsync(connectorIds, null, cancellationToken);
        var wanted = Wanted(ready, epochs);
        var claimed = await ClaimAsync(wanted);
        await PlaceAsync(claimed);
        await ExtendLongOnesAsync(cancellationToken);
        return claimed.Count;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var claimed = 0;
            try
            {
                claimed = await RunOnceAsync(stoppingToken);
            }
            catch (NpgsqlException e)
            {
                Log.ClaimFailed(logger, e.Message);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }

            try
            {
                await wake.WaitAsync(claimed > 0 ? ShortInterval : PollInterval, stoppingToken);
                await Task.Delay(ShortInterval, clock, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }
    }

    /// <summary>Gives back what has not begun and waits for what has; leases left over are returned by the next process.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            isStopping = true;
        }

        await base.StopAsync(cancellationToken); // a round under way gives back what it claims
        foreach (var stop in stops.Values)
        {
            await stop.CancelAsync();
        }

        var waiting = new List<Transfer>();
        Task[] open;
        lock (gate)
        {
            foreach (var lane in lanes.Values)
            {
                waiting.AddRange(lane.TakeBack());
            }

            open = [.. calls];
        }

        await GiveBackAsync(waiting);
        await WaitAsync(open);
    }

    private void StartCalls(Lane lane)
    {
        while (!isStopping && !paused.Contains(lane.Runtime.Id) && lane.TakeNext(clock.GetUtcNow()) is { Count: > 0 } transfers)
        {
            Track(Task.Run(() => RunCallAsync(lane, transfers)));
        }
    }

    // What a stop has to wait for. Called under the gate.
    private void Track(Task work)
    {
        calls.Add(work);
        _ = work.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private void Forget(Task call)
    {
        lock (gate)
        {
            calls.Remove(call);
        }
    }

    private async Task RunCallAsync(Lane lane, IReadOnlyList<Transfer> transfers)
    {
        var runsAlone = transfers[0].RunsAlone;
        await alone.EnterAsync(runsAlone);
        var call = new FinishedCall(lane.Runtime, transfers, clock.GetTimestamp());
        try
        {
            attempts.Begin(call.DeliveryIds);
            call.Results = await DeliverAsync(lane.Runtime, transfers);
        }
        finally
        {
            alone.Leave(runsAlone);
        }

        call.Elapsed = clock.GetElapsedTime(call.StartedAt);
        await recorder.RecordAsync(call);
        CallEnded?.Invoke(call);
        Finished(lane, transfers, call);
    }

    // The isolation boundary: whatever a connector throws concerns this call and nothing else.
    private async Task<IReadOnlyList<DeliveryResult>> DeliverAsync(ConnectorRuntime runtime, IReadOnlyList<Transfer> transfers)
    {
        try
        {
            return await runtime.Connector.DeliverAsync(transfers, stops[runtime.Id].Token);
        }
        catch (OperationCanceledException)
        {
            return [];
        }
        catch (Exception e)
        {
            Log.CallFailed(logger, runtime.Name, transfers[0].MessageId, e);
            return [.. transfers.SelectMany(transfer => transfer.Deliveries).Select(delivery => new DeliveryResult(delivery.Id, Surprise(delivery, e)))];
        }
    }

    private static AttemptOutcome Surprise(TransferDelivery delivery, Exception e)
    {
        var reason = $"An attempt ended with an error inside Postern: {e.Message}";
        return delivery.Attempts < 4
            ? new AttemptOutcome.Deferred("4.3.0", "", reason, "")
            : new AttemptOutcome.Quarantined("5.3.0", "", reason, "");
    }

    private void Finished(Lane lane, IReadOnlyList<Transfer> transfers, FinishedCall call)
    {
        var down = call.Results.Select(result => result.Outcome).OfType<AttemptOutcome.Deferred>().FirstOrDefault(outcome => outcome.DestinationDown);
        IReadOnlyList<Transfer> waiting = [];
        lock (gate)
        {
            foreach (var transfer in transfers)
            {
                Drop(transfer);
            }

            lane.Finish(clock.GetUtcNow(), down is not null, down?.RetryAfter);
            if (down is not null)
            {
                waiting = lane.TakeBack();
            }

            StartCalls(lane);
        }

        GiveBackAside(waiting);
        if (lane.HasStored && lane.Ready < lane.Runtime.Connector.Limits.CallsPerDestination)
        {
            Wake();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2010, LogLevel.Warning, "Claiming from the queue failed and is tried again: {Fault}")]
        public static partial void ClaimFailed(ILogger logger, string fault);

        [LoggerMessage(2011, LogLevel.Error, "Connector {Connector} ended an attempt at message {MessageId} with an unexpected error")]
        public static partial void CallFailed(ILogger logger, string connector, long messageId, Exception exception);

        [LoggerMessage(2012, LogLevel.Warning, "Leases could not be given back and run out by themselves: {Fault}")]
        public static partial void GiveBackFailed(ILogger logger, string fault);
    }
}
