using System.Buffers;
using Postern.Domain.Addresses;
using Postern.Domain.Formats.MsMail;
using Postern.Domain.Mime;

namespace Postern.Domain.Conversion;

/// <summary>A message that came out of an MS Mail post office and what is needed to write it for the internet.</summary>
public sealed record FromMsMailRequest
{
    public required MsMailMessage Message { get; init; }

    public required MsMailProfile Profile { get; init; }

    /// <summary>The postmaster of the post office the file came from; stands in for a sender that is missing.</summary>
    public required MsMailAddress Postmaster { get; init; }

    /// <summary>The internet name and address of an MS Mail address; asked for every header address.</summary>
    public required Func<MsMailAddress, Mailbox> Resolve { get; init; }

    /// <summary>When the file was taken; stands in for a date that is missing or cannot be read (Q170137, Q214565).</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>With angle brackets; the same message must always give the same one.</summary>
    public required string MessageId { get; init; }

    /// <summary>The zone of the post office; the offset is that of the message's own day.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;
}

/// <summary>Writes an MS Mail message as an internet message (RFC 5322, MIME).</summary>
/// <remarks>
/// Files are byte for byte; text is plain text. Hidden recipients are never written. A "Mail failure" becomes a delivery report, a read
/// receipt a message that says what was read; both, and all mail from mailboxes that no person reads, are for the envelope's null sender, so
/// that nothing is ever sent back (Q175447, Q128432). Never fails: what has no place becomes a file or a loss.
/// </remarks>
public static class FromMsMail
{
    /// <summary>Above this a report is not nested but passed on as it is, with its files.</summary>
    private const long ReportLimit = 4 * 1024 * 1024;

    private const string ReasonType = "x-ms";

    private static readonly KeyValuePair<string, string> Automatic = new("Auto-Submitted", "auto-generated");

    private static readonly KeyValuePair<string, string> Answer = new("Auto-Submitted", "auto-replied");

    public static IncomingMail Convert(FromMsMailRequest request, IBufferWriter<byte> output)
    {
        var losses = new List<ConversionLoss>();
        var message = request.Message;
        var content = MsMailContent.Of(message, request.Profile, losses);
        var draft = Draft(request, content, losses);
        if (MailFailureText.TryRead(message, request.Profile, out var failure))
        {
            if (failure.Reasons.Any(r => r.Failed.Count > 0) && content.Files.Sum(f => f.Content.Length) <= ReportLimit)
            {
                WriteReport(request, draft, content, failure, output);
            }
            else
            {
                MessageWriter.Write(draft with { MoreFields = [.. draft.MoreFields, Answer] }, output);
            }

            return new IncomingMail(IncomingKind.Bounce, losses);
        }

        if (ReceiptText.TryRead(message, request.Profile, out var receipt))
        {
            WriteReceipt(request, draft, content, receipt, output);
            return new IncomingMail(IncomingKind.Receipt, losses);
        }

        if (message.IsNeverAnswered)
        {
            MessageWriter.Write(draft with { MoreFields = [.. draft.MoreFields, Automatic] }, output);
            return new IncomingMail(IncomingKind.Automatic, losses);
        }

        MessageWriter.Write(draft, output);
        return new IncomingMail(IncomingKind.Message, losses);
    }

    private static MessageDraft Draft(FromMsMailRequest request, MsMailContent content, List<ConversionLoss> losses)
    {
        var message = request.Message;
        var more = new List<KeyValuePair<string, string>>();
        var date = request.ReceivedAt;
        if (message.Date is { } local)
        {
            date = SentDate.At(local, request.Zone);
        }
        else
        {
            var text = $"{message.DateText} {message.TimeText}".Trim();
            losses.Add(ConversionLoss.Of(LossKind.Replaced, "date", text, MessageDate.Format(date)));
            more.Add(new("X-MsMail-Date", text));
        }

        var from = Mailbox(message.From, request, losses, "sender") ?? Postmaster(request, losses);
        AddPriority(more, message, from);
        return new MessageDraft
        {
            From = from,
            To = Mailboxes(request, Formats.RecipientClass.To, losses),
            Cc = Mailboxes(request, Formats.RecipientClass.Cc, losses),
            Subject = message.Subject,
            Date = date,
            MessageId = request.MessageId,
            MoreFields = more.Where(f => f.Value.Length > 0).ToList(),
            Parts = BodyParts.Of(content.Text, content.Files),
        };
    }

    // A registered message asks for a receipt and is not for that an important one (Q112915); nobody may be asked to answer a machine
    private static void AddPriority(List<KeyValuePair<string, string>> fields, MsMailMessage message, Mailbox from)
    {
        fields.Add(new("Importance", MessageImportance.OfPriority(message.Priority) switch
        {
            Importance.High => "high",
            Importance.Low => "low",
            _ => "",
        }));
        if (message.Priority == MessageImportance.Registered && from.HasAddress && !message.IsNeverAnswered)
        {
            fields.Add(new("Disposition-Notification-To", $"<{from.Address}>"));
        }
        else if (message.Priority is { } other && other is not ('1' or '2' or '3' or '4' or '5'))
        {
            fields.Add(new("X-MsMail-Priority", other.ToString()));
        }
    }

