using System.Collections.Frozen;

namespace Postern.Domain.Queue;

/// <summary>What can happen to a delivery.</summary>
public enum DeliveryEvent
{
    Claim, Deliver, Defer, Bounce, Quarantine, LeaseRunsOut, Hold, Release, RetryNow, Replay, Return, Remove, Expire, Reroute, Prioritise,
}

/// <summary>Every legal move of a delivery. The database holds the same rule as constraints and guarded statements.</summary>
/// <remarks>
/// <code>
///            Claim            Deliver -> delivered
/// queued ------------> leased Bounce  -> bounced
///   ^  ^ Defer, LeaseRunsOut |  Quarantine -> quarantined
///   |  +---------------------+
///   | Release, RetryNow, Replay (changed by an operator)
/// held, quarantined           Return, Expire -> bounced, Remove -> removed (never from leased: it finishes first)
/// Reroute and Prioritise leave queued and held as they are; what was quarantined is queued on its new way.
/// </code>
/// </remarks>
public static class DeliveryTransitions
{
    private static readonly FrozenDictionary<(DeliveryState, DeliveryEvent), DeliveryState> Table =
        new Dictionary<(DeliveryState, DeliveryEvent), DeliveryState>
        {
            [(DeliveryState.Queued, DeliveryEvent.Claim)] = DeliveryState.Leased,
            [(DeliveryState.Leased, DeliveryEvent.Deliver)] = DeliveryState.Delivered,
            [(DeliveryState.Leased, DeliveryEvent.Defer)] = DeliveryState.Queued,
            [(DeliveryState.Leased, DeliveryEvent.Bounce)] = DeliveryState.Bounced,
            [(DeliveryState.Leased, DeliveryEvent.Quarantine)] = DeliveryState.Quarantined,
            [(DeliveryState.Leased, DeliveryEvent.LeaseRunsOut)] = DeliveryState.Queued,
            [(DeliveryState.Queued, DeliveryEvent.Hold)] = DeliveryState.Held,
            [(DeliveryState.Quarantined, DeliveryEvent.Hold)] = DeliveryState.Held,
            [(DeliveryState.Held, DeliveryEvent.Release)] = DeliveryState.Queued,
            [(DeliveryState.Queued, DeliveryEvent.RetryNow)] = DeliveryState.Queued,
            [(DeliveryState.Quarantined, DeliveryEvent.RetryNow)] = DeliveryState.Queued,
            [(DeliveryState.Held, DeliveryEvent.Replay)] = DeliveryState.Queued,
            [(DeliveryState.Quarantined, DeliveryEvent.Replay)] = DeliveryState.Queued,
            [(DeliveryState.Queued, DeliveryEvent.Return)] = DeliveryState.Bounced,
            [(DeliveryState.Held, DeliveryEvent.Return)] = DeliveryState.Bounced,
            [(DeliveryState.Quarantined, DeliveryEvent.Return)] = DeliveryState.Bounced,
            [(DeliveryState.Queued, DeliveryEvent.Remove)] = DeliveryState.Removed,
            [(DeliveryState.Held, DeliveryEvent.Remove)] = DeliveryState.Removed,
            [(DeliveryState.Quarantined, DeliveryEvent.Remove)] = DeliveryState.Removed,
            [(DeliveryState.Queued, DeliveryEvent.Expire)] = DeliveryState.Bounced,
            [(DeliveryState.Queued, DeliveryEvent.Reroute)] = DeliveryState.Queued,
            [(DeliveryState.Held, DeliveryEvent.Reroute)] = DeliveryState.Held,
            [(DeliveryState.Quarantined, DeliveryEvent.Reroute)] = DeliveryState.Queued,
            [(DeliveryState.Queued, DeliveryEvent.Prioritise)] = DeliveryState.Queued,
            [(DeliveryState.Held, DeliveryEvent.Prioritise)] = DeliveryState.Held,
        }.ToFrozenDictionary();

    /// <summary>The state after <paramref name="what"/>; false when the move is not allowed from <paramref name="from"/>.</summary>
    public static bool TryNext(DeliveryState from, DeliveryEvent what, out DeliveryState next) => Table.TryGetValue((from, what), out next);

    /// <summary>The states from which <paramref name="what"/> is allowed.</summary>
    public static IReadOnlyList<DeliveryState> From(DeliveryEvent what) =>
        [.. Table.Keys.Where(move => move.Item2 == what).Select(move => move.Item1).Order()];

    /// <summary>Final states live in history. Nothing leaves them but what an operator ended and takes back in time.</summary>
    public static bool IsFinal(DeliveryState state) =>
        state is DeliveryState.Delivered or DeliveryState.Bounced or DeliveryState.Removed or DeliveryState.Expanded;
}
