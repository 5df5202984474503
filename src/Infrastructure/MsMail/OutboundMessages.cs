using Postern.Domain.Addresses;
using Postern.Domain.Conversion;
using Postern.Domain.Formats.MsMail;
using Postern.Domain.Mime;
using Postern.Domain.Queue;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.MsMail;

/// <summary>Messages of one call, and the contents they are made from; those are let go of with it.</summary>
internal sealed class OutboundBatch : IDisposable
{
    private readonly List<MessageContent> contents = [];

    public List<PutItem> Items { get; } = [];

    public void Keep(MessageContent content) => contents.Add(content);

    public void Dispose() => contents.ForEach(content => content.Dispose());
}

/// <summary>Converts transfers into messages for GTWPUT. Whatever goes wrong with one concerns that one, and says what it was (Q227142).</summary>
internal sealed class OutboundMessages(MsMailLink link, ContentStore contents)
{
    /// <summary>Content that is damaged does not heal; a read that failed once might.</summary>
    private const int AttemptsAtDamage = 3;

    /// <summary>Converts all transfers but what is already settled; outcomes of what cannot go are added to <paramref name="results"/>.</summary>
    public async Task<OutboundBatch> PrepareAsync(IReadOnlyList<Transfer> transfers, List<DeliveryResult> results, Func<long, bool> isSuspect, CancellationToken cancellationToken)
    {
        var settled = results.Select(result => result.DeliveryId).ToHashSet();
        var batch = new OutboundBatch();
        foreach (var transfer in transfers)
        {
            var open = transfer with { Deliveries = [.. transfer.Deliveries.Where(delivery => !settled.Contains(delivery.Id))] };
            if (open.Deliveries.Count > 0 && await TryPrepareAsync(open, batch, results, isSuspect, cancellationToken) is { } outcome)
            {
                results.AddRange(open.Deliveries
                    .Where(delivery => !results.Exists(result => result.DeliveryId == delivery.Id))
                    .Select(delivery => new DeliveryResult(delivery.Id, outcome)));
            }
        }

        return batch;
    }

    // The isolation boundary of a message on its way out: null when it is there, else why it cannot go.
    private async Task<AttemptOutcome?> TryPrepareAsync(
        Transfer transfer, OutboundBatch batch, List<DeliveryResult> results, Func<long, bool> isSuspect, CancellationToken cancellationToken)
    {
        if (Refusal(transfer) is { } refused)
        {
            return refused;
        }

        try
        {
            var content = await contents.OpenAsync(transfer, cancellationToken);
            batch.Keep(content);
            var items = await ConvertAsync(transfer, content, results, isSuspect, cancellationToken);
            await CaptureAsync(transfer, content);
            batch.Items.AddRange(items);
            return null;
        }
        catch (ContentDamagedException e)
        {
            return transfer.Deliveries.Max(delivery => delivery.Attempts) + 1 < AttemptsAtDamage
                ? new AttemptOutcome.Deferred("4.3.0", "", $"The message cannot be read: {e.Message}.", "")
                : new AttemptOutcome.Bounced("5.3.0", "", $"The message cannot be read: {e.Message}. Send it again.", "");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new AttemptOutcome.Deferred("4.3.1", "", $"The message cannot be read now: {e.Message}", "");
        }
        catch (Exception e) when (e is not OperationCanceledException and not Npgsql.NpgsqlException)
        {
            return new AttemptOutcome.Quarantined("5.6.0", "", $"The message could not be converted to MS Mail: {e.Message}", "");
        }
    }

    private async Task CaptureAsync(Transfer transfer, MessageContent content)
    {
        if (link.House.Copies is { } copies && copies.IsOn(link.ConnectorId))
        {
            await copies.KeepAsync(link.Copy(isIncoming: false, isBefore: true, transfer.MessageId, $"message-{transfer.MessageId}.eml"), content.AsSequence());
        }
    }

    // Final: another way would meet the same limit, and mail would go round until memory is short (Q160534).
    private AttemptOutcome.Bounced? Refusal(Transfer transfer)
    {
        if (link.Settings.MessageSizeLimit is { } limit && transfer.Size > limit * 1024)
        {
            return new AttemptOutcome.Bounced("5.3.4", "", $"The message has {transfer.Size:N0} bytes; {link.Settings.PostOfficeName} takes at most {limit:N0} KB.", "");
        }

        return transfer.Deliveries.FirstOrDefault(delivery => delivery.Recipient is not MsMailAddress) is { } stranger
            ? new AttemptOutcome.Bounced("5.1.3", "", $"{stranger.Recipient} is not an MS Mail address.", "")
            : null;
    }

