using System.Globalization;

namespace Postern.Domain.Mime;

/// <summary>Reads and writes the dates of mail headers (RFC 5322, 3.3 and 4.3), and reads the shapes that old programs send.</summary>
public static class MessageDate
{
    private const int LongestRead = 200;

    private static readonly string[] Months =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

    /// <summary>"Fri, 21 Nov 1997 09:55:06 -0600".</summary>
    public static string Format(DateTimeOffset date)
    {
        var offset = date.Offset;
        var sign = offset < TimeSpan.Zero ? '-' : '+';
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{date:ddd, dd MMM yyyy HH:mm:ss} {sign}{Math.Abs(offset.Hours):00}{Math.Abs(offset.Minutes):00}");
    }

    /// <summary>Reads a date; a missing or unknown zone is taken as UTC, and a zone beyond 14 hours is folded into UTC.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset date)
    {
        date = default;
        Span<char> buffer = stackalloc char[LongestRead];
        var words = new Words(WithoutComments(text, buffer));
        if (!words.TryTake(out var word))
        {
            return false;
        }

        // The day of the week adds nothing and is often wrong.
        if (char.IsAsciiLetter(word[0]) && !words.TryTake(out word))
        {
            return false;
        }

        return char.IsAsciiLetter(word[0])
            ? TryUnixOrder(word, ref words, out date)
            : TryMailOrder(word, ref words, out date);
    }

    private static bool TryMailOrder(ReadOnlySpan<char> day, ref Words words, out DateTimeOffset date)
    {
        date = default;
        return TryNumber(day, 2, out var dayNumber)
            && words.TryTake(out var month)
            && words.TryTake(out var year)
            && words.TryTake(out var time)
            && TryYear(year, out var yearNumber)
            && TryMake(yearNumber, Month(month), dayNumber, time, ref words, out date);
    }

    /// <summary>"Jan  2 15:04:05 2006", as ctime writes it, with or without a zone before the year.</summary>
    private static bool TryUnixOrder(ReadOnlySpan<char> month, ref Words words, out DateTimeOffset date)
    {
        date = default;
        if (!words.TryTake(out var day) || !TryNumber(day, 2, out var dayNumber) || !words.TryTake(out var time)
            || !words.TryTake(out var year))
        {
            return false;
        }

        var zone = default(ReadOnlySpan<char>);
        if (!char.IsAsciiDigit(year[0]))
        {
            zone = year;
            if (!words.TryTake(out year))
            {
                return false;
            }
        }

        var rest = zone.IsEmpty ? words : new Words(zone);
        return TryYear(year, out var yearNumber) && TryMake(yearNumber, Month(month), dayNumber, time, ref rest, out date);
    }

    private static bool TryMake(int year, int month, int day, ReadOnlySpan<char> time, ref Words rest, out DateTimeOffset date)
    {
        date = default;
        if (month == 0 || year is < 1900 or > 9990 || day < 1 || day > DateTime.DaysInMonth(year, month) || !TryTime(time, out var clock))
        {
            return false;
        }

        var zone = rest.TryTake(out var word) ? Zone(word) : TimeSpan.Zero;
        var local = new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Unspecified) + clock;
        date = zone.Duration() <= TimeSpan.FromHours(14)
            ? new DateTimeOffset(local, zone)
            : new DateTimeOffset(local - zone, TimeSpan.Zero);
        return true;
    }

    private static bool TryTime(ReadOnlySpan<char> text, out TimeSpan time)
    {
        time = default;
        Span<Range> parts = stackalloc Range[4];
        var count = text.SplitAny(parts, ":.");
        var second = 0;
        if (count < 2 || !TryNumber(text[parts[0]], 2, out var hour) || !TryNumber(text[parts[1]], 2, out var minute)
            || (count > 2 && !TryNumber(text[parts[2]], 2, out second)) || hour > 23 || minute > 59 || second > 60)
        {
            return false;
        }

        // A leap second has no place in a DateTime.
        time = new TimeSpan(hour, minute, Math.Min(second, 59));
        return true;
    }

    private static bool TryYear(ReadOnlySpan<char> text, out int year)
    {
        if (!TryNumber(text, 4, out year))
        {
            return false;
        }

        // RFC 5322, 4.3: two digits below 50 are this century, all other short years count from 1900.
        year += text.Length == 2 && year < 50 ? 2000 : text.Length is 2 or 3 ? 1900 : 0;
        return text.Length >= 2;
    }

    private static int Month(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < Months.Length; i++)
        {
            if (text.Length >= 3 && text[..3].Equals(Months[i], StringComparison.OrdinalIgnoreCase))
            {
                return i + 1;
            }
        }

        return 0;
    }

    private static TimeSpan Zone(ReadOnlySpan<char> text)
    {
        if (text[0] is not ('+' or '-'))
        {
            return NamedZone(text);
        }

        Span<char> digits = stackalloc char[4];
        var count = 0;
        foreach (var c in text[1..])
        {
            if (char.IsAsciiDigit(c) && count < 4)
            {
                digits[count++] = c;
            }
        }

        if (count != 4)
        {
            return TimeSpan.Zero;
        }

        var number = int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
        var offset = new TimeSpan(number / 100, Math.Min(number % 100, 59), 0);
        return text[0] == '-' ? -offset : offset;
    }

    /// <summary>RFC 5322, 4.3. Military letters were defined wrongly once and mean UTC since.</summary>
    private static TimeSpan NamedZone(ReadOnlySpan<char> text)
    {
        Span<char> name = stackalloc char[4];
        if (text.Length > name.Length)
        {
            return TimeSpan.Zero;
        }

        text.ToUpperInvariant(name);
        return TimeSpan.FromHours(name[..text.Length] switch
        {
            "EDT" => -4,
            "EST" or "CDT" => -5,
            "CST" or "MDT" => -6,
            "MST" or "PDT" => -7,
            "PST" => -8,
            "CET" or "MEZ" or "BST" => 1,
            "CEST" or "MESZ" or "EET" => 2,
            _ => 0,
        });
    }

    private static bool TryNumber(ReadOnlySpan<char> text, int longest, out int number)
    {
        number = 0;
        return text.Length <= longest && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    private static ReadOnlySpan<char> WithoutComments(ReadOnlySpan<char> text, Span<char> buffer)
    {
        var depth = 0;
        var length = 0;
        foreach (var c in text[..Math.Min(text.Length, buffer.Length)])
        {
            depth += c == '(' ? 1 : 0;
            buffer[length] = c is ',' or '\r' or '\n' or '\t' ? ' ' : c;
            length += depth == 0 ? 1 : 0;
            depth -= c == ')' && depth > 0 ? 1 : 0;
        }

        return buffer[..length];
    }

    private ref struct Words(ReadOnlySpan<char> text)
    {
        private ReadOnlySpan<char> rest = text;

        public bool TryTake(out ReadOnlySpan<char> word)
        {
            rest = rest.TrimStart(' ');
            var end = rest.IndexOf(' ');
            word = end < 0 ? rest : rest[..end];
            rest = rest[word.Length..];
            return !word.IsEmpty;
        }
    }
}
