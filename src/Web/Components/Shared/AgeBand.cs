namespace Postern.Web.Components.Shared;

/// <summary>One column of the shape table: deliveries at least <paramref name="From"/> old and younger than <paramref name="To"/>.</summary>
/// <param name="Name">Word of the band in a URL, such as <c>15m-60m</c>.</param>
/// <param name="Title">Column title.</param>
/// <param name="Hue">What the age means: f fresh, o old, l late.</param>
public sealed record AgeBand(string Name, string Title, TimeSpan From, TimeSpan To, char Hue)
{
    /// <summary>The eight bands from just now to more than two days.</summary>
    public static IReadOnlyList<AgeBand> All { get; } =
    [
        new("0-5m", "< 5 min", TimeSpan.Zero, TimeSpan.FromMinutes(5), 'f'),
        new("5m-15m", "5–15 min", TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), 'f'),
        new("15m-60m", "15–60 min", TimeSpan.FromMinutes(15), TimeSpan.FromHours(1), 'f'),
        new("1h-4h", "1–4 h", TimeSpan.FromHours(1), TimeSpan.FromHours(4), 'o'),
        new("4h-12h", "4–12 h", TimeSpan.FromHours(4), TimeSpan.FromHours(12), 'o'),
        new("12h-24h", "12–24 h", TimeSpan.FromHours(12), TimeSpan.FromDays(1), 'l'),
        new("1d-2d", "1–2 d", TimeSpan.FromDays(1), TimeSpan.FromDays(2), 'l'),
        new("2d-", "> 2 d", TimeSpan.FromDays(2), TimeSpan.MaxValue, 'l'),
    ];
}
