namespace Postern.Infrastructure.Queue;

public sealed partial class Throughput
{
    // A ledger row lies with the day of acceptance of what it counts; nothing waits longer than this before it expires.
    private const int LedgerDays = 10;

    private const string RowsSql =
        """
        -- deliveries accepted and delivered between two instants, by listener or connector and step of time; Postern's own probes and what ends here is no traffic
          select case when l.outcome is null then l.source else coalesce(c.name, 'deleted #' || l.connector_id) end, l.outcome is null,
                 date_bin($5, l.at, 'epoch'::timestamptz), sum(l.deliveries)::bigint
            from ledger l left join connector c on c.id = l.connector_id
           where l.day >= $1 and l.batch >= $2 and l.at >= $3 and l.at < $4 and (l.outcome is null and l.source <> 'canary probe' or l.outcome = 'delivered' and l.connector_id >= 0)
        group by 1, 2, 3
        """;
}
