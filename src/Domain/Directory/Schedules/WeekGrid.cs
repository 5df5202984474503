using System.Collections;
using System.Globalization;
using System.Text;

namespace Postern.Domain.Directory.Schedules;

/// <summary>The quarter hours of a week in which something is to begin, as the schedule tabs of the original showed them. The week begins on Monday.</summary>
public sealed class WeekGrid : IEquatable<WeekGrid>
{
    public const int QuartersOfDay = 96;

    private const int Days = 7;

    private static readonly string[] DayNames = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

    private readonly BitArray quarters;

    private WeekGrid(BitArray quarters) => this.quarters = quarters;

    public static WeekGrid Never { get; } = new(new BitArray(Days * QuartersOfDay));

    public static WeekGrid Always { get; } = new(new BitArray(Days * QuartersOfDay, true));

    /// <summary>Once in so many quarters, each day the same: 4 for every full hour.</summary>
    public static WeekGrid Every(int step)
    {
        var quarters = new BitArray(Days * QuartersOfDay);
        for (var day = 0; day < Days; day++)
        {
            for (var quarter = 0; quarter < QuartersOfDay; quarter += Math.Max(1, step))
            {
                quarters[(day * QuartersOfDay) + quarter] = true;
            }
        }

        return new WeekGrid(quarters);
    }

    /// <summary>Whether something is to begin then.</summary>
    /// <param name="quarter">0 for midnight to 95 for 23:45.</param>
    public bool this[DayOfWeek day, int quarter] => quarters[Index(day, quarter)];

    public bool IsEmpty => !quarters.HasAnySet();

    /// <summary>The grid with one quarter set or taken out.</summary>
    public WeekGrid With(DayOfWeek day, int quarter, bool isSet)
    {
        var copy = new BitArray(quarters);
        copy[Index(day, quarter)] = isSet;
        return new WeekGrid(copy);
    }

    /// <summary>
    /// Reads what <see cref="ToString"/> writes: <c>Mon-Fri 02:00, 12:00-13:30; Sun 04:15</c>; <c>always</c>, <c>never</c>, <c>hourly</c>. A span holds
    /// every quarter that begins in it.
    /// </summary>
    public static bool TryParse(string text, out WeekGrid grid, out string fault)
    {
        fault = "";
        grid = text.Trim().ToLowerInvariant() switch { "always" => Always, "hourly" => Every(4), _ => Never };
        if (!grid.IsEmpty || text.Trim().Equals("never", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        var quarters = new BitArray(Days * QuartersOfDay);
        foreach (var part in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var blank = part.IndexOf(' ', StringComparison.Ordinal);
            if (blank < 0 || !TryDays(part[..blank], out var days))
            {
                fault = $"“{part}” does not begin with a day or a span of days such as Mon or Mon-Fri, and a blank.";
                return false;
            }

            foreach (var span in part[blank..].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                if (!TrySpan(span, out var first, out var end))
                {
                    fault = $"“{span}” is not a quarter hour such as 02:15, or a span such as 12:00-13:30.";
                    return false;
                }

                foreach (var day in days)
                {
                    for (var quarter = first; quarter < end; quarter++)
                    {
                        quarters[(day * QuartersOfDay) + quarter] = true;
                    }
                }
            }
        }

        grid = new WeekGrid(quarters);
        return true;
    }

    public override string ToString()
    {
        if (IsEmpty || quarters.HasAllSet())
        {
            return IsEmpty ? "never" : "always";
        }

        var text = new StringBuilder();
        var byDay = Enumerable.Range(0, Days).Select(SpansOf).ToList();
        for (var day = 0; day < Days;)
        {
            var last = day;
            while (last + 1 < Days && byDay[last + 1] == byDay[day])
            {
                last++;
            }

            if (byDay[day].Length > 0)
            {
                text.Append(text.Length > 0 ? "; " : "").Append(DayNames[day]).Append(last > day ? $"-{DayNames[last]}" : "").Append(' ').Append(byDay[day]);
            }

            day = last + 1;
        }

        return text.ToString();
    }

    public bool Equals(WeekGrid? other) => other is not null && ToString() == other.ToString();

    public override bool Equals(object? obj) => Equals(obj as WeekGrid);

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    private static int Index(DayOfWeek day, int quarter) => ((((int)day + 6) % Days) * QuartersOfDay) + quarter;

    private string SpansOf(int day)
    {
        var spans = new List<string>();
        for (var quarter = 0; quarter < QuartersOfDay;)
        {
            var end = quarter;
            while (end < QuartersOfDay && quarters[(day * QuartersOfDay) + end])
            {
                end++;
            }

            if (end > quarter)
            {
                spans.Add(end == quarter + 1 ? TimeOf(quarter) : $"{TimeOf(quarter)}-{TimeOf(end)}");
            }

            quarter = end + 1;
        }

        return string.Join(", ", spans);
    }

    private static string TimeOf(int quarter) => string.Create(CultureInfo.InvariantCulture, $"{quarter / 4:00}:{quarter % 4 * 15:00}");

    private static bool TryDays(string text, out IEnumerable<int> days)
    {
        var ends = text.Split('-').Select(name => Array.FindIndex(DayNames, day => day.Equals(name, StringComparison.OrdinalIgnoreCase))).ToArray();
        days = ends is [var first, .., var last] ? Enumerable.Range(0, ((last - first + Days) % Days) + 1).Select(i => (first + i) % Days) : ends;
        return ends.Length is 1 or 2 && ends.All(day => day >= 0);
    }

    private static bool TrySpan(string text, out int first, out int end)
    {
        var ends = text.Split('-');
        end = 0;
        if (ends.Length > 2 || !TryTime(ends[0], out first))
        {
            first = 0;
            return false;
        }

        end = first + 1;
        return first < QuartersOfDay && (ends.Length == 1 || (TryTime(ends[1], out end) && end > first));
    }

    private static bool TryTime(string text, out int quarter)
    {
        quarter = -1;
        var parts = text.Trim().Split(':');
        if (parts.Length == 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var hour)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var minute)
            && hour <= 24 && minute < 60 && minute % 15 == 0)
        {
            quarter = (hour * 4) + (minute / 15);
        }

        return quarter is >= 0 and <= QuartersOfDay;
    }
}