    private static Mailbox Postmaster(FromMsMailRequest request, List<ConversionLoss> losses)
    {
        losses.Add(ConversionLoss.Of(LossKind.Added, "sender", "", request.Postmaster.Text));
        return request.Resolve(request.Postmaster);
    }

    private static List<Mailbox> Mailboxes(FromMsMailRequest request, Formats.RecipientClass kind, List<ConversionLoss> losses) =>
    [
        .. request.Message.Recipients.Where(r => r.Class == kind)
            .Select(r => Mailbox(r.Address, request, losses, "recipient")).OfType<Mailbox>(),
    ];

    private static Mailbox? Mailbox(MsMailAddressText? text, FromMsMailRequest request, List<ConversionLoss> losses, string what)
    {
        if (text is null)
        {
            return null;
        }

        if (text.TryAddress(out var address, out _))
        {
            return request.Resolve(address);
        }

        if (text.TryInternet(out var internet))
        {
            return new Mailbox("", internet.Text);
        }

        // A fax number or an X.400 name is worth reading, though nobody can answer to it from the internet
        var shown = StorableText.Clean(text.Raw, MailAddress.LongestText).Trim();
        losses.Add(ConversionLoss.Of(LossKind.Replaced, what, text.Raw, shown.Length > 0 ? "a name without an address" : ""));
        return shown.Length > 0 ? new Mailbox(shown, "") : null;
    }

    private static void WriteReport(
        FromMsMailRequest request, MessageDraft draft, MsMailContent content, MailFailure failure, IBufferWriter<byte> output)
    {
        var subject = failure.OriginalSubject;
        var to = draft.To.Count > 0 ? draft.To[0] : draft.From;
        var original = new ArrayBufferWriter<byte>();
        MessageWriter.Write(
            draft with
            {
                From = to,
                To = [],
                Cc = [],
                Subject = subject.Length > 0 ? subject : draft.Subject,
                Date = failure.OriginalDate is { } sent ? SentDate.At(sent, request.Zone) : draft.Date,
                MoreFields = [],
            },
            original);
        DeliveryReportWriter.Write(
            new ReportDraft
            {
                From = draft.From,
                To = to,
                Subject = subject.Length > 0 ? $"Undeliverable: {subject}" : draft.Subject,
                Date = draft.Date,
                MessageId = draft.MessageId,
                Text = content.Text,
                Report = new DeliveryReport
                {
                    ReportingMta = new TypedText(ReasonType, request.Message.From?.Text ?? ""),
                    Recipients = [.. failure.Reasons.SelectMany(reason => reason.Failed.Select(name => Failed(request, reason, name)))],
                },
                Original = new ReadOnlySequence<byte>(original.WrittenMemory),
                ReturnsFull = true,
            },
            output);
    }

    private static RecipientReport Failed(FromMsMailRequest request, FailureReason reason, string name)
    {
        var isAddress = MsMailAddressText.Parse(name).TryAddress(out var address, out _);
        var mailbox = isAddress ? request.Resolve(address) : new Mailbox("", "");
        var route = reason.Route.Count > 0 ? " " + string.Join(' ', reason.Route) : "";
        return new RecipientReport
        {
            FinalRecipient = mailbox.HasAddress ? TypedText.Rfc822(mailbox.Address) : new TypedText(ReasonType, name),
            Action = ReportAction.Failed,
            Status = FailureCode.StatusOf(reason.Code),
            DiagnosticCode = new TypedText(ReasonType, $"[{reason.Code:000}] {reason.Text}{route}"),
        };
    }

    // A receipt always says what was read, by whom and when, even when the client sent an empty one (Q164136, Q168771)
    private static void WriteReceipt(
        FromMsMailRequest request, MessageDraft draft, MsMailContent content, MsMailReceipt receipt, IBufferWriter<byte> output)
    {
        var readAt = receipt.ReadAt is { } local ? SentDate.At(local, request.Zone) : draft.Date;
        var summary = $"Your message was read.\r\n\r\n    Subject: {receipt.OriginalSubject}\r\n    Read by: {receipt.Reader}\r\n"
            + $"    Read at: {MessageDate.Format(readAt)}\r\n";
        var text = content.Text.Trim().Length > 0 ? $"{summary}\r\n{content.Text}" : summary;
        MessageWriter.Write(
            draft with { MoreFields = [.. draft.MoreFields, Answer], Parts = BodyParts.Of(text, content.Files) },
            output);
    }
}
