using System.Data.Common;
using Npgsql;

namespace Postern.Infrastructure.Connectors;

/// <summary>What one connector has before it and what it has moved; every connector that is configured has them, also one that never moved anything (Q156494).</summary>
/// <param name="Waiting">Deliveries that wait for it, in any state.</param>
/// <param name="WaitingBytes">Their size, as it is now (Q183057).</param>
/// <param name="OldestAt">Acceptance of the oldest of them.</param>
/// <param name="InToday">Deliveries accepted from it since midnight UTC.</param>
/// <param name="OutToday">Delivered by it since then.</param>
/// <param name="ReturnedToday">Returned to their senders since then.</param>
/// <param name="LastInAt">When mail last came from it, within the days that the books keep in single rows.</param>
/// <param name="LastOutAt">When mail last left by it.</param>
public sealed record ConnectorCounters(
    string Connector, long Waiting, long WaitingBytes, DateTimeOffset? OldestAt, long InToday, long OutToday, long ReturnedToday, DateTimeOffset? LastInAt, DateTimeOffset? LastOutAt);

/// <summary>Reads <see cref="ConnectorCounters"/>, of both directions of a link (Q148707).</summary>
public sealed class ConnectorCounterView(NpgsqlDataSource database)
{
    // Deliveries older than this that end today are not counted as today's; none is that old before it expires.
    private const int LedgerDays = 10;

    private const string ReadSql =
        """
        -- what waits for a connector, and what has come and gone by it
           select c.name, coalesce(q.waiting, 0), coalesce(q.bytes, 0), q.oldest,
                  coalesce(i.today, 0), coalesce(o.delivered, 0), coalesce(o.bounced, 0), i.last_at, greatest(s.left_at, o.last_at)
             from connector c
        left join connector_status s on s.connector_id = c.id
        left join lateral (select count(*) as waiting, sum(size)::bigint as bytes, min(accepted_at) as oldest
                             from delivery where connector_id = c.id) q on true
        left join lateral (select sum(deliveries) filter (where at >= date_trunc('day', now(), 'UTC'))::bigint as today, max(at) as last_at
                             from ledger where source = c.name and outcome is null and day >= (now() at time zone 'UTC')::date - $2) i on true
        left join lateral (select sum(deliveries) filter (where outcome = 'delivered' and at >= date_trunc('day', now(), 'UTC'))::bigint as delivered,
                                  sum(deliveries) filter (where outcome = 'bounced' and at >= date_trunc('day', now(), 'UTC'))::bigint as bounced,
                                  max(at) filter (where outcome = 'delivered') as last_at
                             from ledger where connector_id = c.id and outcome is not null and day >= (now() at time zone 'UTC')::date - $2) o on true
            where c.name = $1
        """;

    /// <summary>Those of one connector; null when there is none of this name.</summary>
    public async Task<ConnectorCounters?> OfAsync(string name, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ReadSql);
        command.Parameters.Add(new() { Value = name });
        command.Parameters.Add(new() { Value = LedgerDays });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken)
            ? new ConnectorCounters(row.GetString(0), row.GetInt64(1), row.GetInt64(2), Instant(row, 3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6), Instant(row, 7), Instant(row, 8))
            : null;
    }

    private static DateTimeOffset? Instant(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
}
