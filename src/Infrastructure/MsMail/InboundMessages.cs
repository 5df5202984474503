using Postern.Domain.Addresses;
using Postern.Domain.Conversion;
using Postern.Domain.Formats.MsMail;
using Postern.Domain.Mime;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.MsMail;

/// <summary>A message for the intake, with what is to be remembered and told once it is accepted.</summary>
/// <param name="Passages">What it is known by, should it come again.</param>
/// <param name="Circles">Why recipients of it fail with a circular route, a sentence each.</param>
/// <param name="Places">At how many post offices its recipients live that are Postern's.</param>
internal sealed record InboundMessage(IncomingMessage Message, IReadOnlyList<byte[]> Passages, IReadOnlyList<string> Circles, int Places);

/// <summary>Turns a message of a GTWGET file into one for the intake.</summary>
internal sealed class InboundMessages(MsMailLink link)
{
    /// <summary>So often a message has come before it is taken for one that goes in a circle.</summary>
    private const int Returns = 2;

    /// <summary>The message for the intake; null when nobody in it is Postern's. The caller disposes its content.</summary>
    /// <param name="fingerprint">Names the message: the same bytes have the same Message-ID, whichever file they come in.</param>
    /// <exception cref="IOException">The spool folder refuses the content.</exception>
    public async Task<InboundMessage?> MakeAsync(
        MsMailMessage message, PickupIdentity identity, byte[] fingerprint, DateTimeOffset receivedAt, CancellationToken cancellationToken)
    {
        var aliases = await link.Aliases.FindAsync(
            message.Recipients.Select(recipient => recipient.Address).Append(message.From).OfType<MsMailAddressText>().Select(address => address.Mailbox), cancellationToken);
        var recipients = new InboundRecipients(link, link.House.Routes(), aliases);
        var (envelope, passages) = await StoppedCirclesAsync(message, Sized(message, recipients.Of(message)), cancellationToken);
        if (envelope.Recipients.Count + envelope.Failed.Count == 0)
        {
            return null;
        }

        var domain = link.OwnDomain();
        var messageId = $"{Convert.ToHexStringLower(fingerprint.AsSpan(0, 16))}@{domain}";
        var isUtf8 = false;
        using var content = new ContentWriter(link.House.SpoolFolder);
        WriteTrace(content, identity, domain, receivedAt);
        var mail = FromMsMail.Convert(
            new FromMsMailRequest
            {
                Message = message,
                Profile = link.Profile,
                Postmaster = Postmaster(),
                Resolve = Resolve,
                ReceivedAt = receivedAt,
                MessageId = $"<{messageId}>",
                Zone = link.Zone,
            },
            content);
        var complete = content.Complete();
        var incoming = new IncomingMessage
        {
            Source = link.Name,
            Peer = $"{link.Settings.PostOfficeName} {identity.FileId}/{identity.Ordinal}",
            // Nothing is ever sent back for a report, a receipt, or the mail of a program (Q175447, Q128432).
            Sender = mail.Kind == IncomingKind.Message ? recipients.SenderOf(message) : null,
            Recipients = [.. envelope.Recipients.Select(recipient => recipient.Recipient)],
            Failed = envelope.Failed,
            Content = complete,
            Attachments = message.Attachments.Count > 0 ? AttachmentNames.Of(complete.AsSequence()) : [],
            HeaderId = messageId,
            Subject = message.Subject,
            IsUtf8 = isUtf8,
            IsReport = mail.Kind == IncomingKind.Bounce,
            Identity = identity,
            Notes = Notes(message, mail.Losses),
        };
        return new InboundMessage(incoming, passages, envelope.Circles, envelope.Places);

        Mailbox Resolve(MsMailAddress address)
        {
            var mailbox = recipients.MailboxOf(address);
            isUtf8 |= mailbox.Address.Any(c => c > '~');
            return mailbox;
        }
    }

    // The limit holds in both directions: the sender is told, and it is tried no other way (Q160534).
    private InboundEnvelope Sized(MsMailMessage message, InboundEnvelope envelope)
    {
        if (link.Settings.MessageSizeLimit is not { } limit || message.Raw.Length <= limit * 1024)
        {
            return envelope;
        }

        var reason = $"The message has {message.Raw.Length:N0} bytes; {link.Name} takes at most {limit:N0} KB.";
        return envelope with { Recipients = [], Failed = [.. envelope.Failed, .. envelope.Recipients.Select(r => new FailedRecipient(r.Address, "5.3.4", reason))] };
    }

    // A message that Postern itself handed out for the same recipient, and that comes again, goes in a circle (Q128627); one that came too often goes in
    // one nobody sees (Q147471). Somebody may have sent the same twice within a minute, and copies on a circle reach nobody, so one return is let pass.
    private async Task<(InboundEnvelope Envelope, IReadOnlyList<byte[]> Passages)> StoppedCirclesAsync(MsMailMessage message, InboundEnvelope envelope, CancellationToken cancellationToken)
    {
        var keys = envelope.Recipients.Select(recipient => Passages.Key(message, link.Profile, recipient.Address)).ToList();
        var known = await link.Passages.FindAsync(keys, cancellationToken);
        var passing = new List<OwnRecipient>();
        var failed = new List<FailedRecipient>();
        foreach (var (recipient, passage) in envelope.Recipients.Zip(known))
        {
            if (passage is { SentAt: { } at, Passes: >= Returns })
            {
                failed.Add(new FailedRecipient(recipient.Address, "5.4.6", CircleText.CameBack(recipient.Address, passage.SentTo, at, link.Settings)));
            }
            else if (passage is not null && passage.Passes >= link.Settings.HopLimit)
            {
                failed.Add(new FailedRecipient(
                    recipient.Address, "5.4.6", $"[003] Message hop count exceeded: it came from {link.Settings.PostOfficeName} {passage.Passes + 1} times, the same each time."));
            }
            else
            {
                passing.Add(recipient);
            }
        }

        return (
            envelope with { Recipients = passing, Failed = [.. envelope.Failed, .. failed], Circles = [.. envelope.Circles, .. failed.Select(one => one.Reason)] },
            keys);
    }

    private MsMailAddress Postmaster() =>
        MsMailAddress.TryParse($"{link.Settings.PostOfficeName}/{MsMailAddressText.PostmasterMailbox}", out var address, out _) ? address : throw new InvalidOperationException("The post office has no name.");

    private void WriteTrace(ContentWriter content, PickupIdentity identity, string domain, DateTimeOffset receivedAt)
    {
        var postOffice = link.Settings.PostOfficeName.Replace('/', '.');
        new HeaderWriter(content).Structured(
            "Received", $"from {postOffice} (MS Mail) by {domain} with MSMAIL id {identity.FileId}.{identity.Ordinal}; {MessageDate.Format(receivedAt)}");
    }

    private static string? Notes(MsMailMessage message, IReadOnlyList<ConversionLoss> losses) => LossNote.Of(
    [
        .. message.Notes.Select(note => new LossNote("Fault", note.Fault.ToString(), Storable.Text(note.Text, 500), "")),
        .. losses.Select(loss => new LossNote(loss.Kind.ToString(), Storable.Text(loss.What, 200), Storable.Text(loss.Before, 500), Storable.Text(loss.After, 500))),
    ]);
}
