using Postern.Domain.Queue;

namespace Postern.Infrastructure.Queue;

/// <summary>What an act on some deliveries would touch, counted before anything is done.</summary>
/// <param name="Chosen">So many ids were named; those in no state below have ended since.</param>
/// <param name="WithoutSender">Of those in reach of the verb: cannot be returned to anybody.</param>
/// <param name="WithoutReport">Of those in reach: their sender asked for no report of failures.</param>
/// <param name="Reports">Messages of those in reach whose sender would get a report.</param>
/// <param name="Messages">Messages that those in reach belong to.</param>
/// <param name="Connectors">Connectors that those in reach wait for.</param>
/// <param name="Oldest">When the first of those in reach was accepted.</param>
public sealed record QueueEffect(
    long Chosen, long Queued, long Leased, long Held, long Quarantined, long WithoutSender, long WithoutReport, long Reports, long Messages,
    long Senders, long Connectors, DateTimeOffset? Oldest)
{
    /// <summary>What can be acted on: waits and is not on its way.</summary>
    public long Waiting => Queued + Held + Quarantined;

    /// <summary>How many are in a state from which the verb does something. Some of those may still have no sender, or no other way.</summary>
    public long InReachOf(DeliveryVerb verb) => DeliveryTransitions.From(verb.ToEvent()).Sum(state => state switch
    {
        DeliveryState.Queued => Queued,
        DeliveryState.Held => Held,
        DeliveryState.Quarantined => Quarantined,
        _ => 0,
    });

    /// <summary>Have ended since they were chosen.</summary>
    public long Ended => Chosen - Waiting - Leased;
}
