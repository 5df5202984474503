namespace Postern.Domain.Watch;

/// <summary>An alert that is open.</summary>
public sealed record OpenAlert(string Key, AlertKind Kind, AlertSeverity Severity, DateTimeOffset OpenedAt);

/// <summary>A suspicion that has lasted long enough.</summary>
/// <param name="Since">When it began.</param>
public sealed record Ripe(Suspicion Suspicion, AlertSeverity Severity, DateTimeOffset Since);

/// <summary>What one look changes.</summary>
/// <param name="Opened">New alerts.</param>
/// <param name="Kept">Open ones that are still true, with today's words.</param>
/// <param name="Closed">Keys of those that are over.</param>
public sealed record AlertChanges(IReadOnlyList<Ripe> Opened, IReadOnlyList<Ripe> Kept, IReadOnlyList<string> Closed);

/// <summary>Decides which suspicions are alerts, and when an alert is over: each opens once, and comes and goes no more often than the thing itself.</summary>
/// <remarks>
/// It remembers between looks what it has seen begin and end. When the process starts anew that memory is gone; an open alert then stands until
/// the thing has been well for <see cref="Calm"/>, so a restart closes nothing that is still wrong.
/// </remarks>
public sealed class AlertBook
{
    /// <summary>An alert closes when nothing has been wrong for this long: what flickers is one alert.</summary>
    public static readonly TimeSpan Calm = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, (DateTimeOffset Since, string Progress)> seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> wellSince = new(StringComparer.Ordinal);

    /// <summary>One look.</summary>
    /// <param name="suspicions">Everything that is wrong now.</param>
    /// <param name="open">The open alerts that this look may speak of.</param>
    /// <param name="looked">Kinds that were looked for; alerts of others stay as they are.</param>
    public AlertChanges Judge(IReadOnlyList<Suspicion> suspicions, IReadOnlyList<OpenAlert> open, IReadOnlySet<AlertKind> looked, DateTimeOffset now)
    {
        var known = open.ToDictionary(alert => alert.Key, StringComparer.Ordinal);
        var ripe = suspicions.DistinctBy(suspicion => suspicion.Key)
            .Select(suspicion => (Suspicion: suspicion, Since: SinceOf(suspicion, known.GetValueOrDefault(suspicion.Key), now)))
            .Where(item => now - item.Since >= item.Suspicion.Patience)
            .Select(item => new Ripe(item.Suspicion, SeverityOf(item.Suspicion, known.GetValueOrDefault(item.Suspicion.Key), now - item.Since), item.Since))
            .ToDictionary(item => item.Suspicion.Key, StringComparer.Ordinal);
        Forget(suspicions, looked, ripe.Keys);
        return new AlertChanges(
            [.. ripe.Values.Where(item => !known.ContainsKey(item.Suspicion.Key))],
            [.. ripe.Values.Where(item => known.ContainsKey(item.Suspicion.Key))],
            [.. open.Where(alert => looked.Contains(alert.Kind) && !ripe.ContainsKey(alert.Key) && IsOver(alert.Key, now)).Select(alert => alert.Key)]);
    }

    private DateTimeOffset SinceOf(Suspicion suspicion, OpenAlert? open, DateTimeOffset now)
    {
        if (suspicion.Since is { } fact)
        {
            return fact;
        }

        if (!seen.TryGetValue(suspicion.Key, out var first))
        {
            first = (open is null ? now : open.OpenedAt - suspicion.Patience, suspicion.Progress);
        }
        else if (first.Progress != suspicion.Progress)
        {
            first = (now, suspicion.Progress);
        }

        seen[suspicion.Key] = first;
        return first.Since;
    }

    // What has become bad is not called less so while it lasts.
    private static AlertSeverity SeverityOf(Suspicion suspicion, OpenAlert? open, TimeSpan lasted) =>
        open?.Severity == AlertSeverity.Error || (suspicion.BadAfter is { } limit && lasted >= limit) ? AlertSeverity.Error : AlertSeverity.Warning;

    private bool IsOver(string key, DateTimeOffset now)
    {
        if (!wellSince.TryGetValue(key, out var since))
        {
            wellSince[key] = since = now;
        }

        return now - since >= Calm;
    }

    private void Forget(IReadOnlyList<Suspicion> suspicions, IReadOnlySet<AlertKind> looked, IEnumerable<string> ripe)
    {
        foreach (var key in ripe)
        {
            wellSince.Remove(key);
        }

        var still = suspicions.Select(suspicion => suspicion.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var key in seen.Keys.Where(key => !still.Contains(key) && looked.Any(kind => key.StartsWith(kind.ToWord() + "|", StringComparison.Ordinal))).ToList())
        {
            seen.Remove(key);
        }

        // An alert that closed, here or by another process, is no longer timed.
        if (wellSince.Count > 1000)
        {
            wellSince.Clear();
        }
    }
}
