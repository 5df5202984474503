using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Postern.Domain.Mime;

/// <summary>A report that came in.</summary>
/// <param name="Report">What it says of each recipient.</param>
/// <param name="OriginalMessageId">Of the message it is about, when the report carries that message or its header.</param>
/// <param name="Faults">What was missing and was filled in.</param>
public sealed record ReceivedReport(DeliveryReport Report, string? OriginalMessageId, MimeFaults Faults);

/// <summary>Recognises delivery reports and reads them, also such as leave out what RFC 3464 demands.</summary>
public static partial class DeliveryReportReader
{
    private const int MostRecipients = 1_000;
    private const int LongestText = 2_000;
    private const int LongestStatusPart = 4 * 1024 * 1024;

    /// <summary>Null when the message holds no delivery status.</summary>
    public static ReceivedReport? Read(MimeMessage message)
    {
        var status = message.Root.Walk().Take(20).FirstOrDefault(static p => p.ContentType.Type == "message"
            && p.ContentType.Subtype is "delivery-status" or "global-delivery-status");
        if (status is null || status.BodyRange.Length > LongestStatusPart)
        {
            return null;
        }

        var bytes = new ArrayBufferWriter<byte>();
        status.Decode(bytes);
        var groups = Groups(bytes.WrittenSpan);
        var faults = groups.Count < 2 ? MimeFaults.BadReport : MimeFaults.None;
        var recipients = new List<RecipientReport>();
        foreach (var group in groups.Where(static g => g.ContainsKey("Final-Recipient") || g.ContainsKey("Original-Recipient")))
        {
            recipients.Add(Recipient(group, ref faults));
        }

        var first = groups.Count > 0 ? groups[0] : [];
        faults |= recipients.Count == 0 || !first.ContainsKey("Reporting-MTA") ? MimeFaults.BadReport : MimeFaults.None;
        var report = new DeliveryReport
        {
            ReportingMta = Typed(first, "Reporting-MTA", "dns") ?? TypedText.Dns(""),
            OriginalEnvelopeId = first.GetValueOrDefault("Original-Envelope-Id"),
            ArrivalDate = Date(first, "Arrival-Date"),
            Recipients = recipients,
        };
        return new ReceivedReport(report, OriginalId(message), faults);
    }

    private static RecipientReport Recipient(Dictionary<string, string> group, ref MimeFaults faults)
    {
        var original = Typed(group, "Original-Recipient", "rfc822");
        var final = Typed(group, "Final-Recipient", "rfc822") ?? original;
        var found = StatusPattern().Match(group.GetValueOrDefault("Status", ""));
        var named = Action(group.GetValueOrDefault("Action", ""));
        var action = named ?? (!found.Success || found.ValueSpan[0] == '5' ? ReportAction.Failed
            : found.ValueSpan[0] == '4' ? ReportAction.Delayed
            : ReportAction.Delivered);
        var status = found.Success ? found.Value : action switch
        {
            ReportAction.Failed => "5.0.0",
            ReportAction.Delayed => "4.0.0",
            _ => "2.0.0",
        };
        faults |= found.Success && named is not null && final is not null ? MimeFaults.None : MimeFaults.BadReport;
        return new RecipientReport
        {
            FinalRecipient = final ?? TypedText.Rfc822(""), // its status is news even of a recipient without a name
            OriginalRecipient = original,
            Action = action,
            Status = status,
            DiagnosticCode = Typed(group, "Diagnostic-Code", "smtp"),
            RemoteMta = Typed(group, "Remote-MTA", "dns"),
            LastAttempt = Date(group, "Last-Attempt-Date"),
            WillRetryUntil = Date(group, "Will-Retry-Until"),
        };
    }

