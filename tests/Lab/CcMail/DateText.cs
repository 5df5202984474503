using System.Globalization;

namespace Postern.Lab.CcMail;

/// <summary>Dates of message files (formats 4): IMPORT takes one order of day, month and year and refuses the rest (Q180641).</summary>
internal static class DateText
{
    private static readonly char[] DateSeparators = ['/', '-', '.'];

    /// <summary>Whether IMPORT with that date order can read the value. Impossible days are not dates.</summary>
    public static bool IsReadable(string text, string order)
    {
        var blank = text.IndexOf(' ', StringComparison.Ordinal);
        return blank > 0 && IsDate(text[..blank], order) && IsTime(text[(blank + 1)..].Trim());
    }

    /// <summary>The form that the one known sample shows: <c>6/2/98 8:39</c>, in the post office's order.</summary>
    public static string Format(DateTimeOffset moment, string order) => moment.ToString(
        order switch
        {
            "european" => "dd/MM/yy H:mm",
            "japanese" => "yy/MM/dd H:mm",
            _ => "M/d/yy H:mm",
        },
        CultureInfo.InvariantCulture);

    private static bool IsDate(string text, string order)
    {
        var parts = text.Split(DateSeparators);
        var numbers = new int[3];
        for (var i = 0; i < 3; i++)
        {
            if (parts.Length != 3 || parts[i].Length is < 1 or > 4 || !TryRead(parts[i], out numbers[i]))
            {
                return false;
            }
        }

        var (year, month, day) = order switch
        {
            "european" => (numbers[2], numbers[1], numbers[0]),
            "japanese" => (numbers[0], numbers[1], numbers[2]),
            _ => (numbers[2], numbers[0], numbers[1]),
        };
        var fullYear = year < 70 ? 2000 + year : year < 100 ? 1900 + year : year;
        return fullYear is > 1900 and < 2100 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(fullYear, month);
    }

    private static bool IsTime(string text)
    {
        var hasHalf = text.EndsWith("AM", StringComparison.OrdinalIgnoreCase) || text.EndsWith("PM", StringComparison.OrdinalIgnoreCase);
        var parts = (hasHalf ? text[..^2].Trim() : text).Split(':');
        return parts.Length is 2 or 3
            && parts.Skip(1).All(part => part.Length == 2)
            && TryRead(parts[0], out var hour) && hour <= (hasHalf ? 12 : 23)
            && parts.Skip(1).All(part => TryRead(part, out var number) && number < 60);
    }

    private static bool TryRead(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
