using System.Globalization;

namespace Postern.Infrastructure.Queue;

/// <summary>A range of ages as it stands in an address, on a command line or in a request: <c>15m-60m</c>, <c>2d-</c>, <c>-5m</c>.</summary>
public static class AgeRange
{
    /// <summary>Reads a range; what cannot be read is no bound.</summary>
    public static (TimeSpan? From, TimeSpan? To) Parse(string text)
    {
        _ = TryParse(text, out var from, out var to);
        return (from, to);
    }

    /// <summary>Reads a range.</summary>
    /// <returns>False when a bound cannot be read, or there is none.</returns>
    public static bool TryParse(string text, out TimeSpan? from, out TimeSpan? to)
    {
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        var (first, second) = dash < 0 ? (text, "") : (text[..dash], text[(dash + 1)..]);
        from = Span(first);
        to = Span(second);
        return (from is not null || first.Length == 0) && (to is not null || second.Length == 0) && (from ?? to) is not null;
    }

    /// <summary>The range in words: "over 15 min", "under 5 min", "15 min to 1 h".</summary>
    public static string InWords(string text) => Parse(text) switch
    {
        ({ } from, { } to) when from > TimeSpan.Zero => $"{Words(from)} to {Words(to)}",
        (_, { } to) => $"under {Words(to)}",
        ({ } from, null) => $"over {Words(from)}",
        _ => text,
    };

    private static TimeSpan? Span(string text)
    {
        if (text.Length == 0 || !int.TryParse(text.TrimEnd('s', 'm', 'h', 'd'), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > 100_000)
        {
            return null;
        }

        return text[^1] switch
        {
            's' => TimeSpan.FromSeconds(number),
            'm' => TimeSpan.FromMinutes(number),
            'h' => TimeSpan.FromHours(number),
            'd' => TimeSpan.FromDays(number),
            _ => number == 0 ? TimeSpan.Zero : null,
        };
    }

    private static string Words(TimeSpan span) => span switch
    {
        { TotalDays: >= 2 } when span.TotalDays % 1 == 0 => $"{span.TotalDays:0} d",
        { TotalHours: >= 1 } when span.TotalHours % 1 == 0 => $"{span.TotalHours:0} h",
        { TotalMinutes: >= 1 } => $"{span.TotalMinutes:0} min",
        _ => $"{span.TotalSeconds:0} s",
    };
}
