namespace Postern.Domain.Formats.CcMail;

/// <summary>A bounce that a cc:Mail router made and that came out of the post office as an ordinary message (Q228743).</summary>
public sealed record RouterBounce(IReadOnlyList<CcMailAddressText> Failed, string OriginalSubject, string ReasonText);

/// <summary>A read receipt of a cc:Mail client: who read what, and when where the last line tells (Q252819).</summary>
public sealed record ReadReceipt(string OriginalSubject, string TimeText, DateTime? ReadAt);

/// <summary>Recognises bounces and receipts among ordinary messages by their words; only these, so that no person's mail is mistaken.</summary>
public static class NotDeliverableText
{
    private const string BounceSubject = "Message not deliverable";
    private const string FailedMark = "Not deliverable to";
    private const string ReadMark = "was read on ";
    private const int ScanLimit = 131_072;
    private const int FailedLimit = 1_000;

    /// <summary>
    /// A message with the subject <c>Message not deliverable</c>; names are those after <c>Not deliverable to</c>, on the same line or on the
    /// indented lines below it.
    /// </summary>
    public static bool TryBounce(CcMailMessage message, CcMailProfile profile, out RouterBounce bounce)
    {
        bounce = new RouterBounce([], "", "");
        if (!message.Subject.Trim().Equals(BounceSubject, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var failed = new List<CcMailAddressText>();
        var reasons = new List<string>();
        var subject = "";
        var isList = false;
        foreach (var line in TextLinesOf(message, profile))
        {
            var text = line.Trim().Trim('*').Trim();
            var mark = text.IndexOf(FailedMark, StringComparison.OrdinalIgnoreCase);
            if (mark >= 0)
            {
                reasons.Add(text);
                var name = text[(mark + FailedMark.Length)..].TrimStart(':', ' ', '\t');
                isList = true;
                Add(failed, name);
            }
            else if (isList && line.Length > 0 && line[0] is ' ' or '\t' && text.Length > 0 && !IsKeyword(text))
            {
                Add(failed, text);
            }
            else
            {
                isList = false;
                subject = subject.Length == 0 && text.StartsWith("Subject:", StringComparison.OrdinalIgnoreCase) ? text[8..].Trim() : subject;
            }
        }

        bounce = new RouterBounce(failed, subject, string.Join("\r\n", reasons.Take(FailedLimit)));
        return true;
    }

    /// <summary>A message with an <c>RRT:</c> line, or whose last text line says <c>was read on m/d/yyyy h:mm</c>.</summary>
    public static bool TryReceipt(CcMailMessage message, CcMailProfile profile, out ReadReceipt receipt)
    {
        var last = TextLinesOf(message, profile).LastOrDefault(l => l.Trim().Length > 0) ?? "";
        var mark = last.IndexOf(ReadMark, StringComparison.OrdinalIgnoreCase);
        var time = mark < 0 ? "" : last[(mark + ReadMark.Length)..].Trim().TrimEnd('.');
        DateTime? readAt = LocalDate.TryParse(time, profile.DateOrder, out var date) ? date : null;
        receipt = new ReadReceipt(SubjectOf(message.Subject), time, readAt);
        return readAt is not null || message.ExtraHeaders.Any(h => h.Name.Equals("RRT", StringComparison.OrdinalIgnoreCase));
    }

    private static string SubjectOf(string subject)
    {
        foreach (var prefix in (ReadOnlySpan<string>)["Read:", "Registered:", "Receipt:", "Lu:", "Lu :"])
        {
            if (subject.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            {
                return subject[prefix.Length..].Trim();
            }
        }

        return subject.Trim();
    }

    private static bool IsKeyword(string text) =>
        text.IndexOf(':', StringComparison.Ordinal) is > 0 and < 20 and var colon && text.AsSpan(0, colon).IndexOf(' ') < 0;

    private static void Add(List<CcMailAddressText> failed, string name)
    {
        name = name.Trim('"', ' ', '\t');
        if (name.Length > 0 && failed.Count < FailedLimit)
        {
            failed.Add(CcMailAddressText.Parse(name));
        }
    }

    private static IEnumerable<string> TextLinesOf(CcMailMessage message, CcMailProfile profile) => message.Items
        .Where(i => i.Kind == ItemKind.Text && !i.IsRichText)
        .SelectMany(i => profile.Decode(i.Data.Slice(0, Math.Min(i.Data.Length, ScanLimit))).Split('\n'))
        .Select(l => l.TrimEnd('\r', ' ', '\u001A'));
}
