namespace Postern.Domain.Queue;

/// <summary>When a deferred delivery is tried again, and when Postern gives up.</summary>
/// <param name="First">Wait after the first failed attempt.</param>
/// <param name="Longest">No wait is longer; an old post office that comes back is noticed within this time.</param>
/// <param name="Expiry">Age at which a delivery is returned, whatever its attempts (RFC 5321 section 4.5.4.1 asks for 4 to 5 days; Q277831: age counts, not attempts).</param>
public sealed record RetrySchedule(TimeSpan First, TimeSpan Longest, TimeSpan Expiry)
{
    public static readonly RetrySchedule Default = new(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(15), TimeSpan.FromDays(5));

    /// <summary>The instant of the next attempt.</summary>
    /// <param name="attempts">Attempts that have failed so far, at least 1.</param>
    /// <param name="now">The instant of the last failure.</param>
    /// <param name="jitter">0 to 1; spreads retries over the last tenth of the wait so that they do not arrive as one.</param>
    public DateTimeOffset Next(int attempts, DateTimeOffset now, double jitter)
    {
        var doublings = Math.Clamp(attempts - 1, 0, 30);
        var wait = Math.Min(First.TotalSeconds * Math.Pow(2, doublings), Longest.TotalSeconds);
        return now + TimeSpan.FromSeconds(wait * (0.9 + (0.1 * Math.Clamp(jitter, 0, 1))));
    }
}
