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
/// <param name="Recipient">The mailbox that cannot exist.</param>
/// <param name="Shadow">Key of our name that its report comes to; empty where the system of the mailbox knows none.</param>
public sealed record CanaryDraft(string Token, MailAddress Recipient, string Shadow, IncomingMessage Message);

/// <summary>Writes the mail that a canary is: from a name at our site that nobody can guess, to a mailbox that cannot exist.</summary>
public sealed class CanaryMail(TimeProvider clock)
{
    /// <summary>What the books call it.</summary>
    public const string Source = "canary probe";

    /// <summary>The canary of a connector; null when it cannot be sent, and <paramref name="fault"/> says why.</summary>
    /// <param name="way">The way it shall try; null for the canary of the connector itself, from the site by whose name that is known.</param>
    public CanaryDraft? Write(CanaryRow canary, UnprovenWay? way, RoutingTable table, out string fault)
    {
        if (RecipientOf(canary, way, table, out fault) is not { } recipient)
        {
            return null;
        }

        if (table.ResolveBy(canary.Connector, recipient) is not RouteDecision.Routed route)
        {
            fault = $"{canary.Connector} does not carry mail to {recipient}.";
            return null;
        }

        if (DomainOf(route.Connector, way, table) is not { } domain)
        {
            fault = way is null ? "No site has an internet domain, so no report could come back." : $"{way.Site.Name} has no internet domain, so no canary can come from there.";
            return null;
        }

        var token = CanaryToken.Of(table.CanaryKey.Span, RandomNumberGenerator.GetBytes(CanaryToken.DrawnBytes));
        var sender = MailAddress.Parse($"{token}@{domain}");
        var subject = $"Canary {token[CanaryToken.Prefix.Length..]}";
        return new CanaryDraft(token, recipient, way?.Shadow ?? ShadowOf(table.OwnSite(sender), recipient), new IncomingMessage
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

    private static MailAddress? RecipientOf(CanaryRow canary, UnprovenWay? way, RoutingTable table, out string fault)
    {
        if (!MailAddress.TryParse(canary.Settings.Recipient, out var recipient, out fault) || (way is not null && !MailAddress.TryParse(At(way.PostOffice, recipient), out recipient, out fault)))
        {
            return null;
        }

        fault = table.OwnSite(recipient) is { } own ? $"The mailbox {recipient} is at our own site {own.Name}; a canary goes to the other side."
            : table.Book.Find(recipient) is { } entry ? $"The mailbox {recipient} is that of {entry.DisplayName}; a canary goes to a mailbox that cannot exist."
            : "";
        return fault.Length == 0 ? recipient : null;
    }

    // The same name at another post office: what cannot exist is the name.
    private static string At(PostOffice postOffice, MailAddress recipient) => recipient switch
    {
        MsMailAddress msMail => $"{MsMailAddress.TypeName}:{postOffice.Name}/{msMail.Mailbox}",
        CcMailAddress ccMail => $"{CcMailAddress.TypeName}:{ccMail.Name}{CcMailAddress.Separator}{postOffice.Name}",
        _ => recipient.ToString(),
    };

    private static string? DomainOf(RoutedConnector connector, UnprovenWay? way, RoutingTable table) => way is not null
        ? way.Site.SmtpDomains is [var domain, ..] ? domain : null
        : (table.GateOf(connector)?.SmtpDomains ?? []).Concat(table.Sites.SelectMany(site => site.SmtpDomains)).FirstOrDefault();

    private static string ShadowOf(Site? site, MailAddress recipient) =>
        site?.NameIn(recipient.Type) is { Length: > 0 } name ? PostOffice.KeyOf(recipient.Type, name) : "";

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
