using System.Buffers;
using Postern.Domain.Addresses;
using Postern.Domain.Formats.CcMail;
using Postern.Domain.Mime;

namespace Postern.Domain.Conversion;

/// <summary>A message that came out of a post office and what is needed to write it for the internet.</summary>
public sealed record FromCcMailRequest
{
    public required CcMailMessage Message { get; init; }

    public required CcMailProfile Profile { get; init; }

    /// <summary>The post office the file came from; a sender without a post office lives there.</summary>
    public required string PostOffice { get; init; }

    /// <summary>The internet name and address of a cc:Mail address; asked for every header address.</summary>
    public required Func<CcMailAddress, Mailbox> Resolve { get; init; }

    /// <summary>When the file was taken; stands in for a date that cannot be read (Q233325).</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>With angle brackets; the same file must always give the same one.</summary>
    public required string MessageId { get; init; }

    /// <summary>The zone of the post office; the offset is that of the message's own day (Q281734, Q154041).</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;
}

/// <summary>Writes a cc:Mail message as an internet message (RFC 5322, MIME).</summary>
/// <remarks>
/// Text is plain text, unchanged (Q188638, Q186796); files are byte for byte, never in a TNEF blob (Q174890); the subject stays as the
/// sender wrote it (Q237189). Bcc is never written (Q181125, Q231803): who gets the message is for the envelope to say.
/// Never fails: what has no place becomes a file or a loss.
/// </remarks>
public static class FromCcMail
{
    /// <summary>Above this a bounce is not nested in a report but passed on as it is, with its files.</summary>
    private const long ReportLimit = 4 * 1024 * 1024;

    public static IncomingMail Convert(FromCcMailRequest request, IBufferWriter<byte> output)
    {
        var losses = new List<ConversionLoss>();
        var message = request.Message;
        var items = IncomingItems.Of(request, losses);
        var draft = Draft(request, items, losses);
        if (NotDeliverableText.TryBounce(message, request.Profile, out var bounce))
        {
            if (bounce.Failed.Any(f => !f.IsEmpty) && items.Files.Sum(f => f.Content.Length) <= ReportLimit)
            {
                WriteReport(request, draft, items, bounce, output);
            }
            else
            {
                MessageWriter.Write(draft with { MoreFields = [.. draft.MoreFields, new("Auto-Submitted", "auto-replied")] }, output);
            }

            return new IncomingMail(IncomingKind.Bounce, losses);
        }

        if (NotDeliverableText.TryReceipt(message, request.Profile, out var receipt))
        {
            WriteReceipt(request, draft, items, receipt, output);
            return new IncomingMail(IncomingKind.Receipt, losses);
        }

        MessageWriter.Write(draft, output);
        return new IncomingMail(IncomingKind.Message, losses);
    }

    private static MessageDraft Draft(FromCcMailRequest request, IncomingItems items, List<ConversionLoss> losses)
    {
        var message = request.Message;
        var home = message.From is { PostOffice.Length: > 0 } from ? from.PostOffice : request.PostOffice;
        var more = new List<KeyValuePair<string, string>>();
        var date = request.ReceivedAt;
        if (message.Date is { } local)
        {
            date = SentDate.At(local, request.Zone);
        }
        else
        {
            losses.Add(ConversionLoss.Of(LossKind.Replaced, "date", message.DateText, MessageDate.Format(date)));
            more.Add(new("X-CcMail-Date", message.DateText));
        }

        if (PriorityOf(message) is { Length: > 0 } importance)
        {
            more.Add(new("Importance", importance));
        }

        return new MessageDraft
        {
            From = Mailbox(message.From, home, request, losses, "sender") ?? Postmaster(request, losses),
            To = Mailboxes(message.To, home, request, losses),
            Cc = Mailboxes(message.Cc, home, request, losses),
            Subject = message.Subject,
            Date = date,
            MessageId = request.MessageId,
            MoreFields = more.Where(f => f.Value.Length > 0).ToList(),
            Parts = BodyParts.Of(items.Text, items.Files),
        };
    }

    private static Mailbox Postmaster(FromCcMailRequest request, List<ConversionLoss> losses)
    {
        losses.Add(ConversionLoss.Of(LossKind.Added, "sender", "", $"Postmaster at {request.PostOffice}"));
        return CcMailAddress.TryCreate("Postmaster", request.PostOffice, out var address, out _)
            ? request.Resolve(address)
            : new Mailbox("Postmaster", "");
    }

