using Npgsql;
using Postern.Infrastructure.Queue;
using Postern.Web.Components.Shared;
using Postern.Web.Security;

namespace Postern.Web.Live;

/// <summary>What an operator is about to do: shown first, changed perhaps, then done or dropped.</summary>
public sealed class PendingAct(
    OperationRunner operations, QueueOperations store, QueueView queue, RerouteForecaster forecaster, CurrentOperator current, TimeProvider clock)
{
    private IReadOnlyList<long>? ids;
    private QueueFilter filter = QueueFilter.Waiting;

    /// <summary>What it would do; null when nothing is pending.</summary>
    public Effect? Effect { get; private set; }

    /// <summary>The act with its parameters.</summary>
    public DeliveryAct Act { get; private set; } = DeliveryVerb.Retry;

    /// <summary>Why the last try did nothing.</summary>
    public string? Fault { get; private set; }

    /// <summary>Shows what an act on these deliveries would do.</summary>
    public Task BeginAsync(DeliveryAct act, IReadOnlyList<long> chosen)
    {
        ids = chosen;
        return ChangeAsync(act);
    }

    /// <summary>Shows what an act on everything that waits and matches would do.</summary>
    public Task BeginAsync(DeliveryAct act, QueueFilter matching)
    {
        ids = null;
        filter = matching;
        return ChangeAsync(act);
    }

    /// <summary>Shows what it would do with other parameters.</summary>
    public async Task ChangeAsync(DeliveryAct act)
    {
        Act = act;
        Fault = null;
        var touched = ids is { } chosen ? await queue.EffectAsync(act.Verb, chosen, CancellationToken.None) : await queue.EffectAsync(act.Verb, filter, CancellationToken.None);
        var ways = act.Verb == DeliveryVerb.Reroute ? await forecaster.LookAsync(ids, filter, act.Connector, CancellationToken.None) : null;
        var allowance = await store.AllowanceAsync((await current.WhoAsync()).Name, CancellationToken.None);
        Effect = EffectWords.Of(act, touched, allowance, clock.GetUtcNow(), ways);
    }

    /// <summary>Does it. False when nothing was done, and <see cref="Fault"/> says why.</summary>
    public async Task<bool> CommitAsync(string reason)
    {
        try
        {
            Fault = ids is { } chosen ? await operations.RunAsync(Act, chosen, reason) : await operations.RunAsync(Act, filter, reason);
        }
        catch (NpgsqlException e)
        {
            Fault = $"The database did not take it: {VisibleText.Of(e.Message)}";
        }

        if (Fault is null)
        {
            Effect = null;
        }

        return Fault is null;
    }

    /// <summary>Nothing is done.</summary>
    public void Drop() => Effect = null;
}
