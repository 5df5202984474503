using Npgsql;

namespace Postern.Infrastructure.Queue;

/// <summary>Deliveries per minute over the last hour, oldest first, of one listener or connector.</summary>
/// <param name="In">Accepted from it.</param>
/// <param name="Out">Delivered by it.</param>
public sealed record TrafficLine(string Name, IReadOnlyList<double> In, IReadOnlyList<double> Out)
{
    public double All => In.Sum() + Out.Sum();
}

/// <summary>What came and went since midnight UTC.</summary>
public sealed record TrafficToday(long Accepted, long Delivered, long Bounced, long Removed, long Expanded);

/// <summary>Traffic as the ledger has it. Reads the rows of the last days only; a page asks every few seconds, not at every change.</summary>
public sealed class QueueViewTraffic(NpgsqlDataSource database)
{
    /// <summary>Minutes of a line.</summary>
    public const int Minutes = 60;

    // Deliveries older than this that end today are not counted as today's; none is that old before it expires.
    private const int LedgerDays = 10;

    private const string HourSql =
        """
        -- deliveries a minute in the last hour, by listener or connector
          select coalesce(c.name, l.source), l.outcome is null, least($2 - 1, floor(extract(epoch from now() - l.at) / 60)::int), sum(l.deliveries)::bigint
            from ledger l left join connector c on c.id = l.connector_id and l.outcome is not null
           where l.day >= (now() at time zone 'UTC')::date - $1 and l.at > now() - $2 * interval '1 minute' and l.at <= now()
             and (l.outcome is null or l.outcome = 'delivered')
        group by 1, 2, 3
        """;

    private const string TodaySql =
        """
        -- what came and went since midnight
        select coalesce(sum(deliveries) filter (where outcome is null), 0)::bigint, coalesce(sum(deliveries) filter (where outcome = 'delivered'), 0)::bigint,
               coalesce(sum(deliveries) filter (where outcome = 'bounced'), 0)::bigint, coalesce(sum(deliveries) filter (where outcome = 'removed'), 0)::bigint,
               coalesce(sum(deliveries) filter (where outcome = 'expanded'), 0)::bigint
          from ledger
         where day >= (now() at time zone 'UTC')::date - $1 and at >= date_trunc('day', now(), 'UTC')
        """;

    /// <summary>The last hour; the busiest first.</summary>
    public async Task<IReadOnlyList<TrafficLine>> LastHourAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(HourSql);
        command.Parameters.Add(new() { Value = LedgerDays });
        command.Parameters.Add(new() { Value = Minutes });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var lines = new Dictionary<string, (double[] In, double[] Out)>(StringComparer.Ordinal);
        while (await row.ReadAsync(cancellationToken))
        {
            var name = row.GetString(0);
            if (!lines.TryGetValue(name, out var line))
            {
                lines[name] = line = (new double[Minutes], new double[Minutes]);
            }

            (row.GetBoolean(1) ? line.In : line.Out)[Minutes - 1 - row.GetInt32(2)] += row.GetInt64(3);
        }

        return [.. lines.Select(line => new TrafficLine(line.Key, line.Value.In, line.Value.Out)).OrderByDescending(line => line.All)];
    }

    /// <summary>Since midnight UTC.</summary>
    public async Task<TrafficToday> TodayAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(TodaySql);
        command.Parameters.Add(new() { Value = LedgerDays });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return new TrafficToday(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4));
    }
}
