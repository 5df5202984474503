using Npgsql;

namespace Postern.Infrastructure.Routing;

/// <summary>Mail on one edge of the map: by a connector to one destination.</summary>
/// <param name="Connector">Name; empty when the connector is gone.</param>
/// <param name="Delivered">Deliveries that arrived.</param>
/// <param name="Failed">Deliveries that came back.</param>
/// <param name="Waiting">Deliveries that wait now, in any state.</param>
public sealed record EdgeTraffic(string Connector, string Destination, long Delivered, long Failed, long Waiting);

/// <summary>Mail that came in by one listener or connector.</summary>
public sealed record SourceTraffic(string Source, long Deliveries);

/// <summary>How much mail takes each edge of the map.</summary>
public sealed class RouteTraffic(NpgsqlDataSource database)
{
    private const string OutSql =
        """
        -- what went and waits, by connector and destination
        with gone as (
          select connector_id, destination, count(*) filter (where state = 'delivered') as delivered, count(*) filter (where state = 'bounced') as failed
            from delivery_history where accepted_at >= now() - $1 and connector_id > 0 group by 1, 2),
        waits as (select connector_id, destination, count(*) as waiting from delivery where connector_id > 0 group by 1, 2)
          select coalesce(c.name, ''), destination, coalesce(delivered, 0), coalesce(failed, 0), coalesce(waiting, 0)
            from gone full join waits using (connector_id, destination) left join connector c on c.id = connector_id
        order by 1, 2
        """;

    private const string InSql =
        """
        -- what came in, by what it came by
          select source, sum(deliveries)::bigint from ledger where outcome is null and at >= now() - $1 and day >= ((now() - $1) at time zone 'UTC')::date - 1 group by 1 order by 1
        """;

    /// <summary>What left in the past, and waits now.</summary>
    public Task<IReadOnlyList<EdgeTraffic>> OutAsync(TimeSpan back, CancellationToken cancellationToken) => ReadAsync(
        OutSql, back, row => new EdgeTraffic(row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4)), cancellationToken);

    /// <summary>What came in in the past.</summary>
    public Task<IReadOnlyList<SourceTraffic>> InAsync(TimeSpan back, CancellationToken cancellationToken) => ReadAsync(
        InSql, back, row => new SourceTraffic(row.GetString(0), row.GetInt64(1)), cancellationToken);

    private async Task<IReadOnlyList<T>> ReadAsync<T>(string sql, TimeSpan back, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = back });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await row.ReadAsync(cancellationToken))
        {
            rows.Add(read(row));
        }

        return rows;
    }
}
