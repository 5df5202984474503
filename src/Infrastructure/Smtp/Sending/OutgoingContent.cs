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
internal sealed class OutgoingContent(TransferEnvelope envelope, Func<ContentWriter> newWriter) : IDisposable
{
    private readonly List<MessageContent> opened = [];
    private readonly List<string> notes = [];
    private bool hasPlainHeader;
    private bool hasPlainBody;

    public ReadOnlySequence<byte> Bytes { get; private set; }

    /// <summary>What was changed on the way, as JSON; null when nothing was.</summary>
    public string? Notes => notes.Count == 0 ? null : JsonSerializer.Serialize(notes);

    /// <summary>Opens the content once; later calls find it open.</summary>
    public async ValueTask OpenAsync(Func<Transfer, CancellationToken, Task<MessageContent>> open, CancellationToken stop)
    {
        if (opened.Count == 0)
        {
            Use(envelope.Transfer.Content ?? await open(envelope.Transfer, stop));
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

        // 8-bit bytes that nobody announced are left to a peer with 8BITMIME: such a header passes today's mail as it always did.
        if (!extensions.HasSmtpUtf8 && (transfer.IsUtf8 || (transfer.Is8Bit && !extensions.Has8BitMime)) && !hasPlainHeader && envelope.HasOpen)
        {
            EncodeHeader(peer);
        }

        if (transfer.Is8Bit && !extensions.Has8BitMime && !hasPlainBody && envelope.HasOpen)
        {
            EncodeBody(peer);
        }

        return envelope.HasOpen
            ? new MailParameters(Bytes.Length, transfer.Is8Bit && extensions.Has8BitMime, extensions.HasSmtpUtf8 && (transfer.IsUtf8 || HasUtf8Address()))
            : null;
    }

    public void Dispose()
    {
        foreach (var content in opened)
        {
            content.Dispose();
        }
    }

    private void Use(MessageContent content)
    {
        opened.Add(content);
        Bytes = content.AsSequence();
    }

    // The addresses may be plain although the sender asked for SMTPUTF8; then only a header in UTF-8 stands against sending it.
    private void EncodeHeader(SmtpConversation peer)
    {
        using var writer = newWriter();
        switch (HeaderDowngrade.Write(MimeMessage.Read(Bytes), writer))
        {
            case DowngradeOutcome.Rewritten:
                Use(writer.Complete());
                notes.Add($"{peer.Host.Name} takes no UTF-8 in a header: fields were encoded anew, they say the same.");
                break;
            case DowngradeOutcome.Sealed:
                Bounce(peer, "5.6.7", $"The message is signed and has a header in UTF-8, which {peer.Host.Name} does not take; encoding it anew would break the signature.");
                break;
            case DowngradeOutcome.Impossible:
                Bounce(peer, "5.6.7", $"The header of the message holds UTF-8 where none can be encoded, and {peer.Host.Name} does not take it.");
                break;
        }

        hasPlainHeader = true;
    }

    private void EncodeBody(SmtpConversation peer)
    {
        using var writer = newWriter();
        switch (Downgrade.Write(MimeMessage.Read(Bytes), writer))
        {
            case DowngradeOutcome.Rewritten:
                Use(writer.Complete());
                notes.Add($"{peer.Host.Name} takes no 8-bit content: parts were encoded anew, their decoded bytes are the same.");
                break;
            case DowngradeOutcome.Sealed:
                Bounce(peer, "5.6.3", $"The message is signed and has 8-bit content, which {peer.Host.Name} does not take; encoding it anew would break the signature.");
                break;
            case DowngradeOutcome.Impossible:
                Bounce(peer, "5.6.3", $"The message has 8-bit content where none can be encoded, and {peer.Host.Name} does not take it.");
                break;
        }

        hasPlainBody = true;
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
