using Postern.Domain.Addresses;
using Postern.Domain.Conversion;
using Postern.Domain.Mime;
using Postern.Domain.Queue;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.CcMail;

/// <summary>Files of one call in <c>Submit</c>, and the contents they are made from; those are let go of with it.</summary>
internal sealed class OutboundBatch : IDisposable
{
    private readonly List<MessageContent> contents = [];

    public List<PreparedFile> Files { get; } = [];

    public bool IsOne(string name) => Files.Exists(file => file.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    public void Keep(MessageContent content) => contents.Add(content);

    public void Dispose() => contents.ForEach(content => content.Dispose());
}

/// <summary>Converts transfers into files for IMPORT. Whatever goes wrong with one concerns that one, and says what it was (Q227142).</summary>
internal sealed class OutboundFiles(CcMailLink link, ContentStore contents)
{
    /// <summary>Content that is damaged does not heal; a read that failed once might.</summary>
    private const int AttemptsAtDamage = 3;

    private const int MostTold = 10_000;

    private readonly HashSet<long> told = [];

    // What the system said when a file was last refused; 0 once one was made again.
    private int refusal;

    /// <summary>Writes the files of all transfers but those already settled; outcomes of what cannot go are added to <paramref name="results"/>.</summary>
    public async Task<OutboundBatch> PrepareAsync(
        IReadOnlyList<Transfer> transfers, IReadOnlySet<long> settled, List<DeliveryResult> results, Func<long, bool> isSuspect, CancellationToken cancellationToken)
    {
        var batch = new OutboundBatch();
        foreach (var transfer in transfers)
        {
            var open = transfer with { Deliveries = [.. transfer.Deliveries.Where(delivery => !settled.Contains(delivery.Id))] };
            if (open.Deliveries.Count == 0)
            {
                continue;
            }

            if (await TryPrepareAsync(open, batch, isSuspect, cancellationToken) is { } outcome)
            {
                results.AddRange(open.Deliveries
                    .Where(delivery => !results.Exists(result => result.DeliveryId == delivery.Id))
                    .Select(delivery => new DeliveryResult(delivery.Id, outcome)));
            }
        }

        return batch;
    }

    // The isolation boundary of a message on its way out: null when its files are there, else why it cannot go.
    private async Task<AttemptOutcome?> TryPrepareAsync(
        Transfer transfer, OutboundBatch batch, Func<long, bool> isSuspect, CancellationToken cancellationToken)
    {
        if (Refusal(transfer) is { } refused)
        {
            return refused;
        }

        try
        {
            var content = await contents.OpenAsync(transfer, cancellationToken);
            batch.Keep(content);
            var files = Convert(transfer, content, isSuspect);
            if (files.Count > FileId.MostParts * transfer.Deliveries.Count)
            {
                return new AttemptOutcome.Bounced("5.3.4", "", "The message has more attachments than can be carried to cc:Mail.", "");
            }

            files.ForEach(file => file.Write(link.Folders.Submit, link.Profile));
            await CaptureAsync(transfer, content, files);
            batch.Files.AddRange(files);
            refusal = 0;
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
            await TellAsync(transfer, e);
            return new AttemptOutcome.Deferred("4.3.1", "", $"The file for IMPORT cannot be made: {e.Message}", "");
        }
        catch (Exception e) when (e is not OperationCanceledException and not Npgsql.NpgsqlException)
        {
            return new AttemptOutcome.Quarantined("5.6.0", "", $"The message could not be converted to cc:Mail: {e.Message}", "");
        }
    }

    private async Task CaptureAsync(Transfer transfer, MessageContent content, List<PreparedFile> files)
    {
        if (link.Copies is not { } copies || !copies.IsOn(link.ConnectorId))
        {
            return;
        }

        await copies.KeepAsync(link.Copy(isIncoming: false, isBefore: true, transfer.MessageId, $"message-{transfer.MessageId}.eml"), content.AsSequence());
        foreach (var file in files)
        {
            await copies.KeepFileAsync(link.Copy(isIncoming: false, isBefore: false, transfer.MessageId, file.Name), Path.Combine(link.Folders.Submit, file.Name));
        }
    }

