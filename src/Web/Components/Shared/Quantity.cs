using System.Globalization;

namespace Postern.Web.Components.Shared;

/// <summary>Numbers, sizes and spans as the console writes them: thousands commas, a narrow no-break space before the unit.</summary>
public static class Quantity
{
    private const char Thin = '\u202f';

    /// <summary>1284031 as 1,284,031.</summary>
    public static string Text(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>"1 delivery", "2,393 deliveries".</summary>
    public static string Of(long number, string one, string many) => $"{Text(number)} {(number == 1 ? one : many)}";

    /// <summary>Bytes as 310 KB, 1.7 MB; under a kilobyte in bytes.</summary>
    public static string Size(long bytes) => bytes switch
    {
        < 1000 => $"{bytes}{Thin}B",
        < 1024 * 1000 => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, bytes / 1024d):0}{Thin}KB"),
        < 1024L * 1024 * 1000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576d:0.0}{Thin}MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1073741824d:0.0}{Thin}GB"),
    };

    /// <summary>An age: seconds under a minute, minutes under an hour, hours and minutes under two days, then days.</summary>
    public static string Span(TimeSpan span)
    {
        if (span < TimeSpan.Zero)
        {
            span = TimeSpan.Zero;
        }

        return span.TotalSeconds switch
        {
            < 60 => $"{(int)span.TotalSeconds}{Thin}s",
            < 3600 => $"{(int)span.TotalMinutes}{Thin}min",
            < 2 * 86400 => string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours}{Thin}h{Thin}{span.Minutes:00}{Thin}m"),
            _ => $"{Text((long)span.TotalDays)}{Thin}d",
        };
    }

    /// <summary>The exact time behind an age: Mon 23 Nov 2026 06:52:11 +00:00.</summary>
    public static string Exact(DateTimeOffset time) => time.ToString("ddd d MMM yyyy HH:mm:ss zzz", CultureInfo.InvariantCulture);

    /// <summary>The clock alone, for today; with the day in front otherwise.</summary>
    public static string Clock(DateTimeOffset time, DateTimeOffset now) =>
        time.ToString(time.Date == now.ToOffset(time.Offset).Date ? "HH:mm:ss" : "ddd d MMM HH:mm", CultureInfo.InvariantCulture);
}
