using System.Buffers;
using System.Globalization;
using System.Text;
using Postern.Domain.Addresses;
using Postern.Domain.Mime;
using Postern.Domain.Queue;
using Postern.Domain.Routing;
using Postern.Infrastructure.Routing;

namespace Postern.Infrastructure.Queue;

/// <summary>A report ready for the queue.</summary>
/// <param name="IsUndeliverable">No route leads to the one it is for: it is kept in quarantine.</param>
public sealed record ComposedReport(IncomingMessage Message, long RouteVersion, bool IsUndeliverable);

/// <summary>Writes the report a sender gets: failed, delayed, or relayed to a system that does not report further (RFC 3464, RFC 3461 section 5.2).</summary>
/// <remarks>
/// The canonical form is a multipart/report; the connector that takes it to an old system turns it into that system's text. The
/// original comes back whole when it is small and the sender did not ask for its header only.
/// </remarks>
public sealed class ReportComposer(ContentStore contents, LiveRouting routing, TimeProvider clock, string hostName)
{
    /// <summary>Originals up to this many bytes come back whole; of larger ones the header does.</summary>
    public const int ReturnedWhole = 128 * 1024;

    private const string Postmaster = "Mail Delivery System";

    /// <summary>The report on these recipients, who are all of one message.</summary>
    public async Task<ComposedReport> ComposeAsync(IReadOnlyList<ReportItem> items, CancellationToken cancellationToken)
    {
        var first = items[0];
        using var original = await OpenAsync(first, cancellationToken);
        return Compose(items, original?.AsSequence() ?? ReadOnlySequence<byte>.Empty);
    }

    /// <summary>The report on the recipients of a pickup that nothing leads to; the message is being accepted in the same transaction.</summary>
    public ComposedReport Compose(AssignedMessage message)
    {
        var items = message.Message.Failed.Select((failed, index) => new ReportItem
        {
            DeliveryId = message.FirstFailedId + index,
            MessageId = message.Id,
            AcceptedAt = clock.GetUtcNow(),
            Size = message.Message.Content.Length,
            Sender = message.Message.Sender!,
            EnvelopeId = message.Message.EnvelopeId,
            Recipient = failed.Address,
            Outcome = new AttemptOutcome.Bounced(failed.Status, "", failed.Reason, ""),
        });
        return Compose([.. items], message.Message.Content.AsSequence());
    }

    private ComposedReport Compose(IReadOnlyList<ReportItem> items, ReadOnlySequence<byte> original)
    {
        var table = routing.Current;
        var first = items[0];
        var isFailure = first.Outcome is AttemptOutcome.Bounced;
        var domain = table.Sites.SelectMany(site => site.SmtpDomains).FirstOrDefault() ?? hostName;
        var summary = HeaderSummary.Read(original);
        var messageId = $"<r-{Guid.CreateVersion7():N}@{domain}>";
        var draft = new ReportDraft
        {
            From = new Mailbox(Postmaster, $"postmaster@{domain}"),
            To = new Mailbox("", table.SmtpFaceOf(first.Sender)?.Text ?? first.Sender.Text),
            Subject = WordOf(first.Outcome, "Undeliverable: ", "Delayed: ", "Relayed: ") + summary.Subject,
            Date = clock.GetUtcNow(),
            MessageId = messageId,
            Text = Text(items, summary.Subject),
            Report = new DeliveryReport
            {
                ReportingMta = TypedText.Dns(hostName),
                OriginalEnvelopeId = first.EnvelopeId.Length > 0 ? first.EnvelopeId : null,
                ArrivalDate = first.AcceptedAt,
                Recipients = [.. items.Select(RecipientOf)],
            },
            Original = original,
            ReturnsFull = isFailure && !first.ReturnsHeaders && first.Size <= ReturnedWhole,
            References = summary.MessageId,
        };
        var output = new ArrayBufferWriter<byte>();
        DeliveryReportWriter.Write(draft, output);
        return Address(table, first, messageId, draft.Subject, summary.MessageId ?? "", MessageContent.FromMemory(output.WrittenMemory));
    }

