using Postern.Domain.Addresses;
using Postern.Domain.Queue;

namespace Postern.Infrastructure.Queue;

/// <summary>One recipient a report is due for. Items of one message go into one report.</summary>
public sealed class ReportItem
{
    public required long DeliveryId { get; init; }

    public required long MessageId { get; init; }

    public required DateTimeOffset AcceptedAt { get; init; }

    /// <summary>Bytes of the original's content.</summary>
    public required long Size { get; init; }

    /// <summary>Who gets the report.</summary>
    public required MailAddress Sender { get; init; }

    public string EnvelopeId { get; init; } = "";

    public bool ReturnsHeaders { get; init; }

    public required MailAddress Recipient { get; init; }

    public string OriginalRecipient { get; init; } = "";

    /// <summary>Bounced, deferred for long, or delivered and relayed.</summary>
    public required AttemptOutcome Outcome { get; init; }

    /// <summary>What an operator wrote to the sender, when one returned the delivery.</summary>
    public string Note { get; init; } = "";

    /// <summary>Until when it is tried, when the report is about a delay.</summary>
    public DateTimeOffset? RetryUntil { get; set; }

    /// <summary>Message id of the report once it is written; null when the delivery was no longer ours to report on.</summary>
    public long? ReportId { get; set; }
}
