using Postern.Domain.Conversion;

namespace Postern.Domain.Formats.CcMail;

/// <summary>Header lines for IMPORT: one line each, in the post office's code page, without what makes IMPORT hang.</summary>
internal static class ImportHeader
{
    public const int SubjectLimit = 60;
    public const int TitleLimit = 30;

    /// <summary>Lines in the order of the genuine sample (Q184052): From, Date, To, cc, Bcc, Subject.</summary>
    public static List<byte[]> Lines(ImportMessage message, CcMailProfile profile, List<ConversionLoss> losses)
    {
        var lines = new List<byte[]>
        {
            Line("From: ", Sender(message.From, profile, losses), profile),
            Line("Date: ", LocalDate.Format(message.Date, profile.DateOrder, profile.UsesTwelveHours), profile),
        };
        foreach (var kind in (ReadOnlySpan<RecipientClass>)[RecipientClass.To, RecipientClass.Cc, RecipientClass.Bcc])
        {
            foreach (var recipient in message.Recipients)
            {
                if (recipient.Class == kind)
                {
                    var address = Address("recipient", recipient.Address, profile, losses);
                    lines.Add(Line(Keyword(kind), address, profile));
                }
            }
        }

        if (profile.WritesPriority && message.Priority.Length > 0)
        {
            lines.Add(Line("Priority: ", Value("priority", message.Priority, profile, losses), profile));
        }

        var subject = Subject(message.Subject, profile, losses);
        lines.Add(Line(subject.Length > 0 ? "Subject: " : "Subject:", subject, profile));
        return lines;
    }

    public static byte[] RecipientLine(ImportRecipient recipient, CcMailProfile profile) =>
        Line(Keyword(recipient.Class), Address("recipient", recipient.Address, profile, []), profile);

    /// <summary>Never empty: a message with an empty From got stuck (Q192594).</summary>
    public static string Sender(string from, CcMailProfile profile, List<ConversionLoss> losses)
    {
        var sender = Address("sender", from, profile, losses);
        if (sender.Length > 0 && !sender.StartsWith("at ", StringComparison.OrdinalIgnoreCase))
        {
            return sender;
        }

        var postmaster = Address("sender", $"Postmaster at {profile.SitePostOffice}", profile, losses);
        losses.Add(ConversionLoss.Of(LossKind.Added, "sender", from, postmaster));
        return postmaster;
    }

    /// <summary>Import 8.x never comes back from a bracket in an address (Q232687): both kinds become parentheses, before encoding,
    /// so that trail bytes of double-byte characters are not touched (Q198861).</summary>
    public static string Address(string what, string address, CcMailProfile profile, List<ConversionLoss> losses)
    {
        var value = Value(what, address, profile, losses);
        if (value.AsSpan().IndexOfAny('[', ']') < 0)
        {
            return value;
        }

        var replaced = Parenthesized(value);
        losses.Add(ConversionLoss.Of(LossKind.Replaced, what, value, replaced));
        return replaced;
    }

    /// <summary>At most 60 bytes; a pair of brackets becomes parentheses, one alone stays (Q234350).</summary>
    public static string Subject(string subject, CcMailProfile profile, List<ConversionLoss> losses)
    {
        var value = Value("subject", subject, profile, losses);
        if (profile.ReplacesSubjectBrackets && value.Contains('[', StringComparison.Ordinal) && value.Contains(']', StringComparison.Ordinal))
        {
            var replaced = Parenthesized(value);
            losses.Add(ConversionLoss.Of(LossKind.Replaced, "subject", value, replaced));
            value = replaced;
        }

        return Shortened("subject", value, SubjectLimit, profile, losses);
    }

    public static string Title(string title, CcMailProfile profile, List<ConversionLoss> losses) =>
        Shortened("item title", Value("item title", title, profile, losses), TitleLimit, profile, losses);

    /// <summary>One line of the post office's code page.</summary>
    public static string Value(string what, string text, CcMailProfile profile, List<ConversionLoss> losses) =>
        SingleLine.Of(what, text, profile.CodePage, losses);

    private static string Shortened(string what, string value, int limit, CcMailProfile profile, List<ConversionLoss> losses)
    {
        var cut = OemText.Cut(value, limit, profile.TextEncoding).TrimEnd();
        if (cut.Length < value.Length)
        {
            losses.Add(ConversionLoss.Of(LossKind.Shortened, what, value, cut));
        }

        return cut;
    }

    private static string Parenthesized(string text) => text.Replace('[', '(').Replace(']', ')');

    private static string Keyword(RecipientClass kind) => kind switch
    {
        RecipientClass.To => "To: ",
        RecipientClass.Cc => "cc: ",
        _ => "Bcc: ",
    };

    private static byte[] Line(string keyword, string value, CcMailProfile profile) =>
        profile.TextEncoding.GetBytes($"{keyword}{value}\r\n");
}
