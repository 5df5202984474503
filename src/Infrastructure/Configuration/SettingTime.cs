namespace Postern.Infrastructure.Configuration;

/// <summary>Times as people type them in settings and commands: <c>90s</c>, <c>15m</c>, <c>4h</c>, <c>5d</c>.</summary>
public static class SettingTime
{
    /// <summary>Reads a time, or <c>hours:minutes:seconds</c>; none is negative.</summary>
    public static bool TryRead(string text, out TimeSpan time) => SettingsText.TryReadTime(text, out time);
}
