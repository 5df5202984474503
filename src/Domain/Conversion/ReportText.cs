using System.Text;
using Postern.Domain.Mime;

namespace Postern.Domain.Conversion;

/// <summary>
/// A report as text for people who have no mail program that reads reports: who was not reached and why, in words first
/// (Q184624, Q184992); the original follows as a text of its own.
/// </summary>
internal static class ReportText
{
    private const int HeaderLimit = 64 * 1024;

    public static bool IsMachinePart(MimePart part) =>
        part.ContentType.Type == "message" && part.ContentType.Subtype is "delivery-status" or "global-delivery-status" or "disposition-notification";

    /// <summary>The returned message or its header, by which the sender knows what failed.</summary>
    public static bool IsOriginal(MimePart part) =>
        part.ContentType.IsMessage || part.ContentType.Is("text", "rfc822-headers") || part.ContentType.Is("message", "global-headers");

    public static string Of(DeliveryReport report)
    {
        var text = new StringBuilder();
        Add(text, "Not delivered to:", report.Recipients.Where(r => r.Action == ReportAction.Failed));
        Add(text, "Not delivered yet, still being tried:", report.Recipients.Where(r => r.Action == ReportAction.Delayed));
        Add(text, "Delivered to:", report.Recipients.Where(r => r.Action is not (ReportAction.Failed or ReportAction.Delayed)));
        return text.ToString();
    }

    /// <summary>The header fields of a returned message that a person knows it by.</summary>
    public static string HeaderOf(MimePart original)
    {
        if (!original.ContentType.IsMessage)
        {
            return original.ReadText(HeaderLimit).Text;
        }

        var message = original.Children.Count > 0 ? original.Children[0] : original;
        var text = new StringBuilder();
        foreach (var name in (ReadOnlySpan<string>)["From", "To", "Cc", "Date", "Subject"])
        {
            if (message.Header(name) is { Length: > 0 } value)
            {
                text.Append(name).Append(": ").Append(value).Append("\r\n");
            }
        }

        return text.Append("\r\n").ToString();
    }

    private static void Add(StringBuilder text, string heading, IEnumerable<RecipientReport> recipients)
    {
        var isFirst = true;
        foreach (var recipient in recipients)
        {
            text.Append(isFirst ? heading + "\r\n" : "");
            isFirst = false;
            text.Append("    ").Append(Named(recipient)).Append("\r\n");
            text.Append("        ").Append(recipient.Status);
            text.Append(recipient.DiagnosticCode is { } reason ? " " + reason.Text : "").Append("\r\n");
        }

        text.Append(isFirst ? "" : "\r\n");
    }

    private static string Named(RecipientReport recipient) =>
        (recipient.OriginalRecipient ?? recipient.FinalRecipient).Text is { Length: > 0 } address ? address : "(a recipient the report does not name)";
}
