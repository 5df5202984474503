using System.Globalization;

namespace Postern.Domain.Formats;

/// <summary>"Locale Date Format" of the original connector (Q180641): the order of a date's parts.</summary>
public enum DateOrder
{
    /// <summary>US, <c>m/d/yy</c>.</summary>
    MonthDayYear,

    /// <summary>European, <c>dd/mm/yy</c>.</summary>
    DayMonthYear,

    /// <summary>Japanese, <c>yy/mm/dd</c>.</summary>
    YearMonthDay,
}

/// <summary>
/// Dates as the programs of the old post offices write them: local time of the post office, two or four digits of year, with or without AM/PM.
/// Nothing depends on the machine's locale (Q165482).
/// </summary>
public static class LocalDate
{
    /// <summary>Two-digit years below this are 20xx, others 19xx; the rule of the migration programs of the time (Q192595).</summary>
    private const int Pivot = 70;

    /// <summary>
    /// Reads a date in the given order, and in another order when only that makes a day that exists. False for what is no date or an
    /// impossible one such as <c>2/31/99</c> (Q233325); the caller keeps the text.
    /// </summary>
    public static bool TryParse(string text, DateOrder order, out DateTime date)
    {
        date = default;
        var rest = text.AsSpan().Trim();
        Span<int> parts = stackalloc int[3];
        Span<int> digits = stackalloc int[3];
        for (var i = 0; i < 3; i++)
        {
            if (!TakeNumber(ref rest, 4, out parts[i], out digits[i]) || (i < 2 && !TakeAny(ref rest, "/-.")))
            {
                return false;
            }
        }

        if (!TryTime(rest, out var time))
        {
            return false;
        }

        if (digits[0] == 4)
        {
            return TryDay(parts[0], 4, parts[1], parts[2], time, out date);
        }

        return order switch
        {
            DateOrder.DayMonthYear => TryDay(parts[2], digits[2], parts[1], parts[0], time, out date),
            DateOrder.YearMonthDay => TryDay(parts[0], digits[0], parts[1], parts[2], time, out date)
                || TryDay(parts[2], digits[2], parts[0], parts[1], time, out date),
            _ => TryDay(parts[2], digits[2], parts[0], parts[1], time, out date),
        };
    }

    /// <summary>The form of the genuine samples: <c>6/2/98 8:39</c>; European and Japanese order with two digits each (Q180641).</summary>
    public static string Format(DateTime date, DateOrder order, bool usesTwelveHours)
    {
        var pattern = order switch
        {
            DateOrder.DayMonthYear => "dd/MM/yy ",
            DateOrder.YearMonthDay => "yy/MM/dd ",
            _ => "M/d/yy ",
        };
        return date.ToString(pattern + (usesTwelveHours ? "h:mmtt" : "H:mm"), CultureInfo.InvariantCulture);
    }

    /// <summary>True when the text is a date alone, in any order of parts: the rule that tells a title's date from a name.</summary>
    internal static bool IsDateShape(ReadOnlySpan<char> text) =>
        TakeNumber(ref text, 4, out _, out _) && TakeAny(ref text, "/-.")
        && TakeNumber(ref text, 2, out _, out _) && TakeAny(ref text, "/-.")
        && TakeNumber(ref text, 4, out _, out var year) && year >= 2 && text.IsEmpty;

    /// <summary>True for <c>3:10PM</c>, <c>15:10</c>, <c>3:10:05 pm</c>, <c>3.10p</c>.</summary>
    internal static bool IsTimeShape(ReadOnlySpan<char> text) => !text.IsEmpty && TryTime(text, out _, isLax: true);

    private static bool TryDay(int year, int yearDigits, int month, int day, TimeSpan time, out DateTime date)
    {
        date = default;
        if (yearDigits <= 2)
        {
            year += year < Pivot ? 2000 : 1900;
        }

        if (year is < 1 or > 9999 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        date = new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Unspecified) + time;
        return true;
    }

    private static bool TryTime(ReadOnlySpan<char> text, out TimeSpan time, bool isLax = false)
    {
        time = default;
        text = text.Trim();
        if (text.IsEmpty)
        {
            return true;
        }

        var second = 0;
        if (!TakeNumber(ref text, 2, out var hour, out _) || !TakeAny(ref text, ":.")
            || !TakeNumber(ref text, 2, out var minute, out var minuteDigits) || minuteDigits != 2
            || (!text.IsEmpty && text[0] is ':' or '.' && (!TakeAny(ref text, ":.") || !TakeNumber(ref text, 2, out second, out _))))
        {
            return false;
        }

        if (!TryHalf(text.TrimStart(), ref hour))
        {
            return false;
        }

        if (hour == 24 && minute == 0)
        {
            hour = 0;
        }

        if (hour > 23 || minute > 59 || second > 59)
        {
            return isLax;
        }

        time = new TimeSpan(hour, minute, second);
        return true;
    }

    // The half of the day behind a time: A, AM, P, PM in any case, or nothing
    private static bool TryHalf(ReadOnlySpan<char> half, ref int hour)
    {
        var isAfternoon = half is "P" or "p" || half.Equals("PM", StringComparison.OrdinalIgnoreCase);
        var isMorning = half is "A" or "a" || half.Equals("AM", StringComparison.OrdinalIgnoreCase);
        if (isAfternoon && hour < 12)
        {
            hour += 12;
        }
        else if (isMorning && hour == 12)
        {
            hour = 0;
        }

        return half.IsEmpty || isAfternoon || isMorning;
    }

    private static bool TakeNumber(ref ReadOnlySpan<char> text, int maxDigits, out int number, out int digits)
    {
        number = 0;
        for (digits = 0; digits < text.Length && digits < maxDigits && char.IsAsciiDigit(text[digits]); digits++)
        {
            number = (number * 10) + (text[digits] - '0');
        }

        text = text[digits..];
        return digits > 0;
    }

    private static bool TakeAny(ref ReadOnlySpan<char> text, string separators)
    {
        if (text.IsEmpty || !separators.Contains(text[0], StringComparison.Ordinal))
        {
            return false;
        }

        text = text[1..];
        return true;
    }
}
