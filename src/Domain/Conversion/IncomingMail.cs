namespace Postern.Domain.Conversion;

/// <summary>What a message of an old post office turned out to be.</summary>
public enum IncomingKind
{
    Message,

    /// <summary>A router's "Message not deliverable"; written as a delivery report, to be sent with a null sender (Q228743, Q184993).</summary>
    Bounce,

    /// <summary>A read receipt; written as a message that no program answers (Q252819).</summary>
    Receipt,

    /// <summary>Mail of a mailbox that no person reads; delivered as it is, and nothing is ever sent back for it (Q175447).</summary>
    Automatic,
}

/// <summary>What was written, and what was changed or lost on the way.</summary>
public sealed record IncomingMail(IncomingKind Kind, IReadOnlyList<ConversionLoss> Losses);