    private async Task<List<PutItem>> ConvertAsync(
        Transfer transfer, MessageContent content, List<DeliveryResult> results, Func<long, bool> isSuspect, CancellationToken cancellationToken)
    {
        var message = MimeMessage.Read(content.AsSequence());
        var book = link.House.Routes().Book;
        var output = ToMsMail.Convert(new MsMailRequest
        {
            Message = message,
            Deliveries = [.. transfer.Deliveries.Select(delivery => DeliveryOf(delivery, message))],
            Originator = await new OutboundSender(link).OfAsync(transfer, message, cancellationToken),
            Profile = link.Profile,
            HtmlToText = link.House.HtmlToText,
            AcceptedAt = transfer.AcceptedAt,
            Zone = link.Zone,
            NativeOf = address => book.Find(address)?.AddressFor(MsMailAddress.TypeName) as MsMailAddress,
        });
        // An answer of a program to a mailbox that no program may answer: final, whoever asks again (Q175447).
        foreach (var refused in output.Refused)
        {
            results.AddRange(transfer.Deliveries.Where(delivery => delivery.Recipient.Equals(refused.Delivery.Recipient))
                .Select(delivery => new DeliveryResult(delivery.Id, new AttemptOutcome.Bounced("5.7.1", "", refused.Reason, ""))));
        }

        return [.. output.Messages.Select(outgoing => ItemOf(transfer, outgoing, output.Losses, isSuspect))];
    }

    private PutItem ItemOf(Transfer transfer, MsMailOutgoing outgoing, IReadOnlyList<ConversionLoss> losses, Func<long, bool> isSuspect)
    {
        // A recipient who is named twice gets one copy, and both deliveries have its outcome (Q216476).
        var deliveries = outgoing.Deliveries.SelectMany(given => transfer.Deliveries
            .Where(delivery => delivery.Recipient.Equals(given.Recipient))
            .Select(delivery => new PutDelivery(delivery.Id, given.Recipient))).ToList();
        var written = MmffWriter.Prepare(outgoing.Message, link.Profile).Losses;
        return new PutItem(transfer, outgoing.Message, deliveries, LossNote.Of([.. losses.Concat(written).Distinct()]))
        {
            RunsAlone = transfer.RunsAlone || isSuspect(deliveries[0].Id),
        };
    }

    private MsMailDelivery DeliveryOf(TransferDelivery delivery, MimeMessage message)
    {
        var lineOf = delivery.Class switch
        {
            RecipientClass.To => Domain.Formats.RecipientClass.To,
            RecipientClass.Cc => Domain.Formats.RecipientClass.Cc,
            _ => Domain.Formats.RecipientClass.Bcc, // who is not named is named to nobody (Q156962)
        };
        return new MsMailDelivery((MsMailAddress)delivery.Recipient, lineOf, HeaderAddress(delivery, message));
    }

    // How the header names this person: by the address of the envelope, or by another address of the same mailbox.
    private string HeaderAddress(TransferDelivery delivery, MimeMessage message)
    {
        var original = delivery.OriginalRecipient[(delivery.OriginalRecipient.IndexOf(';', StringComparison.Ordinal) + 1)..];
        var named = message.Root.Addresses("To").Mailboxes.Concat(message.Root.Addresses("Cc").Mailboxes).Select(mailbox => mailbox.Address);
        return named.FirstOrDefault(address => MailAddress.TryParse(address, out var parsed, out _)
            && (address.Equals(original, StringComparison.OrdinalIgnoreCase) || IsMailboxOf(parsed, delivery.Recipient))) ?? original;
    }

    private bool IsMailboxOf(MailAddress address, MailAddress recipient) =>
        link.House.Routes().Book.Find(address)?.Native.Equals(recipient)
        ?? (address is SmtpAddress smtp && AddressEncapsulation.TryUnwrap(smtp, out var inner) && inner.Equals(recipient));
}
