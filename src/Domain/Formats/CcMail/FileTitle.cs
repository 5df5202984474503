namespace Postern.Domain.Formats.CcMail;

/// <summary>
/// The title of a file item taken apart: the file's name, and the date that the sender's client put after it in its own locale
/// (<c>Abc.wk4 5/6/97 3:10PM</c>, <c>Att.txt 9-11-1998</c>).
/// </summary>
public sealed record FileTitle(string Name, string DateText)
{
    /// <summary>Takes date and time off the end only, so that names with digits, blanks, dots or dates of their own stay whole
    /// (Q166610, Q186216, Q192700). One pass from the right: no title can make it slow.</summary>
    public static FileTitle Parse(string title)
    {
        var text = title.AsSpan().Trim();
        var last = LastWord(text, text.Length);
        var dateStart = -1;

        // "3:10 PM": the half of the day is a word of its own
        var word = text[last..];
        var timeStart = text.Length;
        if (word.Equals("AM", StringComparison.OrdinalIgnoreCase) || word.Equals("PM", StringComparison.OrdinalIgnoreCase)
            || word.Equals("A", StringComparison.OrdinalIgnoreCase) || word.Equals("P", StringComparison.OrdinalIgnoreCase))
        {
            var before = LastWord(text, TrimmedEnd(text, last));
            if (before < last && LocalDate.IsTimeShape(text[before..]))
            {
                timeStart = before;
            }
        }
        else if (LocalDate.IsTimeShape(word))
        {
            timeStart = last;
        }

        if (timeStart < text.Length)
        {
            var end = TrimmedEnd(text, timeStart);
            var date = LastWord(text, end);
            dateStart = LocalDate.IsDateShape(text[date..end]) ? date : -1;
        }
        else if (LocalDate.IsDateShape(word))
        {
            dateStart = last;
        }

        return dateStart <= 0
            ? new FileTitle(text.ToString(), "")
            : new FileTitle(text[..dateStart].TrimEnd().ToString(), text[dateStart..].ToString());
    }

    /// <summary>The date in the post office's order; false when there is none or it is impossible.</summary>
    public bool TryDate(DateOrder order, out DateTime date) => LocalDate.TryParse(DateText, order, out date);

    private static int TrimmedEnd(ReadOnlySpan<char> text, int end)
    {
        while (end > 0 && char.IsWhiteSpace(text[end - 1]))
        {
            end--;
        }

        return end;
    }

    private static int LastWord(ReadOnlySpan<char> text, int end)
    {
        var start = end;
        while (start > 0 && !char.IsWhiteSpace(text[start - 1]))
        {
            start--;
        }

        return start;
    }
}
