using System.Globalization;
using Postern.Domain.Addresses;
using Postern.Domain.Conversion;
using Postern.Domain.Formats.MsMail;
using Postern.Domain.Mime;
using Postern.Domain.Routing;
using Postern.Infrastructure.Queue;
using LineClass = Postern.Domain.Formats.RecipientClass;

namespace Postern.Infrastructure.MsMail;

/// <summary>A recipient that is Postern's to deliver, with the address under which the message names them.</summary>
internal sealed record OwnRecipient(IncomingRecipient Recipient, MailAddress Address);

/// <summary>Who of a message's recipients is Postern's: their deliveries, and those that cannot be delivered.</summary>
/// <param name="Circles">Why some of the failed ones are a circular route, a sentence each.</param>
/// <param name="Places">At how many post offices these live: a post office may hand over a copy for each of them.</param>
internal sealed record InboundEnvelope(IReadOnlyList<OwnRecipient> Recipients, IReadOnlyList<FailedRecipient> Failed, IReadOnlyList<string> Circles, int Places);

/// <summary>Sentences about a route that goes in a circle, in the form of [004]: the post offices in their order, whole names compared (Q128627, Q162841).</summary>
internal static class CircleText
{
    /// <summary>A message that Postern handed to a post office and that came back.</summary>
    public static string CameBack(MailAddress recipient, string sentTo, DateTimeOffset at, MsMailConnectorSettings settings) => string.Create(
        CultureInfo.InvariantCulture,
        $"[004] Message circular route detected: {settings.SiteName} handed it to {sentTo} for {recipient} on {at.ToUniversalTime():d MMM yyyy HH:mm 'UTC'}, and {settings.PostOfficeName} sent it back.");

    /// <summary>A recipient whose way leads back to where the message came from.</summary>
    public static string LeadsBack(MsMailAddress recipient, PostOfficeWay way, MsMailConnectorSettings settings) =>
        $"[004] Message circular route detected: {settings.PostOfficeName} sends mail for {recipient.Network}/{recipient.PostOffice} to {settings.SiteName}, which reaches it through {way.FirstHop.Name}.";
}

/// <summary>
/// Decides for each line of a message from the post office whether Postern is responsible (Q164850). Postern is the shadow post office of each site:
/// what lives there is resolved, and answered at once when nobody has that mailbox. A post office behind another connector is reached through us.
/// Everybody else has a copy from their own post office.
/// </summary>
internal sealed class InboundRecipients(MsMailLink link, RoutingTable table, IReadOnlyDictionary<string, SmtpAddress> aliases)
{
    public InboundEnvelope Of(MsMailMessage message)
    {
        var own = OwnRecipients.Of(message, link.Profile, IsOurs);
        var circles = new List<string>();
        var failed = new Dictionary<string, FailedRecipient>(StringComparer.Ordinal);
        if (own.Native.Count + own.Internet.Count + own.Unreadable.Count == 0)
        {
            // Nobody in it is ours, and yet it was handed to us: the post offices' tables are answered for, in words.
            Unexpected(OwnRecipients.Of(message, link.Profile, address => !IsAtThisPostOffice(address)).Native, failed, circles);
            return new InboundEnvelope([], [.. failed.Values], circles, PlacesOf(failed.Values.Select(one => one.Address)));
        }

        var classes = message.Recipients.DistinctBy(recipient => NameKey.Fold(recipient.Address.Text)).ToDictionary(recipient => NameKey.Fold(recipient.Address.Text), recipient => recipient.Class);
        var recipients = new Dictionary<string, OwnRecipient>(StringComparer.Ordinal);
        var sender = SenderOf(message);
        foreach (var address in own.Native.Concat<MailAddress>(own.Internet))
        {
            Add(classes.GetValueOrDefault(NameKey.Fold(address.Text)), address, sender, recipients, failed);
        }

        foreach (var recipient in own.Unreadable)
        {
            // The sender must learn that somebody did not get it.
            var address = MsMailAddress.TryParse($"{link.Settings.SiteName}/UNREADABLE", out var somebody, out _) ? somebody : null;
            failed.TryAdd(recipient.Address.Raw, new FailedRecipient(address!, "5.1.3", $"The address “{Storable.Text(recipient.Address.Raw, 200)}” in line {recipient.Line} cannot be understood."));
        }

        // One copy however many ways lead to a mailbox (Q216476).
        return new InboundEnvelope([.. recipients.Values], [.. failed.Values], circles, PlacesOf(own.Native));
    }

