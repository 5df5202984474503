using Microsoft.Extensions.Logging;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Connectors;

/// <summary>One connector while it runs: settles what was interrupted, takes its deliveries, polls for mail.</summary>
internal sealed partial class RunningConnector(
    ConnectorDefinition definition,
    ConnectorCatalog catalog,
    DeliveryDispatcher dispatcher,
    DeliveryClaims claims,
    DeliveryRecorder recorder,
    ConnectorStatusBoard board,
    StorageRoom? room,
    TimeProvider clock,
    ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private TaskCompletionSource word = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DateTimeOffset ranFor;
    private bool isPickupPaused;
    private bool mustRun;
    private Task loop = Task.CompletedTask;
    private BuiltConnector? built;

    public ConnectorDefinition Definition { get; } = definition;

    public bool IsHealthy => !loop.IsCompleted;

    public void Start() => loop = Task.Run(RunAsync);

    /// <summary>Takes to heart what operators have told it; true when it shall run at once.</summary>
    public bool Obey(IReadOnlyList<ConnectorAct> acts)
    {
        var paused = acts.Any(act => act.Kind is ConnectorActKind.Drain or ConnectorActKind.PausePickup);
        var run = acts.FirstOrDefault(act => act.Kind == ConnectorActKind.Run);
        lock (gate)
        {
            var isNew = run is not null && run.Since > ranFor;
            if (isNew)
            {
                (ranFor, mustRun) = (run!.Since, true);
            }

            if (isNew || paused != isPickupPaused)
            {
                isPickupPaused = paused;
                word.TrySetResult();
            }

            return isNew;
        }
    }

    /// <summary>Gives back what has not begun, waits for what has, and lets go of the peer.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await loop;
        await dispatcher.DetachAsync(Definition.Id);
        if (built is not null)
        {
            await built.Connector.DisposeAsync();
        }

        board.SetState(Definition.Id, "stopped", "");
        stop.Dispose();
    }

    // The connector's isolation boundary: whatever goes wrong is shown and tried again, and concerns no other connector.
    private async Task RunAsync()
    {
        var failures = 0;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                built ??= await StartAsync();
                await (built.Pickup is { } pickup && MayPoll() ? PollAsync(pickup) : RestAsync(Timeout.InfiniteTimeSpan));
                failures = 0;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                failures++;
                Log.Failed(logger, Definition.Name, e.Message);
                board.NoteFailure(Definition.Id, e.Message);
                await PauseAsync(failures);
            }
        }
    }

    private async Task<BuiltConnector> StartAsync()
    {
        board.SetState(Definition.Id, "starting", "");
        LogSettings();
        var started = catalog.Build(Definition);
        try
        {
            if (started.Recover is not null)
            {
                await SettleAsync(started, await started.Recover(stop.Token));
            }
        }
        catch
        {
            await started.Connector.DisposeAsync();
            throw;
        }

        dispatcher.Attach(RuntimeOf(started));
        board.SetState(Definition.Id, "running", "");
        Log.Started(logger, Definition.Name, Definition.Kind);
        return started;
    }

    // What it starts with, and which settings nobody has set: those are no fault, and said by name (Q294947, Q167807).
    private void LogSettings()
    {
        var (set, usual) = SettingsLog.Of(Definition);
        Log.Settings(logger, Definition.Name, set);
        Log.Defaults(logger, Definition.Name, usual);
    }

    // What an interrupted run has done is recorded before anything of it can be sent again.
    private async Task SettleAsync(BuiltConnector started, IReadOnlyList<DeliveryResult> results)
    {
        if (results.Count == 0)
        {
            return;
        }

        var transfers = await claims.TakeAsync([.. results.Select(result => result.DeliveryId)], stop.Token);
        if (transfers.Count > 0)
        {
            var call = new FinishedCall(RuntimeOf(started), transfers, clock.GetTimestamp()) { Results = results };
            await recorder.RecordAsync(call);
        }
    }

    // Without room mail stays where it is; that is no failure, and over as soon as there is some (Q178758).
    private async Task PollAsync(IPickup pickup)
    {
        var shortage = room?.ShortageOf($"the work folder of {Definition.Name}", pickup.Folder) ?? "";
        board.SetRest(Definition.Id, shortage);
        if (shortage.Length > 0)
        {
            await RestAsync(pickup.PollInterval);
            return;
        }

        var round = await pickup.PickUpAsync(stop.Token);
        board.NoteAlive(Definition.Id);
        if (!round.IsFull)
        {
            await RestAsync(pickup.PollInterval);
        }
    }

    // A poll that an operator asks for is made, pause or not.
    private bool MayPoll()
    {
        lock (gate)
        {
            var may = mustRun || !isPickupPaused;
            mustRun = false;
            return may;
        }
    }

    // Waits, but not longer than until an operator says something.
    private async Task RestAsync(TimeSpan interval)
    {
        Task told;
        lock (gate)
        {
            if (word.Task.IsCompleted)
            {
                word = new(TaskCreationOptions.RunContinuationsAsynchronously);
                return;
            }

            told = word.Task;
        }

        using var ends = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        await Task.WhenAny(Task.Delay(interval, clock, ends.Token), told);
        await ends.CancelAsync();
        stop.Token.ThrowIfCancellationRequested();
    }

    private async Task PauseAsync(int failures)
    {
        var pause = Math.Min(FirstPause.TotalSeconds * Math.Pow(2, Math.Min(failures - 1, 10)), LongestPause.TotalSeconds);
        try
        {
            await RestAsync(TimeSpan.FromSeconds(pause));
        }
        catch (OperationCanceledException)
        {
            // stopping
        }
    }

    private ConnectorRuntime RuntimeOf(BuiltConnector started) =>
        new(Definition.Id, Definition.Name, Definition.Kind, started.Connector, started.Pickup, started.Schedule);

    private static partial class Log
    {
        [LoggerMessage(2071, LogLevel.Information, "Connector {Connector} of kind {Kind} started")]
        public static partial void Started(ILogger logger, string connector, string kind);

        [LoggerMessage(2073, LogLevel.Information, "Connector {Connector} starts with {Settings}")]
        public static partial void Settings(ILogger logger, string connector, string settings);

        [LoggerMessage(2074, LogLevel.Debug, "Connector {Connector} has the default of {Settings}")]
        public static partial void Defaults(ILogger logger, string connector, string settings);

        [LoggerMessage(2072, LogLevel.Error, "Connector {Connector} failed and is tried again: {Fault}")]
        public static partial void Failed(ILogger logger, string connector, string fault);
    }
}
