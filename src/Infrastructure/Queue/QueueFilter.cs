using Postern.Domain.Queue;

namespace Postern.Infrastructure.Queue;

/// <summary>Which deliveries are meant: by a page, a count that links to it, or an act on all that match.</summary>
public sealed record QueueFilter
{
    /// <summary>Everything that waits.</summary>
    public static readonly QueueFilter Waiting = new();

    /// <summary>The states that are still in the live table.</summary>
    public static readonly IReadOnlyList<DeliveryState> LiveStates =
        [DeliveryState.Queued, DeliveryState.Leased, DeliveryState.Held, DeliveryState.Quarantined];

    /// <summary>The states that are history.</summary>
    public static readonly IReadOnlyList<DeliveryState> FinalStates =
        [DeliveryState.Delivered, DeliveryState.Bounced, DeliveryState.Removed, DeliveryState.Expanded];

    /// <summary>Empty means everything that waits.</summary>
    public IReadOnlyList<DeliveryState> States { get; init; } = [];

    /// <summary>Name of a connector.</summary>
    public string Connector { get; init; } = "";

    /// <summary>The next hop or post office, whole.</summary>
    public string Destination { get; init; } = "";

    /// <summary>A part of the sender's address; <c>&lt;&gt;</c> is the null sender.</summary>
    public string Sender { get; init; } = "";

    /// <summary>A part of the recipient's address, as it is now or as the sender wrote it.</summary>
    public string Recipient { get; init; } = "";

    /// <summary>Domain or post office that the recipient's address ends with.</summary>
    public string Domain { get; init; } = "";

    /// <summary>A part of the subject.</summary>
    public string Subject { get; init; } = "";

    /// <summary>Message-ID without its brackets.</summary>
    public string HeaderId { get; init; } = "";

    /// <summary>A part of recipient, sender or subject.</summary>
    public string Text { get; init; } = "";

    /// <summary>Accepted at least so long ago.</summary>
    public TimeSpan? OlderThan { get; init; }

    /// <summary>Accepted less than so long ago.</summary>
    public TimeSpan? YoungerThan { get; init; }

    public int? AttemptsAtLeast { get; init; }

    /// <summary>Bytes.</summary>
    public long? SizeAtLeast { get; init; }

    /// <summary>What stands in the way, as <see cref="QueueCause.Key"/> has it.</summary>
    public string Cause { get; init; } = "";

    /// <summary>The reasons that <see cref="Cause"/> stands for, once they have been looked up.</summary>
    internal IReadOnlyList<string>? Reasons { get; init; }

    /// <summary>What waits for one of <see cref="Reasons"/>, whatever else is asked for.</summary>
    internal long WithReasons { get; init; }

    /// <summary>Only reports, or only what is none.</summary>
    public bool? IsReport { get; init; }

    /// <summary>Only deliveries with a higher id; counts what is new since a page was read.</summary>
    public long? After { get; init; }

    internal IReadOnlyList<DeliveryState> Live => States.Count == 0 ? LiveStates : [.. States.Where(LiveStates.Contains)];

    internal IReadOnlyList<DeliveryState> Final => [.. States.Where(FinalStates.Contains)];

    /// <summary>Does it look into history, where only the order of acceptance is cheap?</summary>
    public bool IncludesHistory => Final.Count > 0;
}

/// <summary>What a page of deliveries is ordered by.</summary>
public enum QueueSort
{
    /// <summary>By acceptance; descending is oldest first, as ages go.</summary>
    Age, Due, Attempts, Size, Recipient, Sender, Subject, State,
}

/// <summary>Which page of which order.</summary>
/// <param name="Cursor">What <see cref="QueuePageOfRows.Next"/> of the page before said; empty for the first.</param>
public sealed record QueueOrder(QueueSort Sort, bool Descending, string Cursor = "")
{
    /// <summary>Oldest first.</summary>
    public static readonly QueueOrder Default = new(QueueSort.Age, true);
}

/// <summary>Some rows of an order.</summary>
/// <param name="Next">Cursor of the page behind; null on the last.</param>
public sealed record QueuePageOfRows(IReadOnlyList<DeliverySnapshot> Rows, string? Next);

/// <summary>How many match.</summary>
/// <param name="IsBounded">There are more: counting stops at <see cref="QueueView.CountLimit"/> in history.</param>
public sealed record QueueCount(long Deliveries, long? Messages, bool IsBounded);

/// <summary>Deliveries that wait for one reason.</summary>
/// <param name="Key">The reason with its numbers and addresses taken out; the same for all of the group, and a filter.</param>
/// <param name="Reason">The reason of one of them, whole.</param>
/// <param name="Since">The first attempt of the oldest.</param>
public sealed record QueueCause(
    string Key, string Connector, DeliveryState State, string Reason, string Reply, long Count, DateTimeOffset Since);