    /// <summary>The name and internet address under which the header shows an MS Mail address.</summary>
    public Mailbox MailboxOf(MsMailAddress address)
    {
        if (table.Book.Find(address) is { } entry && entry.AddressFor(SmtpAddress.TypeName) is { } proxy)
        {
            return new Mailbox(entry.DisplayName, proxy.Text);
        }

        if (table.OwnSite(address) is not null && AliasOf(address) is { } internet)
        {
            return new Mailbox("", internet.Text);
        }

        var domain = (table.OwnSite(address) ?? link.OwnSite())?.SmtpDomains is [var first, ..] ? first : null;
        return domain is not null && AddressEncapsulation.TryWrap(address, domain, out var wrapped, out _)
            ? new Mailbox(address.Mailbox, wrapped.Text)
            : new Mailbox(address.Mailbox, "");
    }

    /// <summary>Who gets reports about the message; null when nobody can be answered.</summary>
    public MailAddress? SenderOf(MsMailMessage message)
    {
        if (message.From is null)
        {
            return null;
        }

        if (message.From.TryInternet(out var internet))
        {
            return internet;
        }

        return message.From.TryAddress(out var address, out _) ? Meant(address) : null;
    }

    // Ours to answer for: a site of ours, a post office that this one reaches through us, or an address that the directory or an address space knows at a
    // post office nobody has defined, such as the old one of somebody who has moved (Q156545).
    private bool IsOurs(MsMailAddress address) => table.OwnSite(address) is not null || (table.WayTo(address) is { } way
        ? way.Connector is { } connector && connector.Name != link.Name
        : table.Resolve(address, link.Name) is RouteDecision.Routed);

    private bool IsAtThisPostOffice(MsMailAddress address) => NameKey.Fold($"{address.Network}/{address.PostOffice}") == NameKey.Fold(link.Settings.PostOfficeName);

    private void Unexpected(IReadOnlyList<MsMailAddress> addresses, Dictionary<string, FailedRecipient> failed, List<string> circles)
    {
        foreach (var address in addresses)
        {
            var way = table.WayTo(address);
            if (way is { Connector: { } connector } && connector.Name == link.Name)
            {
                var circle = CircleText.LeadsBack(address, way, link.Settings);
                circles.Add(circle);
                failed.TryAdd(address.Key, new FailedRecipient(address, "5.4.6", circle));
            }
            else if (table.Resolve(address, link.Name) is RouteDecision.Unroutable unroutable)
            {
                failed.TryAdd(address.Key, new FailedRecipient(address, unroutable.Status, unroutable.Reason));
            }
        }
    }

    private void Add(
        LineClass line, MailAddress address, MailAddress? sender, Dictionary<string, OwnRecipient> recipients, Dictionary<string, FailedRecipient> failed)
    {
        switch (table.ResolveFrom(sender, address is MsMailAddress native ? Meant(native) : address, link.Name))
        {
            case RouteDecision.Routed routed:
                recipients.TryAdd(routed.Target.Key, new OwnRecipient(new IncomingRecipient(routed, address.ToString(), Class: ClassOf(line)), address));
                break;
            case RouteDecision.Unroutable unroutable:
                failed.TryAdd(address.Key, new FailedRecipient(address, unroutable.Status, unroutable.Reason));
                break;
        }
    }

    // A mailbox of ours that stands for an internet sender, unless the directory knows somebody by that address.
    private MailAddress Meant(MsMailAddress address) =>
        table.OwnSite(address) is not null && table.Book.Find(address) is null && AliasOf(address) is { } internet ? internet : address;

    private SmtpAddress? AliasOf(MsMailAddress address) => aliases.GetValueOrDefault(address.Mailbox.ToUpperInvariant());

    private static int PlacesOf(IEnumerable<MailAddress> addresses) => addresses.Select(address => address.HomeKey).Distinct(StringComparer.Ordinal).Count();

    private static RecipientClass ClassOf(LineClass line) => line switch
    {
        LineClass.Cc => RecipientClass.Cc,
        LineClass.Bcc => RecipientClass.Bcc,
        _ => RecipientClass.To,
    };
}
