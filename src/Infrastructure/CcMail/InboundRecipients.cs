using Postern.Domain.Addresses;
using Postern.Domain.Conversion;
using Postern.Domain.Formats.CcMail;
using Postern.Domain.Mime;
using Postern.Domain.Routing;
using Postern.Infrastructure.Queue;
using FailedRecipient = Postern.Infrastructure.Queue.FailedRecipient;
using LineClass = Postern.Domain.Formats.RecipientClass;
using RecipientClass = Postern.Infrastructure.Queue.RecipientClass;

namespace Postern.Infrastructure.CcMail;

/// <summary>Who of a message's recipients is Postern's: their deliveries, and those that cannot be delivered.</summary>
internal sealed record InboundEnvelope(IReadOnlyList<IncomingRecipient> Recipients, IReadOnlyList<FailedRecipient> Failed);

/// <summary>
/// Decides for each address line of a message from the post office whether Postern is responsible: at our sites it delivers, at a post
/// office that is defined it does nothing (that one has its own copy), and an undefined post office is answered (Q199534).
/// </summary>
internal sealed class InboundRecipients(CcMailLink link, RoutingTable table)
{
    public InboundEnvelope Of(CcMailMessage message)
    {
        var home = message.From is { PostOffice.Length: > 0 } from ? from.PostOffice : link.Settings.PostOfficeName;
        var recipients = new Dictionary<string, IncomingRecipient>(StringComparer.Ordinal);
        var failed = new Dictionary<string, FailedRecipient>(StringComparer.Ordinal);
        var sender = SenderOf(message);
        foreach (var line in message.Recipients)
        {
            var address = AddressOf(line.Address, home, out var fault);
            if (fault is not null)
            {
                failed.TryAdd(fault.Address.Key, fault);
            }
            else if (address is not null)
            {
                Add(line.Class, address, sender, recipients, failed);
            }
        }

        // One copy however many ways lead to a mailbox (Q181797).
        return new InboundEnvelope([.. recipients.Values], [.. failed.Values]);
    }

    /// <summary>The name and internet address under which the header shows a cc:Mail address.</summary>
    public Mailbox MailboxOf(CcMailAddress address)
    {
        if (table.Book.Find(address) is { } entry && entry.AddressFor(SmtpAddress.TypeName) is { } proxy)
        {
            return new Mailbox(entry.DisplayName, proxy.Text);
        }

        if (table.OwnSite(address) is not null && Originator.TryRead(address, link.Aliases.Find, out var internet))
        {
            return new Mailbox(CcMailAddressText.Parse(address.Text).DisplayName, internet.Text);
        }

        var domain = (table.OwnSite(address) ?? link.OwnSite())?.SmtpDomains is [var first, ..] ? first : null;
        return domain is not null && AddressEncapsulation.TryWrap(address, domain, out var wrapped, out _)
            ? new Mailbox(address.Name, wrapped.Text)
            : new Mailbox(address.Name, "");
    }

    /// <summary>Who gets reports about the message; null when nobody can be answered.</summary>
    public MailAddress? SenderOf(CcMailMessage message)
    {
        if (message.From is null || !message.From.TryAddress(link.Settings.PostOfficeName, out var address, out _))
        {
            return null;
        }

        return table.OwnSite(address) is not null && table.Book.Find(address) is null && Originator.TryRead(address, link.Aliases.Find, out var internet)
            ? internet
            : address;
    }

    // Null for a recipient that is not ours to deliver.
    private CcMailAddress? AddressOf(CcMailAddressText text, string home, out FailedRecipient? fault)
    {
        fault = null;
        if (text.IsEmpty || !text.TryAddress(home, out var address, out var reason))
        {
            fault = Nameless(text, home);
            return null;
        }

        if (text.PostOffice.Length > 0)
        {
            return IsTheirs(address) ? null : address;
        }

        return Bare(text);
    }

    // A name without a post office lives at the sender's own (Q241553), unless the whole directory knows it as one of ours, or EXPORT
    // wrote the foreign address in place of the name.
    private CcMailAddress? Bare(CcMailAddressText text)
    {
        if (text.TryForeignAlias(out var alias) && table.OwnSite(alias) is not null)
        {
            return alias;
        }

        var sites = table.Sites.Select(site => site.CcMailPostOffice).Where(name => name.Length > 0).Prepend(link.Settings.SiteName);
        foreach (var site in sites)
        {
            if (CcMailAddress.TryCreate(text.Name, site, out var ours, out _)
                && (text.InternetAddress.Length > 0 || table.Book.Find(ours) is not null) && table.OwnSite(ours) is not null)
            {
                return ours;
            }
        }

        return null;
    }

    private bool IsTheirs(CcMailAddress address) => table.OwnSite(address) is null
        && (table.PostOfficeOf(address) is not null || NameKey.Fold(address.PostOffice) == NameKey.Fold(link.Settings.PostOfficeName));

    private static FailedRecipient Nameless(CcMailAddressText text, string home)
    {
        // Export 8.3 writes " at PO" and loses the name; the sender must learn that somebody did not get it (Q249133).
        _ = CcMailAddress.TryCreate("(no name)", text.PostOffice.Length > 0 ? text.PostOffice : home, out var address, out _);
        return new FailedRecipient(address, "5.1.3", $"EXPORT gave a recipient without a name: “{Storable.Text(text.Raw, 200)}”.");
    }

    private void Add(
        LineClass line, CcMailAddress address, MailAddress? sender, Dictionary<string, IncomingRecipient> recipients, Dictionary<string, FailedRecipient> failed)
    {
        MailAddress wanted = address;
        if (table.Book.Find(address) is null && table.OwnSite(address) is not null && Originator.TryRead(address, link.Aliases.Find, out var internet))
        {
            wanted = internet;
        }

        switch (table.ResolveFrom(sender, wanted, link.Name))
        {
            case RouteDecision.Routed routed:
                recipients.TryAdd(routed.Target.Key, new IncomingRecipient(routed, address.ToString(), Class: ClassOf(line)));
                break;
            case RouteDecision.Unroutable unroutable:
                failed.TryAdd(address.Key, new FailedRecipient(address, unroutable.Status, unroutable.Reason));
                break;
        }
    }

    private static RecipientClass ClassOf(LineClass line) => line switch
    {
        LineClass.To => RecipientClass.To,
        LineClass.Cc => RecipientClass.Cc,
        _ => RecipientClass.Bcc,
    };
}
