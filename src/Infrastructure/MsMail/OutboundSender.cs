using Postern.Domain.Addresses;
using Postern.Domain.Conversion;
using Postern.Domain.Formats.MsMail;
using Postern.Domain.Mime;
using Postern.Domain.Watch;
using Postern.Infrastructure.Connectors;

namespace Postern.Infrastructure.MsMail;

/// <summary>The sender of a message as MS Mail shall show it, so that a reply comes back to the same person.</summary>
internal sealed class OutboundSender(MsMailLink link)
{
    public async Task<OriginatorText> OfAsync(Transfer transfer, MimeMessage message, CancellationToken cancellationToken)
    {
        // A report has no sender; nothing is ever answered to it (Q98067).
        if (transfer.Sender is not { } envelope)
        {
            return MsMailOriginator.OfNobody(link.Profile);
        }

        if (envelope is MsMailAddress native)
        {
            return MsMailOriginator.OfEntry(native);
        }

        var author = message.Root.Addresses("From").Mailboxes.FirstOrDefault(mailbox => mailbox.HasAddress);
        var shown = author is not null && MailAddress.TryParse(author.Address, out var parsed, out _) && parsed is SmtpAddress ? parsed : envelope;
        var book = link.House.Routes().Book;
        if ((book.Find(shown) ?? book.Find(envelope))?.AddressFor(MsMailAddress.TypeName) is MsMailAddress known)
        {
            return MsMailOriginator.OfEntry(known);
        }

        if (shown is SmtpAddress wrapped && AddressEncapsulation.TryUnwrap(wrapped, out var inner) && inner is MsMailAddress msMail)
        {
            return MsMailOriginator.OfEntry(msMail);
        }

        return (shown as SmtpAddress ?? link.House.Routes().SmtpFaceOf(envelope)) is { } internet
            ? await link.Aliases.OfStrangerAsync(internet, ProfileFor(internet), cancellationToken)
            : MsMailOriginator.OfNobody(link.Profile);
    }

    // A canary comes from the site whose name it tries, as its people do: the report must find the way to that name (Q199534).
    private MsMailProfile ProfileFor(SmtpAddress sender)
    {
        var table = link.House.Routes();
        return !CanaryToken.TryRead(table.CanaryKey.Span, sender, out _) ? link.Profile
            : table.OwnSite(sender) is { } site && site.NameIn(MsMailAddress.TypeName).Length > 0
                ? link.Profile with { UsesInternetSenders = false, Network = site.MsMailNetwork, PostOffice = site.MsMailPostOffice }
                : link.Profile with { UsesInternetSenders = false };
    }
}
