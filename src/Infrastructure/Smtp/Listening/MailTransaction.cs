using Postern.Domain.Addresses;
using Postern.Domain.Queue;
using Postern.Domain.Routing;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Smtp.Listening;

/// <summary>One envelope in the making: the sender, and every recipient that was taken.</summary>
/// <remarks>Recipients that lead to one mailbox become one delivery: nobody gets a second copy because of an alias.</remarks>
internal sealed class MailTransaction(MailArguments mail)
{
    private readonly Dictionary<string, TakenRecipient> byTarget = new(StringComparer.Ordinal);
    private readonly List<TakenRecipient> recipients = [];
    private int acceptedCommands;
    private int refusedCommands;

    public MailArguments Mail { get; } = mail;

    public int Count => recipients.Count;

    /// <summary>The address as the client gave it, when there is exactly one recipient.</summary>
    public MailAddress? OnlyRecipient => acceptedCommands == 1 ? recipients[0].Given : null;

    /// <summary>Does any recipient go where there is no envelope, so that the header must tell who is addressed?</summary>
    public bool NeedsHeaderNames => recipients.Exists(taken => taken.Route.Connector.Kind != "smtp");

    public bool HasUtf8Address => Mail.Sender is { NeedsUtf8: true } || recipients.Exists(taken => taken.Given.NeedsUtf8);

    /// <summary>Takes a recipient if a route leads to it and this client may send there; the reply says which.</summary>
    public SmtpReply Add(RcptArguments rcpt, RoutingTable routes, bool mayRelay, ListenerSettings settings)
    {
        if (acceptedCommands >= settings.MaxRecipients)
        {
            return Replies.TooManyRecipients;
        }

        if (refusedCommands >= settings.MaxRefusedRecipients)
        {
            return Replies.TooManyRefused;
        }

        var reply = Route(rcpt, routes, mayRelay);
        acceptedCommands += reply.IsPositive ? 1 : 0;
        refusedCommands += reply.IsPositive ? 0 : 1;
        return reply;
    }

    /// <summary>The recipients, each with the place where the header names it.</summary>
    public IReadOnlyList<IncomingRecipient> ToRecipients(NamedRecipients named) =>
        [.. recipients.Select(taken => new IncomingRecipient(taken.Route, taken.Original, taken.Notify, named.ClassOf(taken.Addresses, taken.Route.Target)))];

    private SmtpReply Route(RcptArguments rcpt, RoutingTable routes, bool mayRelay)
    {
        var address = rcpt.Path.Address ?? Postmaster(routes);
        if (address is null)
        {
            return new SmtpReply(550, "5.1.1", "No site is defined, so there is no postmaster");
        }

        var decision = routes.Resolve(address);
        if (decision is RouteDecision.Routed { IsOurs: false } && !mayRelay)
        {
            return Replies.NotOurs;
        }

        switch (routes.Restricted(decision, Mail.Sender))
        {
            case RouteDecision.Routed routed:
                Take(rcpt, address, routed);
                return Replies.RecipientOk;
            case RouteDecision.Unroutable unroutable when unroutable.Status is ['4', ..]:
                return new SmtpReply(450, unroutable.Status, unroutable.Reason);
            case RouteDecision.Unroutable unroutable:
                return new SmtpReply(550, unroutable.Status, unroutable.Reason);
            default:
                return Replies.NotOurs;
        }
    }

    private void Take(RcptArguments rcpt, SmtpAddress address, RouteDecision.Routed routed)
    {
        var key = $"{routed.Connector.Id}\n{routed.Target.Key}";
        if (!byTarget.TryGetValue(key, out var taken))
        {
            taken = new TakenRecipient(routed, address, rcpt.OriginalRecipient ?? address.ToString()) { Notify = rcpt.Notify };
            byTarget.Add(key, taken);
            recipients.Add(taken);
        }
        else
        {
            taken.Notify = Merge(taken.Notify, rcpt.Notify);
        }

        taken.Addresses.Add(address);
        if (rcpt.OriginalRecipient is { } original && OriginalAddress(original) is { } named)
        {
            taken.Addresses.Add(named);
        }
    }

    private static SmtpAddress? Postmaster(RoutingTable routes)
    {
        var domain = routes.Sites.SelectMany(site => site.SmtpDomains).FirstOrDefault();
        return domain is not null && SmtpAddress.TryCreate("postmaster", domain, out var address, out _) ? address : null;
    }

    // Whoever is told anything by one of the requests is told it: unspecified stands for failures and delays.
    private static Notify Merge(Notify one, Notify other)
    {
        if (one == other)
        {
            return one;
        }

        var both = Spelled(one) | Spelled(other);
        return both == Notify.Never ? Notify.Never : both & ~Notify.Never;
    }

    private static Notify Spelled(Notify notify) => notify == Notify.Unspecified ? Notify.Failure | Notify.Delay : notify;

    private static SmtpAddress? OriginalAddress(string original)
    {
        var semicolon = original.IndexOf(';', StringComparison.Ordinal);
        var isInternet = original[..semicolon].ToUpperInvariant() is "RFC822" or "UTF-8";
        return isInternet && SmtpAddress.TryParse(original[(semicolon + 1)..], out var address, out _) ? address : null;
    }

    private sealed class TakenRecipient(RouteDecision.Routed route, SmtpAddress given, string original)
    {
        public RouteDecision.Routed Route { get; } = route;

        public SmtpAddress Given { get; } = given;

        public string Original { get; } = original;

        public Notify Notify { get; set; }

        // Under which of these a header may name it; bounded by the number of recipients.
        public HashSet<MailAddress> Addresses { get; } = [];
    }
}
