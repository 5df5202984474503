using System.Buffers;
using System.Globalization;
using System.Text;

namespace Postern.Domain.Mime;

/// <summary>A report to be written as a message: to whom, in what words, and what of the original comes back.</summary>
public sealed record ReportDraft
{
    public required Mailbox From { get; init; }

    public required Mailbox To { get; init; }

    public required string Subject { get; init; }

    public required DateTimeOffset Date { get; init; }

    public required string MessageId { get; init; }

    /// <summary>The first part: what a person reads.</summary>
    public required string Text { get; init; }

    public required DeliveryReport Report { get; init; }

    /// <summary>The original message; empty when it is no longer there.</summary>
    public ReadOnlySequence<byte> Original { get; init; }

    /// <summary>RET=FULL of RFC 3461; otherwise only the header comes back.</summary>
    public bool ReturnsFull { get; init; }

    public string? References { get; init; }
}

/// <summary>Writes a delivery report as multipart/report (RFC 6522, RFC 3464). The null sender of its envelope is the caller's matter.</summary>
public static class DeliveryReportWriter
{
    /// <summary>Replies of peers are kept whole in the database; a report carries what a person will read.</summary>
    private const int LongestDiagnostic = 2_000;

    public static void Write(ReportDraft draft, IBufferWriter<byte> output)
    {
        var header = new HeaderWriter(output);
        header.Date("Date", draft.Date);
        header.Mailboxes("From", [draft.From]);
        header.Mailboxes("To", [draft.To]);
        header.Text("Subject", draft.Subject);
        header.Structured("Message-ID", draft.MessageId);
        if (draft.References is { } references)
        {
            header.Structured("References", references);
        }

        header.Structured("Auto-Submitted", "auto-replied");
        header.Structured("MIME-Version", "1.0");
        var parts = new List<DraftPart> { new DraftPart.Text(draft.Text), new DraftPart.Status(Status(draft.Report)) };
        if (!draft.Original.IsEmpty)
        {
            parts.Add(draft.ReturnsFull
                ? new DraftPart.Message(draft.Original)
                : new DraftPart.Headers(HeaderOf(draft.Original)));
        }

        MessageWriter.WriteMultipart(
            "multipart/report", [new("report-type", "delivery-status")], parts, draft.MessageId, header, output);
    }

    private static byte[] Status(DeliveryReport report)
    {
        var output = new ArrayBufferWriter<byte>();
        var fields = new HeaderWriter(output);
        if (report.OriginalEnvelopeId is { } envelope)
        {
            fields.Structured("Original-Envelope-Id", Visible(envelope));
        }

        Typed(fields, "Reporting-MTA", report.ReportingMta);
        Dated(fields, "Arrival-Date", report.ArrivalDate);
        foreach (var recipient in report.Recipients)
        {
            fields.EndHeader();
            WriteRecipient(fields, recipient);
        }

        return output.WrittenSpan.ToArray();
    }

    private static void WriteRecipient(HeaderWriter fields, RecipientReport recipient)
    {
        Typed(fields, "Original-Recipient", recipient.OriginalRecipient);
        Typed(fields, "Final-Recipient", recipient.FinalRecipient);
        fields.Structured("Action", recipient.Action switch
        {
            ReportAction.Failed => "failed",
            ReportAction.Delayed => "delayed",
            ReportAction.Relayed => "relayed",
            ReportAction.Expanded => "expanded",
            _ => "delivered",
        });
        fields.Structured("Status", Visible(recipient.Status));
        Typed(fields, "Remote-MTA", recipient.RemoteMta);
        Diagnostic(fields, recipient.DiagnosticCode);
        Dated(fields, "Last-Attempt-Date", recipient.LastAttempt);
        Dated(fields, "Will-Retry-Until", recipient.WillRetryUntil);
    }

    /// <summary>An address beyond ASCII becomes one of type utf-8, its characters escaped, so that the part stays 7bit (RFC 6533, 3).</summary>
    private static void Typed(HeaderWriter fields, string name, TypedText? value)
    {
        if (value is null)
        {
            return;
        }

        fields.Structured(name, Ascii.IsValid(value.Text)
            ? $"{Visible(value.Type)}; {value.Text}"
            : $"utf-8; {Escape(value.Text)}");
    }

    /// <summary>A reply's text is free text, in which encoded words are allowed.</summary>
    private static void Diagnostic(HeaderWriter fields, TypedText? value)
    {
        if (value is null)
        {
            return;
        }

        var text = StorableText.Clean(HeaderWriter.OneLine(value.Text), LongestDiagnostic).Trim();
        var words = Ascii.IsValid(text) ? text : string.Join(' ', EncodedWords.Encode(text));
        fields.Structured("Diagnostic-Code", $"{Visible(value.Type)}; {words}");
    }

    private static void Dated(HeaderWriter fields, string name, DateTimeOffset? date)
    {
        if (date is { } known)
        {
            fields.Date(name, known);
        }
    }

    private static string Visible(string text)
    {
        var output = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            output.Append(c is >= ' ' and <= '~' ? c : '?');
        }

        return output.ToString();
    }

    private static string Escape(string text)
    {
        var output = new StringBuilder(text.Length * 2);
        foreach (var rune in text.EnumerateRunes())
        {
            _ = rune.Value is > ' ' and <= '~' and not ('\\' or '+' or '=')
                ? output.Append((char)rune.Value)
                : output.Append("\\x{").Append(rune.Value.ToString("X", CultureInfo.InvariantCulture)).Append('}');
        }

        return output.ToString();
    }

    private static ReadOnlySequence<byte> HeaderOf(in ReadOnlySequence<byte> original)
    {
        var lines = new LineScanner(original, null);
        var start = lines.LineStart;
        var scanner = new HeaderScanner(int.MaxValue, int.MaxValue, start);
        var end = start;
        while (scanner.TryNext(ref lines, out var field))
        {
            end = field.Line.End;
        }

        return original.Slice(start, end - start);
    }
}
