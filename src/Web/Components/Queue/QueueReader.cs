using Postern.Domain.Queue;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Queue;
using Postern.Web.Components.Shared;
using Postern.Web.Live;

namespace Postern.Web.Components.Queue;

/// <summary>What the queue page shows at one moment.</summary>
/// <param name="Newest">The highest id among all that waited before the page was read.</param>
/// <param name="Gone">Rows that have left the filter since the page was read.</param>
public sealed record QueueSeen(
    IReadOnlyList<DeliverySnapshot> Rows, string? Next, QueueCount Count, QueueSummary Summary, IReadOnlyList<string> Connectors, long Newest,
    OpenDelivery? Open, IReadOnlySet<long> Gone)
{
    /// <summary>The views that the person, or somebody for everybody, has saved.</summary>
    public IReadOnlyList<SavedTab> Saved { get; init; } = [];

    /// <summary>Something has changed since these figures were read.</summary>
    public bool IsBehind { get; init; }

    /// <summary>The row no longer matches, and is drawn dim until the page is read again.</summary>
    public bool IsGone(DeliverySnapshot row) => Gone.Contains(row.Id);
}

/// <summary>A saved view.</summary>
/// <param name="Count">How much waits and matches; null for one that looks at the past.</param>
public sealed record SavedTab(SavedView View, long? Count);

/// <summary>The delivery whose drawer is open.</summary>
/// <param name="Cause">The group of errors it belongs to; empty for none.</param>
public sealed record OpenDelivery(DeliverySnapshot Delivery, ConnectorSituation Connector, IReadOnlyList<TimelineStep> Steps, string Cause);

/// <summary>Reads what the queue page shows.</summary>
public sealed class QueueReader(QueueView queue, QueueFigures figures, MessageView messages, ConnectorView connectors, SavedViews views)
{
    /// <summary>Everything the page shows.</summary>
    /// <param name="who">Whose saved views are shown.</param>
    /// <param name="anew">Of this moment; else what other windows have read of late does.</param>
    public async Task<QueueSeen> ReadAsync(QueueQuery query, string who, bool anew, CancellationToken cancellationToken)
    {
        var newest = await queue.NewestAsync(cancellationToken);
        var first = await PageAsync(query, anew, cancellationToken);
        var summary = await figures.SummaryAsync(anew: false, cancellationToken);
        var known = await connectors.ListAsync(cancellationToken);
        var saved = await views.ListAsync(who, cancellationToken);
        var queries = saved.Select(view => QueueQuery.Parse(view.Query)).ToList();
        var counts = await figures.CountsAsync(queries, anew: false, cancellationToken);
        var (page, count) = first.Value;
        return new QueueSeen(
            page.Rows, page.Next, count, summary.Value, [.. known.Select(connector => connector.Name)], newest, await OpenAsync(query.Open, cancellationToken),
            new HashSet<long>())
        {
            Saved = [.. saved.Select((view, index) => new SavedTab(view, queries[index].Filter.IncludesHistory ? null : counts.Value[index]))],
            IsBehind = first.IsBehind || summary.IsBehind || counts.IsBehind,
        };
    }

    // Pages behind the first are looked at by one person.
    private async Task<Reading<(QueuePageOfRows Page, QueueCount Count)>> PageAsync(QueueQuery query, bool anew, CancellationToken cancellationToken) =>
        query.Order.Cursor.Length == 0
            ? await figures.FirstPageAsync(query, anew, cancellationToken)
            : new((await queue.PageAsync(query.Filter, query.Order, cancellationToken), await queue.CountAsync(query.Filter, cancellationToken)), IsBehind: false);

    /// <summary>The same rows in the same places, as they are now; counts anew.</summary>
    public async Task<QueueSeen> RefreshAsync(QueueQuery query, QueueSeen seen, CancellationToken cancellationToken)
    {
        var ids = seen.Rows.Select(row => row.Id).ToList();
        var now = (await queue.RowsAsync(ids, cancellationToken)).ToDictionary(row => row.Id);
        var rows = seen.Rows.Select(row => now.GetValueOrDefault(row.Id, row)).ToList();
        var summary = await figures.SummaryAsync(anew: false, cancellationToken);
        var states = query.Filter.States.Count == 0 ? QueueFilter.LiveStates : query.Filter.States;
        return seen with
        {
            Rows = rows,
            Count = await queue.CountAsync(query.Filter, cancellationToken),
            Summary = summary.Value,
            IsBehind = summary.IsBehind,
            Open = await OpenAsync(query.Open, cancellationToken),
            Gone = rows.Where(row => !states.Contains(row.State)).Select(row => row.Id).ToHashSet(),
        };
    }

    /// <summary>How many match that came after <paramref name="newest"/>.</summary>
    public async Task<long> NewSinceAsync(QueueQuery query, long newest, CancellationToken cancellationToken) =>
        (await queue.CountAsync(query.Filter with { After = newest }, cancellationToken)).Deliveries;

    /// <summary>The errors that most of what waits has met, most first: what to filter by, one of its reasons, and how many.</summary>
    public async Task<IReadOnlyList<(string Key, string Reason, long Count)>> CausesAsync(int most, CancellationToken cancellationToken)
    {
        var (causes, _) = (await figures.CausesAsync(anew: false, cancellationToken)).Value;
        return [.. causes.GroupBy(cause => cause.Key).Select(same => (same.Key, same.First().Reason, same.Sum(cause => cause.Count))).OrderByDescending(cause => cause.Item3).Take(most)];
    }

    /// <summary>One delivery with what explains it; null when there is none.</summary>
    public async Task<OpenDelivery?> OpenAsync(long? id, CancellationToken cancellationToken)
    {
        if (id is not { } number || await queue.RowsAsync([number], cancellationToken) is not [var delivery])
        {
            return null;
        }

        var connector = await connectors.SituationAsync(delivery.Connector, cancellationToken);
        var details = await messages.FindAsync(delivery.MessageId, cancellationToken);
        var isGrouped = delivery is { State: DeliveryState.Queued or DeliveryState.Quarantined, Reason.Length: > 0 };
        return new OpenDelivery(
            delivery, connector, details is null ? [] : MessageTimeline.Of(details, delivery.Id), isGrouped ? await queue.CauseOfAsync(delivery.Reason, cancellationToken) : "");
    }
}
