using System.Buffers;
using Postern.Domain.Addresses;
using Postern.Domain.Formats.MsMail;
using Postern.Domain.Mime;

namespace Postern.Domain.Conversion;

/// <summary>What an MS Mail message shall say for an internet message: an ordinary one, a report of failures, or a read receipt.</summary>
internal sealed class OutgoingMsMail
{
    private const int HeaderLimit = 64 * 1024;
    private const int NameLimit = 20;

    private readonly MsMailRequest request;
    private readonly List<ConversionLoss> losses;

    private OutgoingMsMail(MsMailRequest request, List<ConversionLoss> losses)
    {
        this.request = request;
        this.losses = losses;
        Subject = request.Message.Root.Header("Subject") ?? "";
        var automatic = request.Message.Root.Header("Auto-Submitted") ?? "no";
        IsAnswer = !automatic.TrimStart().StartsWith("no", StringComparison.OrdinalIgnoreCase)
            || MsMailAddressText.Parse(request.Originator.Text).IsMailbox(MsMailAddressText.PostmasterMailbox);
    }

    public string Subject { get; private set; }

    public string Text { get; private set; } = "";

    public char? Priority { get; private set; }

    public IReadOnlyList<PutAttachment> Files { get; private set; } = [];

    /// <summary>A failure or a receipt, in a form of its own that nothing may be put before.</summary>
    public bool IsReport { get; private set; }

    /// <summary>No person wrote it: a report, a receipt, an automatic reply, or mail without a sender.</summary>
    public bool IsAnswer { get; private set; }

    public static OutgoingMsMail Of(MsMailRequest request, List<ConversionLoss> losses)
    {
        var content = new OutgoingMsMail(request, losses);
        var root = request.Message.Root;
        if (!root.ContentType.Is("multipart", "report"))
        {
            content.Ordinary();
            return content;
        }

        content.IsAnswer = true;
        var report = DeliveryReportReader.Read(request.Message)?.Report;
        if (report is not null)
        {
            content.Report(report);
        }
        else if (content.ReceiptOf(root) is { } receipt)
        {
            content.Receipt(receipt);
        }
        else
        {
            content.Ordinary();
        }

        return content;
    }

    private void Ordinary()
    {
        var body = Body(request.Message.Root, _ => false);
        Text = body.Text;
        Files = Attachments(body);
        var importance = MessageImportance.Of(request.Message);
        Priority = MessageImportance.PriorityOf(importance);
        if (!IsAnswer && request.Profile.AsksForReceipts && MessageImportance.AsksForReceipt(request.Message))
        {
            if (importance != Importance.Normal)
            {
                losses.Add(ConversionLoss.Of(LossKind.Dropped, "importance", importance.ToString(), "a request for a receipt"));
            }

            Priority = MessageImportance.Registered;
        }
    }

    // Failures in the words of the original, which its clients and people know; other news of a delivery as text
    private void Report(DeliveryReport report)
    {
        var root = request.Message.Root;
        var shown = Body(root, part => ReportText.IsMachinePart(part) || ReportText.IsOriginal(part));
        var returned = root.Children.FirstOrDefault(ReportText.IsOriginal);
        var inner = returned is { ContentType.IsMessage: true, Children.Count: > 0 } ? Body(returned.Children[0], _ => false) : null;
        var failed = report.Recipients.Where(r => r.Action == ReportAction.Failed).ToList();
        var others = report with { Recipients = [.. report.Recipients.Where(r => r.Action != ReportAction.Failed)] };
        losses.Add(ConversionLoss.Of(LossKind.Replaced, "report", root.ContentType.MediaType, "text"));
        Files = [.. Attachments(shown), .. inner is null ? [] : Attachments(inner)];
        if (failed.Count == 0)
        {
            Text = $"{ReportText.Of(others)}{shown.Text}\r\n{(returned is null ? "" : ReportText.HeaderOf(returned))}{inner?.Text}";
            return;
        }

        IsReport = true;
        Subject = MailFailureText.Subject;
        Text = MailFailureText.Write(Failure(failed, returned), request.Profile) + $"\r\n{ReportText.Of(others)}{inner?.Text}";
    }

