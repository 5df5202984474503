namespace Postern.Web.Components.Shared;

/// <summary>The books of promise P1 as the console shows them: what was accepted equals where it is.</summary>
/// <param name="Today">Movements since midnight UTC.</param>
/// <param name="Differences">Where the ledger and the rows differ; empty when the books balance.</param>
public sealed record BooksFigures(
    long Accepted,
    long Delivered,
    long Bounced,
    long Removed,
    long Expanded,
    long Queued,
    long Leased,
    long Held,
    long Quarantined,
    BooksToday Today,
    IReadOnlyList<BooksDifference> Differences)
{
    /// <summary>Everything that has not reached a final state.</summary>
    public long InQueue => Queued + Leased + Held + Quarantined;

    /// <summary>The equation holds, and the ledger says the same.</summary>
    public bool Balanced => Differences.Count == 0 && Accepted == Delivered + Bounced + Removed + Expanded + InQueue;
}

/// <summary>What was added to each side since midnight UTC.</summary>
public sealed record BooksToday(long Accepted, long Delivered, long Bounced, long Removed, long Expanded);

/// <summary>One day on which ledger and rows differ.</summary>
/// <param name="Text">The finding as a sentence: "The ledger of 22 Nov has it accepted; no row holds it now."</param>
/// <param name="Href">Where the difference can be looked at, if anywhere.</param>
public sealed record BooksDifference(string Text, string? Href);
