using System.Globalization;
using System.Text;

namespace Postern.Domain.Formats.MsMail;

/// <summary>Reads the header lines of one message. Tokens are taken in any order and in any case.</summary>
internal sealed class MmffHeader(ByteSource source, MsMailProfile profile)
{
    private const int LongestToken = 40;
    private const int AttachmentLimit = 1_000;
    private const int EarliestYear = 1980;

    /// <summary>Takes one line; true when it ends the header.</summary>
    public bool Add(MmffDraft draft, MmffLine line, int number)
    {
        if (line.IsMixed)
        {
            draft.Fault(MmffFault.MixedLineEnds, line.TextEnd, number, "The line ends otherwise than the first one of the message.");
        }

        var colon = source.IndexOf((byte)':', line.Start, line.TextEnd);
        if (colon < 0 || colon == line.Start || colon - line.Start > LongestToken)
        {
            draft.Fault(MmffFault.StrayLine, line.Start, number, "The line has no token and a colon.");
            return false;
        }

        var token = Encoding.Latin1.GetString(source.Copy(line.Start, colon)).Trim().ToUpperInvariant();
        var value = colon + 1 < line.TextEnd ? profile.Decode(source.Slice(colon + 1, line.TextEnd)).Trim() : "";
        return Take(draft, new Field(token, value, line, number));
    }

    /// <summary>Says what is missing, once the header is read, and puts date and time together.</summary>
    public static void Check(MmffDraft draft, long at)
    {
        var from = MsMailAddressText.Parse(draft.FromText ?? "");
        draft.From = from.IsEmpty ? null : from;
        if (from.IsEmpty)
        {
            draft.Fault(MmffFault.MissingFrom, at, 0, "The message has no sender.");
        }

        if (draft.Recipients.Count == 0)
        {
            draft.Fault(MmffFault.NoRecipients, at, 0, "The message has no recipient.");
        }

        ReadDate(draft, at);
    }

    private bool Take(MmffDraft draft, Field field)
    {
        switch (field.Token)
        {
            case "VERSION":
                draft.Version = Once(draft, field, draft.Version);
                return false;
            case "TO":
                Recipient(draft, field, RecipientClass.To);
                return false;
            case "CC":
                Recipient(draft, field, RecipientClass.Cc);
                return false;
            case "BCC":
                Recipient(draft, field, RecipientClass.Bcc);
                return false;
            case "FROM":
                draft.FromText = Once(draft, field, draft.FromText);
                return false;
            case "DATE":
                draft.DateText = Once(draft, field, draft.DateText);
                return false;
            case "TIME":
                draft.TimeText = Once(draft, field, draft.TimeText);
                return false;
            case "SUBJECT":
                draft.Subject = Once(draft, field, draft.Subject);
                return false;
            case "PRIORITY":
                draft.Priority = Once(draft, field, draft.Priority);
                return false;
            case "ATTACHMENT" or "ATTACHMENTS":
                Attachment(draft, field);
                return false;
            case "XATTACH":
                External(draft, field);
                return false;
            case "TEXT":
                draft.BodySize = Size(field.Value);
                if (draft.BodySize is null)
                {
                    draft.Fault(MmffFault.NoSize, field.Line.Start, field.Number, $"“{field.Value}” is no number of bytes.");
                }

                return true;
            case "XTEXT":
                draft.BodySize = 0;
                draft.Fault(MmffFault.ExternalContent, field.Line.Start, field.Number, $"The text lies in the file “{field.Value}”.");
                return true;
            default:
                draft.Extra(field.Token, field.Value);
                draft.Fault(MmffFault.UnknownToken, field.Line.Start, field.Number, $"“{field.Token}” is a token this reader does not know.");
                return false;
        }
    }

    private static string Once(MmffDraft draft, Field field, string? earlier)
    {
        if (earlier is not null)
        {
            draft.Fault(MmffFault.RepeatedLine, field.Line.Start, field.Number, $"A second {field.Token} line; the first one counts.");
        }

        return earlier ?? field.Value;
    }

    private static void Recipient(MmffDraft draft, Field field, RecipientClass kind)
    {
        var address = MsMailAddressText.Parse(field.Value);
        if (address.IsEmpty)
        {
            draft.Fault(MmffFault.EmptyRecipient, field.Line.Start, field.Number, "A recipient without an address.");
        }

        draft.Recipients.Add(new MsMailRecipient(kind, address, field.Number));
    }

    // A name may hold blanks (files of Macintosh users); the last word is the size
    private static void Attachment(MmffDraft draft, Field field)
    {
        var blank = field.Value.LastIndexOf(' ');
        var size = Size(field.Value[(blank + 1)..]);
        if (size is null)
        {
            draft.Fault(MmffFault.NoSize, field.Line.Start, field.Number, $"The attachment “{field.Value}” has no number of bytes.");
        }

        Add(draft, field, new AttachmentLine(size is null ? field.Value : field.Value[..Math.Max(blank, 0)].TrimEnd(), size, IsExternal: false));
    }

    private void External(MmffDraft draft, Field field)
    {
        var separator = field.Value.IndexOf(profile.ExternalNameSeparator, StringComparison.Ordinal);
        var name = separator < 0 ? field.Value : field.Value[(separator + 1)..].Trim();
        draft.Fault(MmffFault.ExternalContent, field.Line.Start, field.Number, $"The attachment lies in the file “{field.Value}”.");
        Add(draft, field, new AttachmentLine(name, null, IsExternal: true));
    }

    private static void Add(MmffDraft draft, Field field, AttachmentLine attachment)
    {
        if (draft.AttachmentLines.Count < AttachmentLimit)
        {
            draft.AttachmentLines.Add(attachment);
        }
        else
        {
            draft.Fault(MmffFault.TooManyAttachments, field.Line.Start, field.Number, $"More than {AttachmentLimit} attachments.");
        }
    }

    private static long? Size(string text) =>
        text.Length is > 0 and <= 18 && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : null;

    // Year 00 and 1900 stand for a clock that was never set (Q170137)
    private static void ReadDate(MmffDraft draft, long at)
    {
        if (draft.DateText is not { Length: > 0 } date)
        {
            return;
        }

        var isDay = LocalDate.TryParse(date, DateOrder.YearMonthDay, out var day) && day.Year >= EarliestYear;
        var isTime = draft.TimeText is null or "";
        var whole = day;
        if (isDay && !isTime)
        {
            isTime = LocalDate.TryParse($"{date} {draft.TimeText}", DateOrder.YearMonthDay, out whole);
        }

        draft.Date = !isDay ? null : isTime ? whole : day;
        if (!isDay || !isTime)
        {
            draft.Fault(MmffFault.InvalidDate, at, 0, $"“{date} {draft.TimeText}” is no date.");
        }
    }

    private readonly record struct Field(string Token, string Value, MmffLine Line, int Number);
}