    private static ComposedReport Address(RoutingTable table, ReportItem first, string messageId, string subject, string answers, MessageContent content)
    {
        var decision = table.Resolve(first.Sender);
        var route = decision as RouteDecision.Routed
            ?? new RouteDecision.Routed(new RoutedConnector(0, "", ""), first.Sender, "", false, decision.Explanation);
        var message = new IncomingMessage
        {
            Source = "postern",
            Sender = null,
            Recipients = [new IncomingRecipient(route, first.Sender.ToString(), Notify.Never, RecipientClass.To)],
            Content = content,
            HeaderId = messageId.Trim('<', '>'),
            Subject = subject,
            IsReport = true,
            Answers = answers,
            ReportOf = first.MessageId,
        };
        return new ComposedReport(message, table.Version, decision is not RouteDecision.Routed);
    }

    private static RecipientReport RecipientOf(ReportItem item) => new()
    {
        FinalRecipient = Typed(item.Recipient),
        OriginalRecipient = Original(item.OriginalRecipient),
        Action = WordOf(item.Outcome, ReportAction.Failed, ReportAction.Delayed, ReportAction.Relayed),
        Status = item.Outcome.Status.Length > 0 ? item.Outcome.Status : WordOf(item.Outcome, "5.0.0", "4.0.0", "2.0.0"),
        WillRetryUntil = item.RetryUntil,
        DiagnosticCode = item.Outcome.Reply.Length > 0
            ? new TypedText(item.Recipient is SmtpAddress ? "smtp" : "x-postern", item.Outcome.Reply)
            : new TypedText("x-postern", item.Outcome.Reason),
        RemoteMta = item.Recipient is SmtpAddress && item.Outcome.Remote.Length > 0 ? TypedText.Dns(item.Outcome.Remote) : null,
    };

    private static T WordOf<T>(AttemptOutcome outcome, T failed, T delayed, T relayed) => outcome switch
    {
        AttemptOutcome.Bounced => failed,
        AttemptOutcome.Deferred => delayed,
        _ => relayed,
    };

    private static TypedText Typed(MailAddress address) =>
        address is SmtpAddress ? TypedText.Rfc822(address.Text) : new TypedText($"x-{address.Type.ToLowerInvariant()}", address.Text);

    // An ORCPT keeps the type the sender gave it; an address that the directory changed is an internet address.
    private static TypedText? Original(string text)
    {
        var separator = text.IndexOf(';', StringComparison.Ordinal);
        return text switch
        {
            "" => null,
            _ when separator > 0 => new TypedText(text[..separator], text[(separator + 1)..].Trim()),
            _ => TypedText.Rfc822(text),
        };
    }

    private string Text(IReadOnlyList<ReportItem> items, string subject)
    {
        var text = new StringBuilder();
        text.Append("This is Postern, the mail connector at ").Append(hostName).Append(".\r\n\r\n")
            .Append(WordOf(
                items[0].Outcome, "Your message was not delivered to", "Your message has not been delivered yet, and is still being tried, for",
                "Your message was handed on, to a system that sends no reports, for")).Append(":\r\n\r\n");
        foreach (var item in items)
        {
            text.Append("  ").Append(item.Recipient.Text).Append("\r\n    ").Append(OneLine(item.Outcome.Reason)).Append("\r\n");
            if (item.Outcome.Reply.Length > 0)
            {
                text.Append("    The other side said: ").Append(OneLine(item.Outcome.Reply)).Append("\r\n");
            }

            if (item.Note.Length > 0)
            {
                text.Append("    Note from the operator: ").Append(OneLine(item.Note)).Append("\r\n");
            }
        }

        if (items.Max(item => item.RetryUntil) is { } until)
        {
            text.Append("\r\nIt is tried until ").Append(until.ToUniversalTime().ToString("ddd d MMM yyyy HH:mm 'UTC'", CultureInfo.InvariantCulture))
                .Append("; after that you get a report. You need not send it again.\r\n");
        }

        return text.Append("\r\nSubject of your message: ").Append(subject).Append("\r\n").ToString();
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    // A report goes out even when the original can no longer be read: what is known is better than silence (Q193761).
    private async Task<MessageContent?> OpenAsync(ReportItem item, CancellationToken cancellationToken)
    {
        try
        {
            return await contents.OpenAsync(item.MessageId, item.AcceptedAt, item.Size, cancellationToken);
        }
        catch (Exception e) when (e is ContentDamagedException or IOException)
        {
            return null;
        }
    }
}
