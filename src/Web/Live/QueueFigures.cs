using System.Collections.Concurrent;
using Postern.Infrastructure.Queue;
using Postern.Web.Components.Queue;
using Postern.Web.Components.Shared;

namespace Postern.Web.Live;

/// <summary>What all windows ask about the queue, asked once: its figures, what stands in the way, and the first page of each view.</summary>
public sealed class QueueFigures
{
    private const int MostCauses = 100;
    private const int MostViews = 100;

    // The last band has no upper bound.
    private static readonly TimeSpan[] Bounds = [.. AgeBand.All.Skip(1).Select(band => band.From)];

    private readonly QueueView queue;
    private readonly TimeProvider clock;
    private readonly SharedReading<QueueSummary> summary;
    private readonly SharedReading<(IReadOnlyList<QueueCause> Causes, long All)> causes;
    private readonly ConcurrentDictionary<string, SharedReading<(QueuePageOfRows Page, QueueCount Count)>> views = new();
    private readonly ConcurrentDictionary<string, SharedReading<IReadOnlyList<long>>> counts = new();
    private long changes;

    public QueueFigures(QueueView queue, ChangeFeed feed, TimeProvider clock)
    {
        this.queue = queue;
        this.clock = clock;
        summary = new(cancellation => queue.SummaryAsync(Bounds, cancellation), Changes, clock);
        causes = new(cancellation => queue.CausesAsync(MostCauses, cancellation), Changes, clock);
        feed.Changed += () => Interlocked.Increment(ref changes);
    }

    /// <summary>All that waits, by connector, state and the bands of <see cref="AgeBand.All"/>.</summary>
    public Task<Reading<QueueSummary>> SummaryAsync(bool anew, CancellationToken cancellationToken) => summary.GetAsync(anew, cancellationToken);

    /// <summary>What stands in the way, most first, a hundred causes at most; and how many there are.</summary>
    public Task<Reading<(IReadOnlyList<QueueCause> Causes, long All)>> CausesAsync(bool anew, CancellationToken cancellationToken) =>
        causes.GetAsync(anew, cancellationToken);

    /// <summary>The first page of what a filter matches, and how many match.</summary>
    public Task<Reading<(QueuePageOfRows Page, QueueCount Count)>> FirstPageAsync(QueueQuery query, bool anew, CancellationToken cancellationToken)
    {
        Bound(views);
        return views.GetOrAdd(query.With(("open", null)), _ => new(cancellation => queue.FirstPageAsync(query.Filter, query.Order, cancellation), Changes, clock))
            .GetAsync(anew, cancellationToken);
    }

    /// <summary>How much of what waits matches each of these views.</summary>
    public Task<Reading<IReadOnlyList<long>>> CountsAsync(IReadOnlyList<QueueQuery> queries, bool anew, CancellationToken cancellationToken)
    {
        Bound(counts);
        return counts.GetOrAdd(
                string.Join('\n', queries.Select(query => query.With())),
                _ => new(cancellation => queue.CountsAsync([.. queries.Select(query => query.Filter)], cancellation), Changes, clock))
            .GetAsync(anew, cancellationToken);
    }

    /// <summary>Another reading that all windows share; it lasts so many times as long as it takes.</summary>
    public SharedReading<T> Share<T>(Func<CancellationToken, Task<T>> read, int lastsTimes = SharedReading<T>.LastsTimes) => new(read, Changes, clock, lastsTimes);

    /// <summary>Somebody has acted, and is to see it at once.</summary>
    public void Forget()
    {
        summary.Forget();
        causes.Forget();
        views.Clear();
        counts.Clear();
    }

    // Answers of views that nobody looks at any more are not kept for ever.
    private static void Bound<T>(ConcurrentDictionary<string, SharedReading<T>> readings)
    {
        if (readings.Count > MostViews)
        {
            readings.Clear();
        }
    }

    private long Changes() => Interlocked.Read(ref changes);
}
