using System.Globalization;
using System.Text.Json.Nodes;

namespace Postern.Infrastructure.Configuration;

/// <summary>Forms of settings that people read: flat facts for differences, short times.</summary>
internal static class SettingsText
{
    /// <summary>Every value of a JSON text under its path.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Flatten(string path, string json) => Flatten(path, JsonNode.Parse(json));

    /// <summary>A time as <c>90s</c>, <c>15m</c>, <c>4h</c>, <c>5d</c>: the largest unit that is exact.</summary>
    public static string Short(TimeSpan time) => time switch
    {
        _ when time.Ticks % TimeSpan.TicksPerDay == 0 && time != TimeSpan.Zero => Format(time.Ticks / TimeSpan.TicksPerDay, "d"),
        _ when time.Ticks % TimeSpan.TicksPerHour == 0 && time != TimeSpan.Zero => Format(time.Ticks / TimeSpan.TicksPerHour, "h"),
        _ when time.Ticks % TimeSpan.TicksPerMinute == 0 && time != TimeSpan.Zero => Format(time.Ticks / TimeSpan.TicksPerMinute, "m"),
        _ when time.Ticks % TimeSpan.TicksPerSecond == 0 => Format(time.Ticks / TimeSpan.TicksPerSecond, "s"),
        _ => time.ToString("c", CultureInfo.InvariantCulture),
    };

    /// <summary>Reads a short time, or <c>hours:minutes:seconds</c>; none is negative.</summary>
    public static bool TryReadTime(string text, out TimeSpan time)
    {
        text = text.Trim();
        var unit = text.Length > 1 ? text[^1] : ' ';
        var ticks = unit switch
        {
            'd' => TimeSpan.TicksPerDay,
            'h' => TimeSpan.TicksPerHour,
            'm' => TimeSpan.TicksPerMinute,
            's' => TimeSpan.TicksPerSecond,
            _ => 0,
        };
        if (ticks == 0)
        {
            time = default;
            return text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out time) && time >= TimeSpan.Zero;
        }

        var isNumber = long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count <= TimeSpan.MaxValue.Ticks / ticks;
        time = isNumber ? new TimeSpan(count * ticks) : default;
        return isNumber;
    }

    private static string Format(long count, string unit) => count.ToString(CultureInfo.InvariantCulture) + unit;

    private static IEnumerable<KeyValuePair<string, string>> Flatten(string path, JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(pair => Flatten($"{path}.{pair.Key}", pair.Value)),
        // An empty list that differs from its default is a fact too.
        JsonArray { Count: 0 } => [new(path, "[]")],
        JsonArray list => list.SelectMany((value, index) => Flatten($"{path}[{index}]", value)),
        null => [new(path, "null")],
        _ => [new(path, node.ToString())],
    };
}