    private MailFailure Failure(List<RecipientReport> failed, MimePart? returned)
    {
        var header = HeaderOf(returned);
        var reasons = failed
            .GroupBy(r => FailureCode.OfStatus(r.Status))
            .Select(group => new FailureReason(group.Key, FailureCode.TextOf(group.Key), [.. group.Select(NameOf)], []));
        return new MailFailure
        {
            Reasons = [.. reasons],
            OriginalFrom = NamesOf(header, "From"),
            OriginalTo = NamesOf(header, "To"),
            OriginalSubject = StorableText.Clean(header?.Header("Subject") ?? "", HeaderSummary.LongestSubject),
            OriginalDate = DateOf(header),
            Details = [.. failed.Where(r => r.DiagnosticCode is not null).Select(r => $"{NameOf(r)}: {r.Status} {r.DiagnosticCode!.Text}")],
        };
    }

    private MsMailReceipt? ReceiptOf(MimePart root)
    {
        var part = root.Walk().Take(20).FirstOrDefault(p => p.ContentType.Is("message", "disposition-notification"));
        if (part is null || !part.ReadText(HeaderLimit).Text.Contains("displayed", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var original = HeaderOf(root.Children.FirstOrDefault(p => p != part && ReportText.IsOriginal(p) && !ReportText.IsMachinePart(p)));
        return new MsMailReceipt
        {
            Reader = root.Addresses("From").Mailboxes is [{ DisplayName.Length: > 0 } reader, ..] ? reader.DisplayName : NamesOf(root, "From"),
            OriginalSubject = StorableText.Clean(original?.Header("Subject") ?? Subject, HeaderSummary.LongestSubject),
            OriginalTo = NamesOf(original ?? root, original is null ? "From" : "To"),
            SentAt = DateOf(original),
            ReadAt = DateOf(root) ?? TimeZoneInfo.ConvertTime(request.AcceptedAt, request.Zone).DateTime,
        };
    }

    private void Receipt(MsMailReceipt receipt)
    {
        IsReport = true;
        Subject = ReceiptText.SubjectOf(receipt);
        Text = ReceiptText.Write(receipt, request.Profile);
        Priority = request.Profile.WritesReceiptPriority ? MessageImportance.Receipt : null;
        losses.Add(ConversionLoss.Of(LossKind.Replaced, "receipt", request.Message.Root.ContentType.MediaType, "text"));
    }

    private OutgoingBody Body(MimePart part, Func<MimePart, bool> isLeftOut) =>
        OutgoingBody.Of(part, request.HtmlToText, request.Zone, losses, isLeftOut);

    private static List<PutAttachment> Attachments(OutgoingBody body) => [.. body.Files.Select(file => new PutAttachment(file.Name, file.Content))];

    private static MimePart? HeaderOf(MimePart? returned)
    {
        if (returned is null)
        {
            return null;
        }

        if (returned.ContentType.IsMessage)
        {
            return returned.Children.Count > 0 ? returned.Children[0] : null;
        }

        var bytes = new ArrayBufferWriter<byte>();
        TransferCoding.Decode(returned.Encoding, returned.Body.Slice(0, Math.Min(returned.BodyRange.Length, HeaderLimit)), bytes);
        return MimeMessage.Read(bytes.WrittenMemory.ToArray()).Root;
    }

    private DateTime? DateOf(MimePart? header) => MessageDate.TryParse(header?.Header("Date") ?? "", out var date)
        ? TimeZoneInfo.ConvertTime(date, request.Zone).DateTime
        : null;

    private string NamesOf(MimePart? header, string field) =>
        string.Join("; ", (header?.Addresses(field).Mailboxes ?? []).Take(NameLimit).Select(NameOf));

    // As clients print it: the mailbox, then where it lives
    private string NameOf(Mailbox mailbox) =>
        Native(mailbox.Address) is { } native ? $"{native.Mailbox} {native.Network}/{native.PostOffice}" : mailbox.ToString();

    private string NameOf(RecipientReport recipient)
    {
        var shown = recipient.OriginalRecipient ?? recipient.FinalRecipient;
        return Native(shown.Text)?.Text ?? (shown.Text.Length > 0 ? shown.Text : "(a recipient the report does not name)");
    }

    private MsMailAddress? Native(string address)
    {
        if (MsMailAddress.TryParse(address, out var plain, out _))
        {
            return plain;
        }

        if (!SmtpAddress.TryParse(address, out var smtp, out _))
        {
            return null;
        }

        return AddressEncapsulation.TryUnwrap(smtp, out var inner) ? inner as MsMailAddress ?? request.NativeOf(smtp) : request.NativeOf(smtp);
    }
}
