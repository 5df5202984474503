using System.Text;

namespace Postern.Domain.Formats.MsMail;

/// <summary>A read receipt: who read what, and when where the text tells.</summary>
public sealed record MsMailReceipt
{
    /// <summary>The reader in the words of the receipt.</summary>
    public required string Reader { get; init; }

    public required string OriginalSubject { get; init; }

    /// <summary>To whom the message was addressed, in the words of the receipt.</summary>
    public string OriginalTo { get; init; } = "";

    /// <summary>Local time at the post office, when the message was sent.</summary>
    public DateTime? SentAt { get; init; }

    /// <summary>Local time at the post office; null when the text does not tell or cannot be read (Q214565).</summary>
    public DateTime? ReadAt { get; init; }
}

/// <summary>Recognises read receipts of the clients for DOS and Windows by their priority, class or words, and writes that of DOS (Q131523, Q129707).</summary>
public static class ReceiptText
{
    private const string Mark = "[013] ***** Read receipt from a registered message *****";
    private const string ReceiptClass = "IPM.Microsoft Mail.Read Receipt";
    private const string SubjectMark = "Return Receipt:";
    private const string ShortSubjectMark = "Registered:";

    /// <summary>A receipt; false for any other message.</summary>
    public static bool TryRead(MsMailMessage message, MsMailProfile profile, out MsMailReceipt receipt)
    {
        var lines = MailFailureText.LinesOf(message, profile);
        var mark = Array.FindIndex(lines, IsMark);
        lines = lines[Math.Max(mark, 0)..];
        var reader = Behind(message.Subject, SubjectMark) ?? Behind(message.Subject, ShortSubjectMark);
        var readAt = Value(lines, "Was Read At:") ?? Value(lines, "Was read ");
        var subject = Value(lines, "Entitled:") ?? Before(Value(lines, "Subject:"), " Time:");
        receipt = new MsMailReceipt
        {
            Reader = reader ?? message.From?.Raw ?? "",
            OriginalSubject = subject ?? "",
            OriginalTo = Value(lines, "Your Message To:") ?? Before(Value(lines, "To:"), " Date:") ?? "",
            ReadAt = LocalDate.TryParse(readAt ?? "", profile.DateOrder, out var at) ? at : null,
        };
        return message.Priority == 'C'
            || mark >= 0
            || lines.Take(3).Any(line => line.Contains(ReceiptClass, StringComparison.OrdinalIgnoreCase))
            || (reader is not null && (readAt is not null || lines.All(string.IsNullOrWhiteSpace)));
    }

    /// <summary>The subject of a receipt as the Windows client writes it.</summary>
    public static string SubjectOf(MsMailReceipt receipt) => $"{SubjectMark} {receipt.Reader}";

    /// <summary>The text of a receipt, in the form of the DOS client; a subject too long for its line has the time below it.</summary>
    public static string Write(MsMailReceipt receipt, MsMailProfile profile)
    {
        var text = new StringBuilder(Mark).Append("\r\n\r\nYour message:\r\n\r\n");
        Pair(text, $"To: {receipt.OriginalTo}", receipt.SentAt is { } day ? $"Date: {MailFailureText.Day(day, profile.DateOrder)}" : "", profile);
        Pair(text, $"Subject: {receipt.OriginalSubject}", receipt.SentAt is { } time ? $"Time: {MailFailureText.Time(time)}" : "", profile);
        return receipt.ReadAt is { } at
            ? text.Append("\r\nWas read ").Append(MailFailureText.Day(at, profile.DateOrder)).Append(' ').Append(MailFailureText.Time(at)).Append("\r\n").ToString()
            : text.ToString();
    }

    private static bool IsMark(string line) => MailFailureText.TryCode(line, out var code, out _) && code == FailureCode.ReadReceipt;

    private static void Pair(StringBuilder text, string left, string right, MsMailProfile profile)
    {
        var separator = right.Length == 0 ? "" : left.Length + right.Length + 4 <= profile.LineLimit ? "    " : "\r\n";
        text.Append(left).Append(separator).Append(right).Append("\r\n");
    }

    private static string? Value(string[] lines, string keyword) => lines.Select(line => Behind(line, keyword)).FirstOrDefault(value => value is not null);

    private static string? Behind(string line, string keyword)
    {
        var text = line.TrimStart();
        return text.StartsWith(keyword, StringComparison.OrdinalIgnoreCase) ? text[keyword.Length..].Trim() : null;
    }

    private static string? Before(string? value, string keyword) =>
        value?.LastIndexOf(keyword, StringComparison.OrdinalIgnoreCase) is >= 0 and var at ? value[..at].Trim() : value;
}
