using Npgsql;

namespace Postern.Infrastructure.Queue;

/// <summary>What came and went since midnight UTC.</summary>
public sealed record TrafficToday(long Accepted, long Delivered, long Bounced, long Removed, long Expanded);

/// <summary>The movements of today as the ledger has them.</summary>
public sealed class QueueViewTraffic(NpgsqlDataSource database, TimeProvider clock)
{
    // Deliveries older than this that end today are not counted as today's; none is that old before it expires.
    private const int LedgerDays = 10;

    private const string TodaySql =
        """
        -- what came and went since midnight; the batches of yesterday are passed over
        select coalesce(sum(deliveries) filter (where outcome is null), 0)::bigint, coalesce(sum(deliveries) filter (where outcome = 'delivered'), 0)::bigint,
               coalesce(sum(deliveries) filter (where outcome = 'bounced'), 0)::bigint, coalesce(sum(deliveries) filter (where outcome = 'removed'), 0)::bigint,
               coalesce(sum(deliveries) filter (where outcome = 'expanded'), 0)::bigint
          from ledger
         where day >= (now() at time zone 'UTC')::date - $1 and batch >= $2 and at >= date_trunc('day', now(), 'UTC')
        """;

    /// <summary>Since midnight UTC.</summary>
    public async Task<TrafficToday> TodayAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(TodaySql);
        command.Parameters.Add(new() { Value = LedgerDays });
        command.Parameters.Add(new() { Value = BatchTime.Before(new DateTimeOffset(clock.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero)) });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return new TrafficToday(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4));
    }
}
