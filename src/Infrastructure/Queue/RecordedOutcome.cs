using Postern.Domain.Queue;
using Postern.Infrastructure.Connectors;

namespace Postern.Infrastructure.Queue;

/// <summary>An outcome after the queue's own rules: expiry, no report to the null sender, the time of the next attempt.</summary>
public sealed class RecordedOutcome
{
    private RecordedOutcome(FinishedCall call, Transfer transfer, TransferDelivery delivery, DeliveryResult result, TimeSpan? retryIn)
    {
        Call = call;
        Transfer = transfer;
        Delivery = delivery;
        Result = result;
        RetryIn = retryIn;
    }

    public FinishedCall Call { get; }

    public Transfer Transfer { get; }

    public TransferDelivery Delivery { get; }

    public DeliveryResult Result { get; }

    public TimeSpan? RetryIn { get; }

    /// <summary>The report on this outcome; null when none is due.</summary>
    public ReportItem? Report { get; private init; }

    public static RecordedOutcome Of(
        FinishedCall call, Transfer transfer, TransferDelivery delivery, DeliveryResult result, DateTimeOffset now, double spread)
    {
        TimeSpan? retryIn = null;
        var schedule = call.Runtime.Schedule;
        if (result.Outcome is AttemptOutcome.Deferred deferred)
        {
            if (now - transfer.AcceptedAt >= schedule.Expiry)
            {
                result = result with
                {
                    Outcome = new AttemptOutcome.Bounced(
                        "4.4.7", deferred.Reply, $"Not delivered within {schedule.Expiry.TotalDays:0.#} days. The last attempt: {deferred.Reason}", deferred.Remote),
                };
            }
            else
            {
                retryIn = deferred.RetryAfter ?? (schedule.Next(delivery.Attempts + 1, now, spread) - now);
            }
        }

        // A report, or mail without a sender, has nobody to return to: it waits for an operator instead of vanishing.
        if (result.Outcome is AttemptOutcome.Bounced bounced && transfer.Sender is null)
        {
            result = result with { Outcome = new AttemptOutcome.Quarantined(bounced.Status, bounced.Reply, bounced.Reason, bounced.Remote) };
        }

        return new RecordedOutcome(call, transfer, delivery, result, retryIn) { Report = ReportOn(transfer, delivery, result.Outcome) };
    }

    private static ReportItem? ReportOn(Transfer transfer, TransferDelivery delivery, AttemptOutcome outcome)
    {
        var isDue = outcome switch
        {
            AttemptOutcome.Bounced => delivery.Notify.WantsFailure(),
            AttemptOutcome.Delivered { Relayed: true } => delivery.Notify.WantsSuccess(),
            _ => false,
        };
        return !isDue || transfer.Sender is null ? null : new ReportItem
        {
            DeliveryId = delivery.Id,
            MessageId = transfer.MessageId,
            AcceptedAt = transfer.AcceptedAt,
            // The sender gets back what they sent, not what an operator made of it.
            Size = transfer.OriginalSize > 0 ? transfer.OriginalSize : transfer.Size,
            Sender = transfer.Sender,
            EnvelopeId = transfer.EnvelopeId,
            ReturnsHeaders = transfer.ReturnsHeaders,
            Recipient = delivery.Recipient,
            OriginalRecipient = delivery.OriginalRecipient,
            Outcome = outcome,
        };
    }

    internal OutcomeRow ToRow() => new(
        Delivery.Id,
        Result.Outcome,
        Result.Outcome switch
        {
            AttemptOutcome.Delivered => "delivered",
            AttemptOutcome.Bounced => "bounced",
            AttemptOutcome.Quarantined => "quarantined",
            _ => "deferred",
        },
        Call.Elapsed,
        RetryIn,
        Result.MayRepeat,
        Result.Notes,
        ReportWord(),
        Report?.ReportId);

    private string ReportWord() => Result.Outcome switch
    {
        _ when Report?.ReportId is not null => "sent",
        AttemptOutcome.Bounced => "not asked",
        _ => "",
    };
}
