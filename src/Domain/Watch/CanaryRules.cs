using System.Globalization;

namespace Postern.Domain.Watch;

/// <summary>The canary of a connector as the watchdogs see it.</summary>
/// <param name="Wait">How long one may take to come back.</param>
/// <param name="MissingSince">When the oldest was sent that has not come back, and after which none did; null when the last one came back.</param>
/// <param name="MessageId">The message of that one.</param>
/// <param name="BackAt">When one last came back.</param>
public sealed record WatchedCanary(string Connector, TimeSpan Wait, DateTimeOffset? MissingSince, long MessageId, DateTimeOffset? BackAt);

/// <summary>When a canary that has not come back is a sign of trouble.</summary>
public static class CanaryRules
{
    /// <summary>Canaries that should be back and are not. A connector that is known to be in trouble is not accused twice.</summary>
    /// <param name="accused">Connectors of which another watchdog speaks already.</param>
    /// <param name="isOpen">Is an alert of this key open?</param>
    public static IEnumerable<Suspicion> Of(IEnumerable<WatchedCanary> canaries, IReadOnlySet<string> accused, Func<string, bool> isOpen)
    {
        foreach (var canary in canaries)
        {
            if (canary.MissingSince is not { } sent)
            {
                continue;
            }

            var found = new Suspicion(
                AlertKind.CanaryMissing, canary.Connector,
                $"The canary that left by {canary.Connector} at {Clock(sent)} has not come back; {(canary.BackAt is { } back ? $"the last one did at {Clock(back)}" : "none has yet")}.",
                "Open its message: it shows how far it came. When it was handed over, the way back is broken, or its mailbox exists after all.")
            {
                Connector = canary.Connector,
                Link = string.Create(CultureInfo.InvariantCulture, $"/messages/{canary.MessageId}"),
                Since = sent,
                Patience = canary.Wait,
                BadAfter = canary.Wait * 4,
            };
            if (isOpen(found.Key) || !accused.Contains(canary.Connector))
            {
                yield return found;
            }
        }
    }

    private static string Clock(DateTimeOffset time) => time.ToUniversalTime().ToString("ddd d MMM HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
