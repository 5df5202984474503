using Postern.Domain.Directory.Canaries;

namespace Postern.Domain.Watch;

/// <summary>When a canary entry is a sign that a directory no longer follows another one.</summary>
public static class CanaryEntryRules
{
    /// <summary>Canary entries that are older than their partner's rules allow.</summary>
    /// <param name="canaries">Each with the days that it may be old; 0 for one that is never accused.</param>
    public static IEnumerable<Suspicion> Of(IEnumerable<(CanarySight Sight, int OldAfterDays)> canaries, DateTimeOffset now)
    {
        foreach (var (canary, days) in canaries)
        {
            if (days > 0 && Since(canary, days) is { } since)
            {
                yield return new Suspicion(
                    AlertKind.CanaryEntryLate, $"{(canary.IsOurs ? "ours at" : "that of")} {canary.Partner}", canary.Sentence(now),
                    canary.IsOurs
                        ? "Look into the partner's directory for the entry and run a cycle: what is written there is not taken, or what is read is an old copy."
                        : "See whether the partner still writes its canary, and whether what we read is the present state of its directory.")
                {
                    Link = $"/partners/{Uri.EscapeDataString(canary.Partner)}",
                    Since = since,
                    Patience = canary.IsOurs ? TimeSpan.FromDays(days) : TimeSpan.Zero,
                    BadAfter = TimeSpan.FromDays(2 * days + 1),
                };
            }
        }
    }

    // Theirs is old only by what a read showed: that we do not read is the lag of the partner, which is said elsewhere.
    private static DateTimeOffset? Since(CanarySight canary, int days) => canary switch
    {
        { IsOurs: true } => canary.LateSince,
        { SeenDay: { } day, LookedAt: { } looked } when DateOnly.FromDateTime(looked.UtcDateTime).DayNumber - day.DayNumber > days =>
            new DateTimeOffset(day.AddDays(days + 1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero),
        _ => null,
    };
}
