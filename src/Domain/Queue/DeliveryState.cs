namespace Postern.Domain.Queue;

/// <summary>Where one recipient of one accepted message is. At any moment exactly one of these holds (promise P1).</summary>
public enum DeliveryState
{
    /// <summary>Waits for its turn or for the next attempt.</summary>
    Queued,

    /// <summary>A worker has it.</summary>
    Leased,

    /// <summary>Stopped by an operator; does not expire.</summary>
    Held,

    /// <summary>Stopped because it is poison: it crashed, hung or was refused in a way that would repeat for ever.</summary>
    Quarantined,

    /// <summary>The next hop has taken responsibility.</summary>
    Delivered,

    /// <summary>Failed for good; a report went to the sender, or the row says why none did.</summary>
    Bounced,

    /// <summary>Taken out by a named operator, with a reason.</summary>
    Removed,

    /// <summary>A list that Postern itself opened; its members are deliveries of their own.</summary>
    Expanded,
}
