using Postern.Domain.Queue;

namespace Postern.Infrastructure.Queue;

/// <summary>What an operator can do to deliveries.</summary>
public enum DeliveryVerb
{
    Retry, Hold, Release, Replay, Reroute, Prioritise, Expire, Return, Remove,
}

/// <summary>A verb with what it needs to be complete.</summary>
public sealed record DeliveryAct(DeliveryVerb Verb)
{
    /// <summary>Reroute: name of the connector they are to go by; empty asks the routing table again.</summary>
    public string Connector { get; init; } = "";

    /// <summary>Reroute: asks the table for the address it was routed to and not for what the sender wrote, as a new version of routing does.</summary>
    public bool AsRouted { get; init; }

    /// <summary>Prioritise: what they get.</summary>
    public DeliveryPriority Priority { get; init; }

    /// <summary>Remove: tells the senders. A return and an expiry always do.</summary>
    public bool WritesReport { get; init; }

    public static implicit operator DeliveryAct(DeliveryVerb verb) => new(verb);
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
        DeliveryVerb.Reroute => DeliveryEvent.Reroute,
        DeliveryVerb.Prioritise => DeliveryEvent.Prioritise,
        DeliveryVerb.Expire => DeliveryEvent.Expire,
        DeliveryVerb.Replay => DeliveryEvent.Replay,
        DeliveryVerb.Return => DeliveryEvent.Return,
        _ => DeliveryEvent.Remove,
    };

    /// <summary>The word in SQL, audit and command line.</summary>
    public static string ToWord(this DeliveryVerb verb) => verb.ToString().ToLowerInvariant();

    /// <summary>Ends deliveries, and so asks for a reason and counts towards the second operator.</summary>
    public static bool Ends(this DeliveryVerb verb) => verb is DeliveryVerb.Return or DeliveryVerb.Remove or DeliveryVerb.Expire;

    /// <summary>Tells the senders.</summary>
    public static bool Reports(this DeliveryAct act) => act.Verb is DeliveryVerb.Return or DeliveryVerb.Expire || (act.Verb == DeliveryVerb.Remove && act.WritesReport);
}
