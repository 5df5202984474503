using Postern.Domain.Queue;

namespace Postern.Infrastructure.Queue;

public sealed partial class Books
{
    private const string RowsSql =
        """
        -- every delivery there is, by day of acceptance and state
        select (accepted_at at time zone 'UTC')::date as day, state::text, count(*)
          from (select accepted_at, state from delivery
                union all
                select accepted_at, state from delivery_history) d
         group by 1, 2
        """;

    // Days whose rows have been dropped after their time are in ledger_day only, and are taken from there.
    private const string LedgerSql =
        """
        -- what the ledger says, for the days whose rows are still kept
        select day, outcome::text, sum(deliveries)::bigint,
               coalesce(sum(deliveries) filter (where source = 'canary probe'), 0)::bigint, coalesce(sum(deliveries) filter (where connector_id = -1), 0)::bigint
          from ledger group by 1, 2
        """;

    private const string FoldedSql =
        """
        -- days that are known by their fold alone, and the instant of the snapshot
        select coalesce(sum(deliveries) filter (where outcome is null), 0)::bigint,
               coalesce(sum(deliveries) filter (where outcome = 'delivered'), 0)::bigint,
               coalesce(sum(deliveries) filter (where outcome = 'bounced'), 0)::bigint,
               coalesce(sum(deliveries) filter (where outcome = 'removed'), 0)::bigint,
               coalesce(sum(deliveries) filter (where outcome = 'expanded'), 0)::bigint,
               now(),
               coalesce(sum(deliveries) filter (where outcome is null and source = 'canary probe'), 0)::bigint,
               coalesce(sum(deliveries) filter (where outcome = 'delivered' and connector_id = -1), 0)::bigint
          from ledger_day f
         where not exists (select from ledger l where l.day = f.day)
        """;

    // What was ended and taken back has a row of each; only what remains counts.
    private const string Finished =
        """
        select id, outcome
          from (select unnest(ids) as id, outcome, sign(deliveries) as n from ledger where day = $1 and outcome is not null) entered
         group by 1, 2 having sum(n) > 0
        """;

    private static readonly (string Sql, BooksFinding Finding)[] Explanations =
    [
        (
            $"""
            -- ids the ledger has as finished that are in no row
              select i.id
                from ({Finished}) i
               where not exists (select from delivery_history h
                                  where h.id = i.id and h.accepted_at >= $1::timestamp at time zone 'UTC'
                                    and h.accepted_at < ($1 + 1)::timestamp at time zone 'UTC')
            order by i.id limit $2
            """,
            BooksFinding.FinishedAndGone),
        (
            $"""
            -- ids the ledger has as accepted that are neither message, delivery, history nor known as finished
              select i.id
                from ledger l, generate_series(l.first_id, l.last_id) as i (id)
               where l.day = $1 and l.outcome is null
                 and not exists (select from message m where m.id = i.id)
                 and not exists (select from delivery d where d.id = i.id)
                 and not exists (select from delivery_history h where h.id = i.id)
                 and not exists (select from ({Finished}) f where f.id = i.id)
            order by i.id limit $2
            """,
            BooksFinding.AcceptedAndGone),
        (
            """
            -- rows of this day that no accepting transaction entered
              select d.id
                from (select id, accepted_at from delivery union all select id, accepted_at from delivery_history) d
               where (d.accepted_at at time zone 'UTC')::date = $1
                 and not exists (select from ledger l where l.day = $1 and l.outcome is null and d.id between l.first_id and l.last_id)
            order by d.id limit $2
            """,
            BooksFinding.NeverAccepted),
        (
            $"""
            -- rows whose state is not the one the ledger has
              select h.id
                from delivery_history h
               where (h.accepted_at at time zone 'UTC')::date = $1
                 and not exists (select from ({Finished}) l
                                  where l.id = h.id and l.outcome = h.state)
            order by h.id limit $2
            """,
            BooksFinding.OtherState),
    ];
}
