namespace Postern.Domain.Queue;

/// <summary>A way in which the ledger and the rows can differ: what is found, what it means for the mail, and what to do.</summary>
/// <param name="What">The finding; it is followed by the numbers it is about.</param>
/// <param name="Meaning">What has happened to the mail.</param>
/// <param name="NextStep">What to do.</param>
public sealed record BooksFinding(string What, string Meaning, string NextStep)
{
    /// <summary>A row of the history is gone.</summary>
    public static BooksFinding FinishedAndGone { get; } = new(
        "The ledger has them finished; no row of the history holds them now.",
        "They had reached their end, which the ledger still shows. Only the record of it is gone: no statement of Postern deletes single rows of the history.",
        "See who changed the table delivery_history by hand, or from which backup it came. Nobody has to be told: the mail had gone where the ledger says.");

    /// <summary>A delivery is gone before its end.</summary>
    public static BooksFinding AcceptedAndGone { get; } = new(
        "The ledger has them accepted; no row holds them now.",
        "Postern took responsibility for them and has neither delivered nor bounced them. Their recipients have nothing, and their senders were not told.",
        "Tell the senders, or bring the rows back from a backup. Where the message is still there, its page has its content. See who deleted from the table delivery by hand.");

    /// <summary>A delivery that no transaction of ours accepted.</summary>
    public static BooksFinding NeverAccepted { get; } = new(
        "Rows hold them; the ledger never had them accepted.",
        "They were not accepted by a listener or a pickup: somebody wrote them into the tables, or rows of the ledger were deleted. What waits of them will be delivered.",
        "Hold them until it is known where they come from. After a restore, see whether the ledger is as old as the other tables.");

    /// <summary>A final state was changed.</summary>
    public static BooksFinding OtherState { get; } = new(
        "Their state in the history is not the one the ledger has.",
        "The ledger was written when they ended and says how. The history was changed since.",
        "Believe the ledger, and see who changed the table delivery_history by hand.");

    /// <summary>Only the sums differ; no number can be named.</summary>
    public static BooksFinding OtherSums { get; } = new(
        "The sums of the ledger and of the rows differ.",
        "Every number is where it should be, but the ledger counts more or fewer: rows of the ledger were changed, or two differences hide each other.",
        "See who changed the table ledger by hand. Keep the database as it is until that is explained.");
}
