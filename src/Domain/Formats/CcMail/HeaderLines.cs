namespace Postern.Domain.Formats.CcMail;

/// <summary>Gives the header lines of a message their meaning. Every line is taken; what has no meaning is kept as it is.</summary>
internal sealed class HeaderLines(SourceLines lines, ByteSource source, CcMailProfile profile)
{

    public void Add(ReadDraft draft, SourceLine line)
    {
        if (!lines.TryKeyword(line.Start, out var colon) || colon >= line.TextEnd)
        {
            AddStray(draft, line);
            return;
        }

        var name = lines.Ascii(line.Start, colon).TrimEnd();
        var value = Decode(colon + 1, line.TextEnd);
        value = value.StartsWith(' ') ? value[1..] : value;
        switch (name.ToUpperInvariant())
        {
            case "FROM" when draft.From is null && value.Trim().Length > 0:
                draft.From = CcMailAddressText.Parse(value);
                break;
            case "FROM" when draft.From is null:
                break;
            case "DATE" when draft.DateText is null:
                AddDate(draft, line, value.Trim());
                break;
            case "SUBJECT" when draft.Subject is null:
                draft.Subject = value.TrimEnd();
                break;
            case "TO":
                AddRecipients(draft, line, RecipientClass.To, value);
                break;
            case "CC":
                AddRecipients(draft, line, RecipientClass.Cc, value);
                break;
            case "BCC":
                AddRecipients(draft, line, RecipientClass.Bcc, value);
                break;
            default:
                draft.ExtraHeaders.Add(new ExtraHeader(name, value.Trim()));
                break;
        }
    }

    public static void Check(ReadDraft draft, long offset)
    {
        if (draft.From is null || draft.From.IsEmpty)
        {
            draft.Fault(ReadFault.MissingFrom, draft.Start, "The message names no sender.");
        }

        if (draft.Recipients.Count == 0)
        {
            draft.Fault(ReadFault.NoRecipients, offset, "The message names no recipient.");
        }

        if (draft.DateText is null)
        {
            draft.Fault(ReadFault.InvalidDate, draft.Start, "The message has no date.");
        }
    }

    private void AddDate(ReadDraft draft, SourceLine line, string text)
    {
        draft.DateText = text;
        if (LocalDate.TryParse(text, profile.DateOrder, out var date))
        {
            draft.Date = date;
            return;
        }

        draft.Fault(ReadFault.InvalidDate, line.Start, $"“{text}” is no date.");
    }

    private static void AddRecipients(ReadDraft draft, SourceLine line, RecipientClass kind, string value)
    {
        var reason = TakeReason(ref value);
        foreach (var part in SplitList(value))
        {
            var address = CcMailAddressText.Parse(part);
            if (address.IsEmpty)
            {
                draft.Fault(ReadFault.EmptyRecipient, line.Start, $"The recipient “{part.Trim()}” has no name.");
            }

            draft.Recipients.Add(new CcMailRecipient(kind, address) { Reasons = reason.Length > 0 ? [reason] : [] });
        }
    }

    // Commas belong to names: a line is a list only when every part names a post office.
    private static string[] SplitList(string value)
    {
        if (!value.Contains(',', StringComparison.Ordinal))
        {
            return [value];
        }

        var parts = value.Split(',');
        return parts.All(p => p.TrimEnd().Contains(" at ", StringComparison.OrdinalIgnoreCase) && p.Trim().Length > 0) ? parts : [value];
    }

    private void AddStray(ReadDraft draft, SourceLine line)
    {
        var text = Decode(line.Start, line.TextEnd).Trim();
        if (text.Length == 0 || text.All(c => c == '\u001A'))
        {
            return;
        }

        if (!ReasonLine.TryRead(text, out var reason))
        {
            draft.Fault(ReadFault.StrayLine, line.Start, "A line in the header is no keyword line: " + Shortened(text));
            return;
        }

        if (draft.Recipients.Count == 0)
        {
            draft.Reasons.Add(reason);
            return;
        }

        var last = draft.Recipients[^1];
        if (last.Reasons.Count < 20 && !last.Reasons.Contains(reason))
        {
            draft.Recipients[^1] = last with { Reasons = [.. last.Reasons, reason] };
        }
    }

    private static string TakeReason(ref string value)
    {
        var stars = value.IndexOf("***", StringComparison.Ordinal);
        if (stars <= 0 || !ReasonLine.TryRead(value[stars..], out var reason))
        {
            return "";
        }

        value = value[..stars].TrimEnd();
        return reason;
    }

    private string Decode(long start, long end) => end <= start ? "" : profile.Decode(source.Slice(start, end));

    private static string Shortened(string text) => text.Length > 80 ? text[..80] + "…" : text;
}
