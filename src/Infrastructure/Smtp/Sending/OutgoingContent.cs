using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Postern.Domain.Addresses;
using Postern.Domain.Mime;
using Postern.Domain.Queue;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Smtp.Sending;

/// <summary>The content of a transfer on its way out, made to fit what the peer can take.</summary>
internal sealed class OutgoingContent(TransferEnvelope envelope) : IDisposable
{
    private MessageContent? content;
    private MessageContent? rewritten;
    private bool isRewritten;

    public ReadOnlySequence<byte> Bytes { get; private set; }

    /// <summary>What was changed on the way, as JSON; null when nothing was.</summary>
    public string? Notes { get; private set; }

    /// <summary>Opens the content once; later calls find it open.</summary>
    public async ValueTask OpenAsync(Func<Transfer, CancellationToken, Task<MessageContent>> open, CancellationToken stop)
    {
        if (content is null)
        {
            content = envelope.Transfer.Content ?? await open(envelope.Transfer, stop);
            Bytes = content.AsSequence();
        }
    }

    /// <summary>What to say in MAIL to this peer; null when it can take nothing, which is the outcome of every recipient then.</summary>
    public MailParameters? Fit(SmtpConversation peer)
    {
        var transfer = envelope.Transfer;
        var extensions = peer.Extensions;
        if (extensions.SizeLimit > 0 && Bytes.Length > extensions.SizeLimit)
        {
            Bounce(peer, "5.3.4", string.Create(
                CultureInfo.InvariantCulture, $"The message has {Bytes.Length:N0} bytes, and {peer.Host.Name} takes at most {extensions.SizeLimit:N0}."));
            return null;
        }

        if (!extensions.HasSmtpUtf8)
        {
            BounceUnspeakable(peer);
        }

        if (transfer.IsUtf8 && !extensions.HasSmtpUtf8 && envelope.HasOpen && HasUtf8Header())
        {
            Bounce(peer, "5.6.7", $"The header of the message is written in UTF-8, which {peer.Host.Name} does not take.");
        }

        if (transfer.Is8Bit && !isRewritten && !extensions.Has8BitMime && envelope.HasOpen)
        {
            Rewrite(peer);
        }

        return envelope.HasOpen
            ? new MailParameters(Bytes.Length, transfer.Is8Bit && extensions.Has8BitMime, extensions.HasSmtpUtf8 && (transfer.IsUtf8 || HasUtf8Address()))
            : null;
    }

    public void Dispose()
    {
        rewritten?.Dispose();
        content?.Dispose();
    }

    // The addresses may be plain although the sender asked for SMTPUTF8; then only a header in UTF-8 stands against sending it.
    private bool HasUtf8Header() => MimeMessage.Read(Bytes).Root.Walk().Any(part => EightBit.IsIn(part.HeaderRange.In(Bytes)));

    private void Rewrite(SmtpConversation peer)
    {
        using var writer = new ContentWriter(Path.GetTempPath());
        switch (Downgrade.Write(MimeMessage.Read(Bytes), writer))
        {
            case DowngradeOutcome.Rewritten:
                rewritten = writer.Complete();
                Bytes = rewritten.AsSequence();
                Notes = JsonSerializer.Serialize((string[])[$"{peer.Host.Name} takes no 8-bit content: parts were encoded anew, their decoded bytes are the same."]);
                break;
            case DowngradeOutcome.Sealed:
                Bounce(peer, "5.6.3", $"The message is signed and has 8-bit content, which {peer.Host.Name} does not take; encoding it anew would break the signature.");
                break;
            case DowngradeOutcome.Impossible:
                Bounce(peer, "5.6.3", $"The message has 8-bit content where none can be encoded, and {peer.Host.Name} does not take it.");
                break;
        }

        isRewritten = true;
    }

    // A domain has an ASCII form (IDNA); a local part has none.
    private void BounceUnspeakable(SmtpConversation peer)
    {
        if (IsUnspeakable(envelope.Sender))
        {
            Bounce(peer, "5.6.7", $"The sender {envelope.Sender} is not written in ASCII, and {peer.Host.Name} takes no other.");
        }

        foreach (var recipient in envelope.Recipients)
        {
            if (IsUnspeakable(recipient.Address))
            {
                recipient.Settle(new AttemptOutcome.Bounced(
                    "5.6.7", "", $"The address {recipient.Address} is not written in ASCII, and {peer.Host.Name} takes no other.", peer.Remote));
            }
        }
    }

    private static bool IsUnspeakable(SmtpAddress? address) => address is not null && address.LocalPart.Any(c => c > '~');

    private bool HasUtf8Address()
    {
        if (envelope.Sender?.NeedsUtf8 == true)
        {
            return true;
        }

        foreach (var recipient in envelope.Recipients)
        {
            if (recipient.Address?.NeedsUtf8 == true)
            {
                return true;
            }
        }

        return false;
    }

    private void Bounce(SmtpConversation peer, string status, string reason) =>
        envelope.SettleOpen(new AttemptOutcome.Bounced(status, "", reason, peer.Remote));
}
