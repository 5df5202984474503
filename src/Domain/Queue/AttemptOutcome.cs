namespace Postern.Domain.Queue;

/// <summary>How an attempt at one delivery ended: the enhanced status, the peer's own words and one sentence for the operator.</summary>
/// <param name="Status">RFC 3463 status such as 5.1.1; its first digit agrees with the outcome.</param>
/// <param name="Reply">What the peer or the program said, word for word; empty when it said nothing.</param>
/// <param name="Reason">The finding in a sentence an operator understands.</param>
/// <param name="Remote">The host, or the program and file, that answered; empty when none was reached.</param>
public abstract record AttemptOutcome(string Status, string Reply, string Reason, string Remote)
{
    /// <summary>The next hop has taken it. <paramref name="Relayed"/>: it cannot report further, so a requested success report says "relayed" (RFC 3461 section 5.2.2).</summary>
    public sealed record Delivered(string Status, string Reply, string Reason, string Remote, bool Relayed = true)
        : AttemptOutcome(Status, Reply, Reason, Remote);

    /// <summary>Not now. <paramref name="DestinationDown"/>: nothing for this destination will go, so others wait too and it is not this message's fault.</summary>
    public sealed record Deferred(string Status, string Reply, string Reason, string Remote, bool DestinationDown = false, TimeSpan? RetryAfter = null)
        : AttemptOutcome(Status, Reply, Reason, Remote);

    /// <summary>Never. The sender gets a report unless they asked for none.</summary>
    public sealed record Bounced(string Status, string Reply, string Reason, string Remote)
        : AttemptOutcome(Status, Reply, Reason, Remote);

    /// <summary>Poison: set aside until an operator decides, so that what is behind it moves on.</summary>
    public sealed record Quarantined(string Status, string Reply, string Reason, string Remote)
        : AttemptOutcome(Status, Reply, Reason, Remote);

    /// <summary>The attempt never began, or was cut short by a stop: it does not count, and the delivery goes back as it was.</summary>
    public sealed record NotTried(string Reason) : AttemptOutcome("", "", Reason, "");
}
