using Postern.Domain.Conversion;
using Postern.Domain.Formats.CcMail;
using Postern.Domain.Mime;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Queue;
using FailedRecipient = Postern.Infrastructure.Queue.FailedRecipient;

namespace Postern.Infrastructure.CcMail;

/// <summary>Turns a message of an EXPORT file into one for the intake.</summary>
internal sealed class InboundMessages(CcMailLink link)
{
    /// <summary>
    /// The message for the intake; null when nobody in it is Postern's. The caller disposes its content.
    /// </summary>
    /// <param name="fingerprint">Names the message: the same bytes have the same Message-ID, whichever file they come in.</param>
    /// <exception cref="IOException">The spool folder refuses the content.</exception>
    public IncomingMessage? Make(CcMailMessage message, PickupIdentity identity, byte[] fingerprint, DateTimeOffset receivedAt)
    {
        var recipients = new InboundRecipients(link, link.Routes());
        var envelope = Sized(message, recipients.Of(message));
        if (envelope.Recipients.Count + envelope.Failed.Count == 0)
        {
            return null;
        }

        var domain = link.OwnSite()?.SmtpDomains is [var first, ..] ? first : "postern.invalid";
        var messageId = $"{Convert.ToHexStringLower(fingerprint.AsSpan(0, 16))}@{domain}";
        var isUtf8 = false;
        using var content = new ContentWriter(link.SpoolFolder);
        WriteTrace(content, identity, domain, receivedAt);
        var mail = FromCcMail.Convert(
            new FromCcMailRequest
            {
                Message = message,
                Profile = link.Profile,
                PostOffice = link.Settings.PostOfficeName,
                Resolve = Resolve,
                ReceivedAt = receivedAt,
                MessageId = $"<{messageId}>",
                Zone = link.Zone,
            },
            content);
        var complete = content.Complete();
        return new IncomingMessage
        {
            Source = link.Name,
            Peer = $"{link.Settings.PostOfficeName} {identity.FileId}/{identity.Ordinal}",
            Sender = mail.Kind == IncomingKind.Message ? recipients.SenderOf(message) : null,
            Recipients = envelope.Recipients,
            Failed = envelope.Failed,
            Content = complete,
            Attachments = message.Items.Any(item => item.Kind == ItemKind.File) ? AttachmentNames.Of(complete.AsSequence()) : [],
            HeaderId = messageId,
            Subject = message.Subject,
            IsUtf8 = isUtf8,
            IsReport = mail.Kind == IncomingKind.Bounce,
            Identity = identity,
            Notes = Notes(message, mail.Losses),
        };

        Mailbox Resolve(Domain.Addresses.CcMailAddress address)
        {
            var mailbox = recipients.MailboxOf(address);
            isUtf8 |= mailbox.Address.Any(c => c > '~');
            return mailbox;
        }
    }

    // One limit for both directions (Exchange 5.5 books, General tab): the sender is told.
    private InboundEnvelope Sized(CcMailMessage message, InboundEnvelope envelope)
    {
        if (link.Settings.MessageSizeLimit is not { } limit || message.Raw.Length <= limit * 1024)
        {
            return envelope;
        }

        var reason = $"The message has {message.Raw.Length:N0} bytes; {link.Name} takes at most {limit:N0} KB.";
        return new InboundEnvelope([], [.. envelope.Failed, .. envelope.Recipients.Select(r => new FailedRecipient(r.Route.Target, "5.3.4", reason))]);
    }

    private void WriteTrace(ContentWriter content, PickupIdentity identity, string domain, DateTimeOffset receivedAt)
    {
        var postOffice = string.Concat(link.Settings.PostOfficeName.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '?'));
        new HeaderWriter(content).Structured(
            "Received",
            $"from {postOffice} (cc:Mail) by {domain} with CCMAIL id {identity.FileId}.{identity.Ordinal}; {MessageDate.Format(receivedAt)}");
    }

    private static string? Notes(CcMailMessage message, IReadOnlyList<ConversionLoss> losses)
    {
        LossNote[] notes =
        [
            .. message.Notes.Select(note => new LossNote("Fault", note.Fault.ToString(), Storable.Text(note.Text, 500), "")),
            .. losses.Select(loss => new LossNote(loss.Kind.ToString(), Storable.Text(loss.What, 200), Storable.Text(loss.Before, 500), Storable.Text(loss.After, 500))),
        ];
        return LossNote.Of(notes);
    }
}