    // Once for what the disk says, not for every message that meets it, nor again at its next attempts (Q179072).
    private async Task TellAsync(Transfer transfer, Exception fault)
    {
        if (told.Count > MostTold)
        {
            told.Clear();
        }

        var isNew = told.Add(transfer.MessageId) && refusal != fault.HResult;
        refusal = fault.HResult;
        if (isNew)
        {
            await link.TellAsync(
                EventCodes.CcMailFileNotWritten,
                EventSeverity.Error,
                $"Message {transfer.MessageId} to {link.Settings.PostOfficeName} waits, because its file for IMPORT cannot be made: {fault.Message}",
                $"Look at the disk of {link.Folders.Root} and make room; it is tried again by itself.");
        }
    }

    private AttemptOutcome.Bounced? Refusal(Transfer transfer)
    {
        if (link.Settings.MessageSizeLimit is { } limit && transfer.Size > limit * 1024)
        {
            return new AttemptOutcome.Bounced(
                "5.3.4", "", $"The message has {transfer.Size:N0} bytes; {link.Settings.PostOfficeName} takes at most {limit:N0} KB.", "");
        }

        return transfer.Deliveries.FirstOrDefault(delivery => delivery.Recipient is not CcMailAddress) is { } stranger
            ? new AttemptOutcome.Bounced("5.1.3", "", $"{stranger.Recipient} is not a cc:Mail address.", "")
            : null;
    }

    private List<PreparedFile> Convert(Transfer transfer, MessageContent content, Func<long, bool> isSuspect)
    {
        var message = MimeMessage.Read(content.AsSequence());
        var sender = new OutboundSender(link).Of(transfer, message);
        var output = ToCcMail.Convert(new CcMailRequest
        {
            Message = message,
            Deliveries = [.. transfer.Deliveries.Select(delivery => DeliveryOf(delivery, message))],
            Originator = sender.Text,
            Profile = link.Profile,
            HtmlToText = link.HtmlToText,
            AcceptedAt = transfer.AcceptedAt,
            Zone = link.Zone,
        });
        var notes = LossNote.Of([.. sender.Losses, .. output.Losses]);
        var subject = message.Root.Header("Subject") ?? "";
        var files = new List<PreparedFile>();
        foreach (var group in output.Files.GroupBy(file => file.Deliveries, ReferenceEqualityComparer.Instance))
        {
            files.AddRange(FilesOf(transfer, [.. group], subject, notes, isSuspect));
        }

        return files;
    }

    private static IEnumerable<PreparedFile> FilesOf(
        Transfer transfer, IReadOnlyList<CcMailOutgoing> parts, string subject, string? notes, Func<long, bool> isSuspect)
    {
        // A recipient who is named twice gets one copy, and both deliveries have its outcome (Q181797).
        var deliveries = parts[0].Deliveries.Zip(parts[0].Message.Recipients)
            .SelectMany(pair => transfer.Deliveries
                .Where(delivery => delivery.Recipient.Equals(pair.First.Recipient))
                .Select(delivery => new FileDelivery(delivery.Id, delivery.Recipient.ToString(), subject, pair.Second.Address)))
            .ToList();
        var group = new FileGroup(transfer, deliveries, notes, parts.Count);
        return parts.Select((part, index) => new PreparedFile(
            group, part.Message, index, transfer.RunsAlone || isSuspect(FileId.Key(deliveries[0].Id, index))));
    }

    private CcMailDelivery DeliveryOf(TransferDelivery delivery, MimeMessage message)
    {
        var lineOf = delivery.Class switch
        {
            Queue.RecipientClass.To => Domain.Formats.RecipientClass.To,
            Queue.RecipientClass.Cc => Domain.Formats.RecipientClass.Cc,
            _ => Domain.Formats.RecipientClass.Bcc,
        };
        return new CcMailDelivery((CcMailAddress)delivery.Recipient, lineOf, HeaderAddress(delivery, message));
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
        link.Routes().Book.Find(address)?.Native.Equals(recipient)
        ?? (address is SmtpAddress smtp && AddressEncapsulation.TryUnwrap(smtp, out var inner) && inner.Equals(recipient));
}
