using System.Globalization;
using System.Text;

namespace Postern.Domain.Formats.MsMail;

/// <summary>Recognises reports of MS Mail among ordinary messages by their sender and words, and writes them in the same form.</summary>
/// <remarks>
/// A report is mail from POSTMASTER with the subject <c>Mail failure</c>: a header of the original, a line of dashes, then <c>[NNN]</c> with
/// its words, and names behind a line that ends in a colon. The original text may follow and is not looked at, whatever stands in it.
/// </remarks>
public static class MailFailureText
{
    public const string Subject = "Mail failure";

    private const string NamesMark = "Mail item was not delivered to:";
    private const string AddressesMark = "while attempting to send to the following addresses:";
    private const string DetailsMark = "Details:";
    private const int ScanLimit = 131_072;
    private const int NameLimit = 1_000;
    private const int ShortestRule = 40;

    private static readonly string Rule = new('-', 64);

    /// <summary>A report; false for any other message, one that a person wrote under that subject among them.</summary>
    public static bool TryRead(MsMailMessage message, MsMailProfile profile, out MailFailure failure)
    {
        failure = new MailFailure { Reasons = [] };
        if (message.From?.IsMailbox(MsMailAddressText.PostmasterMailbox) != true
            || !message.Subject.Trim().Equals(Subject, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var lines = LinesOf(message, profile);
        var first = Array.FindIndex(lines, line => TryCode(line, out _, out _));
        if (first >= 0 && TryCode(lines[first], out var code, out _) && code == FailureCode.ReadReceipt)
        {
            return false;
        }

        var head = lines[..(first < 0 ? 0 : first)];
        var date = $"{Field(head, "DATE:")} {Field(head, "TIME:")}";
        failure = new MailFailure
        {
            Reasons = first < 0 ? [] : Reasons(lines, first),
            OriginalFrom = Field(head, "FROM:"),
            OriginalTo = Field(head, "TO:"),
            OriginalSubject = Field(head, "SUBJECT:"),
            OriginalDate = LocalDate.TryParse(date, profile.DateOrder, out var at) ? at : null,
        };
        return true;
    }

    /// <summary>The text of a report; the sender's own post office shows it as its own reports.</summary>
    public static string Write(MailFailure failure, MsMailProfile profile)
    {
        var text = new StringBuilder();
        text.Append("FROM: ").Append(failure.OriginalFrom).Append("\r\nTO:   ").Append(failure.OriginalTo).Append("\r\n");
        if (failure.OriginalDate is { } date)
        {
            text.Append("DATE: ").Append(Day(date, profile.DateOrder)).Append("\r\nTIME: ").Append(Time(date)).Append("\r\n");
        }

        text.Append("\r\nSUBJECT: ").Append(failure.OriginalSubject).Append("\r\n\r\n").Append(Rule).Append("\r\n\r\n");
        foreach (var reason in failure.Reasons)
        {
            text.Append(CultureInfo.InvariantCulture, $"[{reason.Code:000}] {reason.Text}\r\n");
            text.AppendJoin("", reason.Route.Select(hop => $"{hop.Network,-10}/{hop.PostOffice}\r\n"));
            text.Append(NamesMark).Append("\r\n\r\n").AppendJoin("", reason.Failed.Select(name => name + "\r\n")).Append("\r\n");
        }

        if (failure.Details.Count > 0)
        {
            text.Append(DetailsMark).Append("\r\n").AppendJoin("", failure.Details.Select(detail => detail + "\r\n"));
        }

        return text.ToString();
    }

    /// <summary>A day as reports and receipts of the post office print it, <c>03-14-98</c>.</summary>
    internal static string Day(DateTime date, DateOrder order) => date.ToString(
        order switch
        {
            DateOrder.DayMonthYear => "dd-MM-yy",
            DateOrder.YearMonthDay => "yy-MM-dd",
            _ => "MM-dd-yy",
        },
        CultureInfo.InvariantCulture);

    internal static string Time(DateTime date) => date.ToString("HH:mm", CultureInfo.InvariantCulture);

    /// <summary>The lines of a message's text, as far as one looks at them.</summary>
    internal static string[] LinesOf(MsMailMessage message, MsMailProfile profile) =>
        profile.Decode(message.Body.Slice(0, Math.Min(message.Body.Length, ScanLimit))).ReplaceLineEndings("\n").Split('\n');

    /// <summary>A line <c>[NNN] words</c>.</summary>
    internal static bool TryCode(string line, out int code, out string words)
    {
        code = 0;
        words = "";
        var text = line.AsSpan().Trim();
        if (text.Length < 5 || text[0] != '[' || text[4] != ']'
            || !int.TryParse(text[1..4], NumberStyles.None, CultureInfo.InvariantCulture, out code) || code is < 1 or > FailureCode.Highest)
        {
            return false;
        }

        words = text[5..].Trim().ToString();
        return true;
    }

    // A reason, its names, and at once the next reason or the end: what comes later is the original
    private static List<FailureReason> Reasons(string[] lines, int at)
    {
        var reasons = new List<FailureReason>();
        var left = NameLimit;
        while (at < lines.Length && TryCode(lines[at], out var code, out var words) && left > 0)
        {
            var route = new List<HopName>();
            var failed = new List<string>();
            at++;
            while (at < lines.Length && !TryCode(lines[at], out _, out _) && !IsNamesMark(lines[at]) && !IsRule(lines[at]))
            {
                if (HopName.TryParse(lines[at], out var hop) && route.Count < NameLimit)
                {
                    route.Add(hop);
                }

                at++;
            }

            if (at < lines.Length && IsNamesMark(lines[at]))
            {
                at = Names(lines, at + 1, failed, ref left);
            }

            reasons.Add(new FailureReason(code, words, failed, route));
            at = AfterBlanks(lines, at);
        }

        return reasons;
    }

    private static int Names(string[] lines, int at, List<string> failed, ref int left)
    {
        for (at = AfterBlanks(lines, at); at < lines.Length && lines[at].Trim() is { Length: > 0 } name && !TryCode(name, out _, out _); at++)
        {
            if (left > 0 && !IsRule(name))
            {
                failed.Add(name);
                left--;
            }
        }

        return at;
    }

    private static int AfterBlanks(string[] lines, int at)
    {
        while (at < lines.Length && lines[at].AsSpan().Trim().IsEmpty)
        {
            at++;
        }

        return at;
    }

    private static bool IsNamesMark(string line) =>
        line.TrimEnd().EndsWith(NamesMark, StringComparison.OrdinalIgnoreCase) || line.TrimEnd().EndsWith(AddressesMark, StringComparison.OrdinalIgnoreCase);

    /// <summary>A line of dashes, which closes a header inside a text.</summary>
    internal static bool IsRule(string line) => line.AsSpan().Trim() is { Length: >= ShortestRule } rule && rule.IndexOfAnyExcept('-', '─', '═') < 0;

    private static string Field(string[] head, string keyword) => head
        .Select(line => line.Trim())
        .FirstOrDefault(line => line.StartsWith(keyword, StringComparison.OrdinalIgnoreCase))?[keyword.Length..].Trim() ?? "";
}
