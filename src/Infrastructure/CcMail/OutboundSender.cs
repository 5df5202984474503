using Postern.Domain.Addresses;
using Postern.Domain.Conversion;
using Postern.Domain.Formats.CcMail;
using Postern.Domain.Mime;
using Postern.Domain.Watch;
using Postern.Infrastructure.Connectors;

namespace Postern.Infrastructure.CcMail;

/// <summary>The sender of a message as cc:Mail shall show it, so that a reply comes back to the same person.</summary>
internal sealed class OutboundSender(CcMailLink link)
{
    public OriginatorText Of(Transfer transfer, MimeMessage message)
    {
        // A report has no sender; nothing is ever answered to it (Q192594).
        if (transfer.Sender is not { } envelope)
        {
            return Originator.OfNobody(link.Profile);
        }

        if (envelope is CcMailAddress native)
        {
            return Originator.OfEntry(native);
        }

        var author = message.Root.Addresses("From").Mailboxes.FirstOrDefault(mailbox => mailbox.HasAddress);
        var shown = author is not null && MailAddress.TryParse(author.Address, out var parsed, out _) && parsed is SmtpAddress ? parsed : envelope;

        // All addresses of a person count, of the header and of the envelope (Q183588, Q171214).
        var book = link.Routes().Book;
        if ((book.Find(shown) ?? book.Find(envelope))?.AddressFor(CcMailAddress.TypeName) is CcMailAddress known)
        {
            return Originator.OfEntry(known);
        }

        return OfStranger(author?.DisplayName ?? "", shown, envelope);
    }

    private OriginatorText OfStranger(string displayName, MailAddress shown, MailAddress envelope)
    {
        if (shown is SmtpAddress wrapped && AddressEncapsulation.TryUnwrap(wrapped, out var inner) && inner is CcMailAddress ccMail)
        {
            return Originator.OfEntry(ccMail);
        }

        var internet = shown as SmtpAddress ?? Wrapped(envelope);
        if (internet is null)
        {
            return Originator.OfNobody(link.Profile);
        }

        var text = Originator.OfStranger(displayName, internet, ProfileFor(internet));
        if (text.Alias.Length > 0)
        {
            link.Aliases.Remember(text.Alias, internet);
        }

        return text;
    }

    // A canary comes from the site whose name it tries, as its people do: the report must find the way to that name (Q199534).
    private CcMailProfile ProfileFor(SmtpAddress sender)
    {
        var table = link.Routes();
        return CanaryToken.TryRead(table.CanaryKey.Span, sender, out _) && table.OwnSite(sender) is { CcMailPostOffice.Length: > 0 } site
            ? link.Profile with { SitePostOffice = site.CcMailPostOffice }
            : link.Profile;
    }

    private SmtpAddress? Wrapped(MailAddress address)
    {
        if (address is SmtpAddress smtp)
        {
            return smtp;
        }

        var domain = link.OwnSite()?.SmtpDomains is [var first, ..] ? first : null;
        return domain is not null && AddressEncapsulation.TryWrap(address, domain, out var wrapped, out _) ? wrapped : null;
    }
}
