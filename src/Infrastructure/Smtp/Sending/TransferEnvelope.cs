using Postern.Domain.Addresses;
using Postern.Domain.Queue;
using Postern.Infrastructure.Connectors;

namespace Postern.Infrastructure.Smtp.Sending;

/// <summary>The sender and recipients of one transfer as SMTP sees them, and what has become of each recipient.</summary>
internal sealed class TransferEnvelope
{
    private readonly EnvelopeRecipient[] recipients;

    /// <param name="faceOf">The internet address under which a sender of another system is known; null when there is none.</param>
    public TransferEnvelope(Transfer transfer, Func<MailAddress, SmtpAddress?> faceOf)
    {
        Transfer = transfer;
        Sender = transfer.Sender is null ? null : faceOf(transfer.Sender);
        recipients = new EnvelopeRecipient[transfer.Deliveries.Count];
        for (var i = 0; i < recipients.Length; i++)
        {
            recipients[i] = new EnvelopeRecipient(transfer.Deliveries[i]);
        }

        if (transfer.Sender is not null && Sender is null)
        {
            SettleOpen(new AttemptOutcome.Bounced(
                "5.1.7", "", $"The sender {transfer.Sender} has no internet address, so nobody there could answer.", ""));
        }
    }

    public Transfer Transfer { get; }

    /// <summary>Null is the null sender.</summary>
    public SmtpAddress? Sender { get; }

    public IReadOnlyList<EnvelopeRecipient> Recipients => recipients;

    public bool HasOpen => Array.Exists(recipients, recipient => recipient.Outcome is null);

    /// <summary>Up to <paramref name="count"/> recipients whose outcome is open.</summary>
    public IReadOnlyList<EnvelopeRecipient> TakeOpen(int count) =>
        recipients.Length <= count && Array.TrueForAll(recipients, recipient => recipient.Outcome is null)
            ? recipients
            : [.. recipients.Where(recipient => recipient.Outcome is null).Take(count)];

    /// <summary>Gives one outcome to all recipients that have none.</summary>
    public void SettleOpen(AttemptOutcome outcome)
    {
        foreach (var recipient in recipients)
        {
            recipient.Settle(outcome);
        }
    }

    public void AddResultsTo(List<DeliveryResult> results, string? notes)
    {
        foreach (var recipient in recipients)
        {
            if (recipient.Outcome is { } outcome)
            {
                results.Add(new DeliveryResult(
                    recipient.Delivery.Id, outcome, outcome is AttemptOutcome.Delivered ? notes : null, recipient.MayRepeat));
            }
        }
    }
}

/// <summary>One recipient of a transfer.</summary>
internal sealed class EnvelopeRecipient
{
    public EnvelopeRecipient(TransferDelivery delivery)
    {
        Delivery = delivery;
        if (delivery.Recipient is SmtpAddress smtp)
        {
            Address = smtp;
        }
        else
        {
            Outcome = new AttemptOutcome.Bounced("5.1.3", "", $"{delivery.Recipient} is not an internet address, and this connector reaches no other.", "");
        }
    }

    public TransferDelivery Delivery { get; }

    /// <summary>Null only where <see cref="Outcome"/> says that there is none.</summary>
    public SmtpAddress? Address { get; }

    /// <summary>Null while open.</summary>
    public AttemptOutcome? Outcome { get; private set; }

    public bool MayRepeat { get; private set; }

    /// <summary>The peer has taken it in the running transaction, and answers for it at the end.</summary>
    public bool IsAccepted { get; set; }

    /// <summary>Sets the outcome, unless there is one.</summary>
    public void Settle(AttemptOutcome outcome, bool mayRepeat = false)
    {
        if (Outcome is null)
        {
            Outcome = outcome;
            MayRepeat = mayRepeat;
        }
    }
}
