using Postern.Domain.Queue;

namespace Postern.Infrastructure.Queue;

public sealed partial class QueueView
{
    /// <summary>Counting in the history stops here.</summary>
    public const int CountLimit = 10_000;

    // Up to so many matches are kept at hand for a page and its counts; only so many are counted by messages too.
    private const int Few = 20_000;

    /// <summary>All that waits, by connector, state and age, in one pass. A delivery stands in the band before the first bound that is larger than its age.</summary>
    /// <param name="bounds">Ages, rising.</param>
    public async Task<QueueSummary> SummaryAsync(IReadOnlyList<TimeSpan> bounds, CancellationToken cancellationToken)
    {
        var names = await NamesAsync(cancellationToken);
        await using var connection = await OneProcess.OpenAsync(database, cancellationToken);
        await using var command = Command(connection, "");
        // Filters of one aggregate, for the planner knows how few connectors and states there are, but not how few ages.
        var older = bounds.Select(bound => $"count(*) filter (where accepted_at <= (select now() - {Add(command.Parameters, bound)}::interval))").ToList();
        command.CommandText =
            $"""
            -- what waits, in figures: per connector and state all, what is older than each bound, what was tried, reports
            select connector_id, state::text, count(*) filter (where attempts > 0), count(*) filter (where is_report), {string.Join(", ", older.Prepend("count(*)"))}
              from delivery group by connector_id, state
            """;
        var cells = new List<QueueCell>();
        long tried = 0, reports = 0;
        await ReadAsync(
            command,
            row =>
            {
                (tried, reports) = (tried + row.GetInt64(2), reports + row.GetInt64(3));
                for (var band = 0; band <= bounds.Count; band++)
                {
                    var count = row.GetInt64(4 + band) - (band < bounds.Count ? row.GetInt64(5 + band) : 0);
                    if (count > 0)
                    {
                        cells.Add(new QueueCell(Name(names, row.GetInt64(0)), DeliveryStateText.Parse(row.GetString(1)), band, count));
                    }
                }

                return true;
            },
            cancellationToken);
        return new QueueSummary(cells, tried, reports);
    }

    /// <summary>The highest id among what waits, so that new ones can be counted; 0 when nothing does.</summary>
    public async Task<long> NewestAsync(CancellationToken cancellationToken)
    {
        await using var command = Command("select coalesce(max(id), 0) from delivery");
        return (await ReadAsync(command, row => row.GetInt64(0), cancellationToken))[0];
    }

    /// <summary>The first page of what matches, and how many match.</summary>
    /// <remarks>While few match, one pass gives both; when many do, an order of its own finds the page and only the count takes a pass.</remarks>
    public async Task<(QueuePageOfRows Page, QueueCount Count)> FirstPageAsync(QueueFilter asked, QueueOrder order, CancellationToken cancellationToken)
    {
        var filter = await ResolveAsync(asked, cancellationToken);
        if (filter != QueueFilter.Waiting && !filter.IncludesHistory && await FewAsync(filter, order, cancellationToken) is { } few)
        {
            return few;
        }

        return (await PageAsync(filter, order with { Cursor = "" }, cancellationToken), await CountAsync(filter, cancellationToken));
    }

    /// <summary>How many match.</summary>
    public async Task<QueueCount> CountAsync(QueueFilter asked, CancellationToken cancellationToken)
    {
        var filter = await ResolveAsync(asked, cancellationToken);
        var isCounted = filter.Reasons is not null && filter with { Cause = "", Reasons = null, WithReasons = 0 } == QueueFilter.Waiting;
        var live = isCounted ? filter.WithReasons : await CountAsync("delivery", filter, filter.Live, true, null, cancellationToken);
        if (!filter.IncludesHistory)
        {
            return new QueueCount(live, live <= Few ? await CountMessagesAsync(filter, cancellationToken) : null, false);
        }

        var past = await CountAsync("delivery_history", filter, filter.Final, false, CountLimit + 1, cancellationToken);
        return new QueueCount(live + Math.Min(past, CountLimit), null, past > CountLimit);
    }

