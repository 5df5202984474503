using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using Postern.Domain.Addresses;
using Postern.Domain.Mime;
using Postern.Domain.Queue;
using Postern.Domain.Routing;
using Postern.Domain.Watch;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Watch.Canaries;

/// <summary>A canary ready for the queue.</summary>
/// <param name="Token">The name it is sent under.</param>
public sealed record CanaryDraft(string Token, IncomingMessage Message);

/// <summary>Writes the mail that a canary is: from a name at our site that nobody can guess, to a mailbox that cannot exist.</summary>
public sealed class CanaryMail(TimeProvider clock)
{
    /// <summary>What the books call it.</summary>
    public const string Source = "canary probe";

    /// <summary>The canary of a connector; null when it cannot be sent, and <paramref name="fault"/> says why.</summary>
    public CanaryDraft? Write(CanaryRow canary, RoutingTable table, out string fault)
    {
        fault = "";
        var token = CanaryToken.Of(table.CanaryKey.Span, RandomNumberGenerator.GetBytes(CanaryToken.DrawnBytes));
        if (!MailAddress.TryParse(canary.Settings.Recipient, out var recipient, out fault))
        {
            return null;
        }

        if (table.OwnSite(recipient) is { } own)
        {
            fault = $"The mailbox {recipient} is at our own site {own.Name}; a canary goes to the other side.";
            return null;
        }

        if (table.ResolveBy(canary.Connector, recipient) is not RouteDecision.Routed route)
        {
            fault = $"{canary.Connector} does not carry mail to {recipient}.";
            return null;
        }

        if (table.Sites.SelectMany(site => site.SmtpDomains).FirstOrDefault() is not { } domain)
        {
            fault = "No site has an internet domain, so no report could come back.";
            return null;
        }

        var sender = MailAddress.Parse($"{token}@{domain}");
        var subject = $"Canary {token[CanaryToken.Prefix.Length..]}";
        return new CanaryDraft(token, new IncomingMessage
        {
            Source = Source,
            Sender = sender,
            // Failure and nothing else: a notice of delay is not an answer (RFC 3461 section 4.1).
            Recipients = [new IncomingRecipient(route, recipient.ToString(), Notify.Failure, RecipientClass.To)],
            Content = MessageContent.FromMemory(Content(sender, table.SmtpFaceOf(recipient)?.Text ?? recipient.Text, subject, token, domain, canary.Connector)),
            HeaderId = $"{token}@{domain}",
            Subject = subject,
        });
    }

    private ReadOnlyMemory<byte> Content(MailAddress sender, string recipient, string subject, string token, string domain, string connector)
    {
        var output = new ArrayBufferWriter<byte>();
        MessageWriter.Write(
            new MessageDraft
            {
                From = new Mailbox("CANARY", sender.Text),
                To = [new Mailbox("", recipient)],
                Subject = subject,
                Date = clock.GetUtcNow(),
                MessageId = $"<{token}@{domain}>",
                MoreFields = [new("Auto-Submitted", "auto-generated")],
                Parts =
                [
                    new DraftPart.Text(string.Create(CultureInfo.InvariantCulture,
                        $"This is a canary of Postern, a mail connector. It was sent by {connector} to a mailbox that cannot exist, and the report\r\nthat comes back for it shows that mail goes both ways. Nobody has to do anything.\r\n")),
                ],
            },
            output);
        return output.WrittenMemory;
    }
}
