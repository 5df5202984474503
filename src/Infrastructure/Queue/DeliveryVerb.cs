using Postern.Domain.Queue;

namespace Postern.Infrastructure.Queue;

/// <summary>What an operator can do to deliveries.</summary>
public enum DeliveryVerb
{
    Retry, Hold, Release, Replay, Return, Remove,
}

/// <summary>What the verbs mean to the table of transitions and to the database.</summary>
public static class DeliveryVerbs
{
    /// <summary>The move of the transition table.</summary>
    public static DeliveryEvent ToEvent(this DeliveryVerb verb) => verb switch
    {
        DeliveryVerb.Retry => DeliveryEvent.RetryNow,
        DeliveryVerb.Hold => DeliveryEvent.Hold,
        DeliveryVerb.Release => DeliveryEvent.Release,
        DeliveryVerb.Replay => DeliveryEvent.Replay,
        DeliveryVerb.Return => DeliveryEvent.Return,
        _ => DeliveryEvent.Remove,
    };

    /// <summary>The state a delivery is left in.</summary>
    public static DeliveryState Leaves(this DeliveryVerb verb) => verb switch
    {
        DeliveryVerb.Hold => DeliveryState.Held,
        DeliveryVerb.Return => DeliveryState.Bounced,
        DeliveryVerb.Remove => DeliveryState.Removed,
        _ => DeliveryState.Queued,
    };

    /// <summary>The word in SQL, audit and command line.</summary>
    public static string ToWord(this DeliveryVerb verb) => verb.ToString().ToLowerInvariant();

    /// <summary>Ends deliveries, and so asks for a reason and shows its effect first.</summary>
    public static bool Ends(this DeliveryVerb verb) => verb is DeliveryVerb.Return or DeliveryVerb.Remove;
}