    /// <summary>How much of what waits matches each filter, in one pass.</summary>
    public async Task<IReadOnlyList<long>> CountsAsync(IReadOnlyList<QueueFilter> filters, CancellationToken cancellationToken)
    {
        if (filters.Count == 0)
        {
            return [];
        }

        await using var command = Command("");
        var counts = filters.Select(filter => filter.Live.Count == 0 ? "0::bigint" : $"count(*) filter (where {Where(filter, filter.Live, true, command.Parameters)})").ToList();
        command.CommandText = $"-- how much matches each saved view\nselect {string.Join(", ", counts)} from delivery d";
        return (await ReadAsync(command, row => filters.Select((_, index) => row.GetInt64(index)).ToList(), cancellationToken))[0];
    }

    // Reasons of what waits are few: found once, each row is compared with texts and not with patterns.
    private async Task<QueueFilter> ResolveAsync(QueueFilter filter, CancellationToken cancellationToken)
    {
        if (filter.Cause.Length == 0 || filter.Reasons is not null || filter.IncludesHistory)
        {
            return filter;
        }

        await using var command = Command(ReasonsStatement, filter.Cause);
        var reasons = await ReadAsync(command, row => (Text: row.GetString(0), Count: row.GetInt64(1)), cancellationToken);
        return filter with { Reasons = [.. reasons.Select(reason => reason.Text)], WithReasons = reasons.Sum(reason => reason.Count) };
    }

    private async Task<(QueuePageOfRows, QueueCount)?> FewAsync(QueueFilter filter, QueueOrder order, CancellationToken cancellationToken)
    {
        var names = await NamesAsync(cancellationToken);
        await using var command = Command("");
        var (value, direction) = (Ordered(order.Sort, isLive: true).Value, Direction(order));
        command.CommandText =
            $"""
            -- a page of deliveries and how many match, in one pass
            with hit as materialized (
              select d.id, d.message_id, {value} as ordered from delivery d
               where {Where(filter, filter.Live, true, command.Parameters)} limit {Add(command.Parameters, Few + 1)})
            {RowsOf(
                $"select id, ordered from hit order by ordered {direction}, id {direction} limit {Add(command.Parameters, PageSize + 1)}",
                direction,
                ", (select count(*) from hit), (select count(distinct message_id) from hit)")}
            """;
        var count = new QueueCount(0, 0, false);
        var rows = await ReadAsync(
            command,
            row =>
            {
                count = count with { Deliveries = row.GetInt64(28), Messages = row.GetInt64(29) };
                return (Snapshot(row, names), Cursor(row));
            },
            cancellationToken);
        return count.Deliveries > Few ? null : (PageOf(rows, PageSize), count);
    }

    private async Task<long> CountAsync(
        string table, QueueFilter filter, IReadOnlyList<DeliveryState> states, bool isLive, int? limit, CancellationToken cancellationToken)
    {
        if (states.Count == 0)
        {
            return 0;
        }

        await using var command = Command("");
        var from = $"from {table} d where {Where(filter, states, isLive, command.Parameters)}";
        command.CommandText = limit is { } most
            ? $"-- how many match, up to a bound\nselect count(*) from (select {from} limit {Add(command.Parameters, most)}) bounded"
            : $"-- how many match\nselect count(*) {from}";
        return (await ReadAsync(command, row => row.GetInt64(0), cancellationToken))[0];
    }

    private async Task<long> CountMessagesAsync(QueueFilter filter, CancellationToken cancellationToken)
    {
        await using var command = Command("");
        command.CommandText =
            $"-- how many messages these are\nselect count(distinct d.message_id) from delivery d where {Where(filter, filter.Live, true, command.Parameters)}";
        return (await ReadAsync(command, row => row.GetInt64(0), cancellationToken))[0];
    }
}
