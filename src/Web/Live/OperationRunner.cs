using Npgsql;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Quarantine;
using Postern.Infrastructure.Queue;
using Postern.Web.Components.Shared;
using Postern.Web.Security;

namespace Postern.Web.Live;

/// <summary>Runs what the operator of one window asks for, and keeps its lines until they are dismissed, whichever page is open.</summary>
public sealed class OperationRunner(QueueOperations operations, OperationUndo undo, QueueFigures figures, CurrentOperator current, PageRights rights, TimeProvider clock)
{
    private const int ShownLeftovers = 100;

    private readonly List<OperationResult> lines = [];

    /// <summary>Raised on the window's own thread after a line has changed.</summary>
    public event Action? Changed;

    /// <summary>Newest last.</summary>
    public IReadOnlyList<OperationResult> Lines => lines;

    /// <summary>Acts on the deliveries. Null when it ran to its end; else a sentence that says why it stopped.</summary>
    public Task<string?> RunAsync(DeliveryAct act, IReadOnlyList<long> ids, string reason) =>
        RunAsync(reason, who => operations.StartAsync(act, ids, who, CancellationToken.None));

    /// <summary>Acts on everything that waits and matches.</summary>
    public Task<string?> RunAsync(DeliveryAct act, QueueFilter filter, string reason) =>
        RunAsync(reason, who => operations.StartAsync(act, filter, who, CancellationToken.None));

    /// <summary>Changes the deliveries in this way and queues them again.</summary>
    public Task<string?> ReplayAsync(ReplayFix fix, IReadOnlyList<long> ids, string reason) =>
        RunAsync(reason, who => operations.StartReplayAsync(fix, ids, who, CancellationToken.None));

    /// <summary>Stops it after what is under way; what was done stays done until it is taken back.</summary>
    public Task CancelAsync(OperationResult line) => GuardAsync(
        line, async () => await operations.CancelAsync(line.Operation.Id, await current.WhoAsync(), CancellationToken.None));

    /// <summary>Takes it back, as far as things are still as it left them.</summary>
    public Task UndoAsync(OperationResult line) => GuardAsync(line, async () =>
    {
        var refusal = await undo.RunAsync(line.Operation.Id, await current.WhoAsync(), now => Show(now), CancellationToken.None);
        Show(await FindAsync(line.Operation.Id), await LeftAsync(line.Operation.Id), refusal);
        figures.Forget();
    });

    /// <summary>A second person agrees to what another has started, and this window carries it out. Null when it ran; else a sentence that says why not.</summary>
    public async Task<string?> ConfirmAsync(long id, string reason)
    {
        try
        {
            if (await operations.ConfirmAsync(id, await current.WhoAsync(reason), CancellationToken.None) is { } refusal)
            {
                return refusal;
            }

            Show(await operations.RunAsync(id, now => Show(now), CancellationToken.None), await LeftAsync(id));
            figures.Forget();
            return null;
        }
        catch (RightMissingException e)
        {
            return e.Message;
        }
        catch (NpgsqlException e)
        {
            return $"The database did not take it: {VisibleText.Of(e.Message)}";
        }
    }

    /// <summary>Reads again what others may carry on: what waits for a second person, and what that one runs.</summary>
    public async Task RefreshAsync()
    {
        foreach (var line in lines.Where(line => line.Operation.State == OperationState.Awaiting || (line.Operation is { State: OperationState.Running, ConfirmedBy.Length: > 0 })).ToList())
        {
            if (await operations.FindAsync(line.Operation.Id, CancellationToken.None) is { } now && now != line.Operation)
            {
                Show(now, now.IsRunning ? null : await LeftAsync(now.Id));
            }
        }
    }

    /// <summary>The operator has seen it.</summary>
    public void Dismiss(OperationResult line)
    {
        lines.RemoveAll(shown => shown.Operation.Id == line.Operation.Id);
        Changed?.Invoke();
    }

    /// <summary>Can it be asked back now?</summary>
    public bool CanUndo(OperationResult line) => line.Operation.WhyNotUndone(clock.GetUtcNow()) is null;

    private async Task<string?> RunAsync(string reason, Func<Operator, Task<OperationSnapshot>> start)
    {
        OperationSnapshot? operation = null;
        try
        {
            operation = await start(await current.WhoAsync(reason));
            Show(operation);
            if (operation.State == OperationState.Awaiting)
            {
                return null; // its line says so; a second person's window carries it out
            }

            operation = await operations.RunAsync(operation.Id, now => Show(now), CancellationToken.None);
            Show(operation, await LeftAsync(operation.Id));
            figures.Forget();
            return null;
        }
        catch (RightMissingException e)
        {
            rights.Refuse(e);
            return e.Message;
        }
        catch (NpgsqlException e)
        {
            var fault = $"The database did not take it: {VisibleText.Of(e.Message)}";
            if (operation is not null)
            {
                Show(operation, fault: fault);
            }

            return operation is null or { Done: 0 } ? fault : null;
        }
    }

    private async Task GuardAsync(OperationResult line, Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (RightMissingException e)
        {
            Show(line.Operation, line.Left, e.Message);
        }
        catch (NpgsqlException e)
        {
            Show(line.Operation, line.Left, $"The database did not take it: {VisibleText.Of(e.Message)}");
        }
    }

    private void Show(OperationSnapshot operation, IReadOnlyList<ActionResult>? left = null, string? fault = null)
    {
        var line = new OperationResult(operation, left ?? [], fault);
        var index = lines.FindIndex(shown => shown.Operation.Id == operation.Id);
        if (index < 0)
        {
            lines.Add(line);
        }
        else
        {
            lines[index] = line;
        }

        Changed?.Invoke();
    }

    private async Task<OperationSnapshot> FindAsync(long id) => (await operations.FindAsync(id, CancellationToken.None))!;

    private Task<IReadOnlyList<ActionResult>> LeftAsync(long id) => operations.ResultsAsync(id, onlyLeft: true, ShownLeftovers, CancellationToken.None);
}