    private static List<Mailbox> Mailboxes(
        IEnumerable<CcMailRecipient> recipients, string home, FromCcMailRequest request, List<ConversionLoss> losses) =>
        [.. recipients.Select(r => Mailbox(r.Address, home, request, losses, "recipient")).OfType<Mailbox>()];

    // A bare name belongs to the sender's post office (Q241553)
    private static Mailbox? Mailbox(
        CcMailAddressText? text, string home, FromCcMailRequest request, List<ConversionLoss> losses, string what)
    {
        if (text is null)
        {
            return null;
        }

        if (text.TryAddress(home, out var address, out _))
        {
            return request.Resolve(address);
        }

        losses.Add(ConversionLoss.Of(LossKind.Dropped, what, text.Raw, ""));
        return null;
    }

    private static string PriorityOf(CcMailMessage message)
    {
        var text = message.ExtraHeaders
            .FirstOrDefault(h => h.Name.Equals("Priority", StringComparison.OrdinalIgnoreCase)
                || h.Name.Equals("Importance", StringComparison.OrdinalIgnoreCase))?.Value ?? "";
        return text.ToUpperInvariant() switch
        {
            "URGENT" or "HIGH" => "high",
            "LOW" => "low",
            _ => "",
        };
    }

    private static void WriteReport(
        FromCcMailRequest request, MessageDraft draft, IncomingItems items, RouterBounce bounce, IBufferWriter<byte> output)
    {
        var losses = new List<ConversionLoss>();
        var original = new ArrayBufferWriter<byte>();
        MessageWriter.Write(draft with { Subject = bounce.OriginalSubject.Length > 0 ? bounce.OriginalSubject : draft.Subject }, original);
        var recipients = new List<RecipientReport>();
        foreach (var failed in bounce.Failed)
        {
            if (Mailbox(failed, failed.PostOffice.Length > 0 ? failed.PostOffice : request.PostOffice, request, losses, "recipient") is { } mailbox)
            {
                recipients.Add(new RecipientReport
                {
                    FinalRecipient = mailbox.HasAddress ? TypedText.Rfc822(mailbox.Address) : new TypedText("x-ccmail", failed.Raw),
                    Action = ReportAction.Failed,
                    Status = "5.0.0",
                    DiagnosticCode = new TypedText("x-ccmail", $"Not deliverable to {failed.Raw}"),
                });
            }
        }

        DeliveryReportWriter.Write(
            new ReportDraft
            {
                From = draft.From,
                To = draft.To.Count > 0 ? draft.To[0] : draft.From,
                Subject = bounce.OriginalSubject.Length > 0 ? $"Undeliverable: {bounce.OriginalSubject}" : draft.Subject,
                Date = draft.Date,
                MessageId = draft.MessageId,
                Text = items.Text,
                Report = new DeliveryReport { ReportingMta = new TypedText("x-ccmail", request.PostOffice), Recipients = recipients },
                Original = new ReadOnlySequence<byte>(original.WrittenMemory),
                ReturnsFull = true,
            },
            output);
    }

    // A receipt always says what was read, by whom and when, even when the post office sent an empty one (Q252819)
    private static void WriteReceipt(
        FromCcMailRequest request, MessageDraft draft, IncomingItems items, ReadReceipt receipt, IBufferWriter<byte> output)
    {
        var readAt = receipt.ReadAt is { } local ? SentDate.At(local, request.Zone) : draft.Date;
        var summary = $"Your message was read.\r\n\r\n    Subject: {receipt.OriginalSubject}\r\n    Read by: {draft.From}\r\n"
            + $"    Read at: {MessageDate.Format(readAt)}\r\n";
        var text = items.Text.Trim().Length > 0 ? $"{summary}\r\n{items.Text}" : summary;
        MessageWriter.Write(
            draft with
            {
                Subject = draft.Subject.Length > 0 ? draft.Subject : "Read:",
                MoreFields = [.. draft.MoreFields, new("Auto-Submitted", "auto-replied")],
                Parts = BodyParts.Of(text, items.Files),
            },
            output);
    }
}