    /// <summary>Groups of fields with blank lines between them; of a repeated field the first counts.</summary>
    private static List<Dictionary<string, string>> Groups(ReadOnlySpan<byte> text)
    {
        var groups = new List<Dictionary<string, string>>();
        var lines = new LineScanner(text);
        while (!lines.AtEnd && groups.Count <= MostRecipients)
        {
            var start = lines.LineStart;
            var group = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            var scanner = new HeaderScanner(200, LongestStatusPart, start);
            while (scanner.TryNext(ref lines, out var field))
            {
                var value = HeaderText.Decode(text.Slice((int)field.Value.Offset, (int)field.Value.Length));
                group.TryAdd(
                    Encoding.ASCII.GetString(text.Slice((int)field.Name.Offset, (int)field.Name.Length)),
                    StorableText.Clean(value, LongestText));
            }

            if (group.Count > 0)
            {
                groups.Add(group);
            }
            else if (lines.LineStart == start)
            {
                lines.Advance();
            }
        }

        return groups;
    }

    private static TypedText? Typed(Dictionary<string, string> group, string name, string standard)
    {
        if (!group.TryGetValue(name, out var value) || value.Length == 0)
        {
            return null;
        }

        var semicolon = value.IndexOf(';', StringComparison.Ordinal);
        var type = semicolon < 0 ? standard : value[..semicolon].Trim().ToLowerInvariant();
        var text = value[(semicolon + 1)..].Trim();
        if (name.EndsWith("Recipient", StringComparison.Ordinal))
        {
            text = text.Trim('<', '>');
        }

        return new TypedText(type, type == "utf-8" ? Unescape(text) : text);
    }

    private static string Unescape(string text) => EscapePattern().Replace(text, static match =>
    {
        var number = int.Parse(match.Groups[1].ValueSpan, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        return Rune.IsValid(number) && number >= ' ' ? new Rune(number).ToString() : match.Value;
    });

    private static ReportAction? Action(string value) => value.AsSpan().TrimStart() switch
    {
        var text when text.StartsWith("failed", StringComparison.OrdinalIgnoreCase) => ReportAction.Failed,
        var text when text.StartsWith("failure", StringComparison.OrdinalIgnoreCase) => ReportAction.Failed,
        var text when text.StartsWith("delayed", StringComparison.OrdinalIgnoreCase) => ReportAction.Delayed,
        var text when text.StartsWith("relayed", StringComparison.OrdinalIgnoreCase) => ReportAction.Relayed,
        var text when text.StartsWith("expanded", StringComparison.OrdinalIgnoreCase) => ReportAction.Expanded,
        var text when text.StartsWith("delivered", StringComparison.OrdinalIgnoreCase) => ReportAction.Delivered,
        _ => null,
    };

    private static DateTimeOffset? Date(Dictionary<string, string> group, string name) =>
        group.TryGetValue(name, out var value) && MessageDate.TryParse(value, out var date) ? date : null;

    private static string? OriginalId(MimeMessage message)
    {
        foreach (var part in message.Root.Walk().Skip(1).Take(20))
        {
            if (part.ContentType.IsMessage && part.Children.Count > 0 && part.Children[0].Header("Message-ID") is { } id)
            {
                return StorableText.Clean(id, HeaderSummary.LongestMessageId);
            }

            if (part.ContentType.Subtype is "rfc822-headers" or "global-headers")
            {
                var bytes = new ArrayBufferWriter<byte>();
                TransferCoding.Decode(part.Encoding, part.Body.Slice(0, Math.Min(part.BodyRange.Length, 1 << 20)), bytes);
                return HeaderSummary.Read(bytes.WrittenSpan).MessageId;
            }
        }

        return null;
    }

    [GeneratedRegex(@"[245]\.[0-9]{1,3}\.[0-9]{1,3}", RegexOptions.CultureInvariant)]
    private static partial Regex StatusPattern();

    [GeneratedRegex(@"\\x\{([0-9A-Fa-f]{1,6})\}", RegexOptions.CultureInvariant)]
    private static partial Regex EscapePattern();
}
