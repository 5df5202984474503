using System.Globalization;

namespace Postern.Infrastructure.Queue;

public sealed partial class Retention
{
    private const string SettingsSql = "select content_days, history_days from configuration";

    // Whoever makes or drops partitions takes this turn; mail does not wait behind us for longer than this.
    private const string TakeTurn = "set local lock_timeout = '3s'; select pg_advisory_xact_lock(7205001)";

    // The partition that takes what is moved has to be there.
    private const string MakeDay = "select queue_partitions($1)";

    // By name: the schema names each partition by its parent and its day.
    private const string OldDays =
        """
        -- days of a table that are old enough to be looked at
          select to_date(right(inhrelid::regclass::text, 8), 'YYYYMMDD')
            from pg_inherits
           where inhparent = to_regclass($1) and inhrelid::regclass::text ~ '_\d{8}$'
             and to_date(right(inhrelid::regclass::text, 8), 'YYYYMMDD') < $2
        order by 1
        """;

    private const string NoteDrop =
        """
        -- what is gone, for the pages that would have shown it
        insert into partition_drop (parent, day, dropped_at, kept_days, moved_rows) values ($1, $2, $3, $4, $5)
            on conflict (parent, day) do update set dropped_at = excluded.dropped_at, kept_days = excluded.kept_days, moved_rows = excluded.moved_rows
        """;

    // Whole days only: a day with mail that waits, or that ended late, stays as it is.
    private const string StillNeeded =
        """
        -- deliveries of a day that wait, or ended within the time that history is kept
        select (select count(*) from delivery
                 where accepted_at >= $1::timestamp at time zone 'UTC' and accepted_at < ($1 + 1)::timestamp at time zone 'UTC'),
               (select count(*) from delivery_history
                 where accepted_at >= $1::timestamp at time zone 'UTC' and accepted_at < ($1 + 1)::timestamp at time zone 'UTC'
                   and finished_at > $2)
        """;

    private const string IsBalanced =
        """
        -- does the ledger of a day say what its rows say?
        with rows as (
          select state, count(*) as n from delivery_history
           where accepted_at >= $1::timestamp at time zone 'UTC' and accepted_at < ($1 + 1)::timestamp at time zone 'UTC'
           group by state),
        entered as (
          select outcome, sum(deliveries) as n from ledger where day = $1 group by outcome)
        select not exists (select from rows full join (select * from entered where outcome is not null) e on e.outcome = rows.state
                            where coalesce(rows.n, 0) <> coalesce(e.n, 0))
               and coalesce((select n from entered where outcome is null), 0) = coalesce((select sum(n) from rows), 0)
        """;

    private const string FoldDay =
        """
        -- the sums of a day, for ever
        insert into ledger_day (day, source, connector_id, outcome, deliveries, messages)
             select day, source, connector_id, outcome, sum(deliveries), sum(messages)
               from ledger
              where day = $1
              group by day, source, connector_id, outcome
        on conflict (day, source, connector_id, outcome)
        do update set deliveries = excluded.deliveries, messages = excluded.messages
        """;

    private const string ForgetVersions =
        """
        -- what operators changed goes with the history of its messages
        delete from message_version where accepted_at >= $1::timestamp at time zone 'UTC' and accepted_at < ($1 + 1)::timestamp at time zone 'UTC'
        """;

    // A name takes no parameter; the day is a date of ours.
    private static string MoveContent(DateOnly day) =>
        $"""
        -- content that a live delivery needs, or whose last delivery ended within the time, moves to the day of $1
        insert into message_content (message_id, chunk, accepted_at, data)
             select c.message_id, c.chunk, $1, c.data
               from {Partition("message_content", day)} c
              where c.message_id in (
                    select kept.message_id
                      from (select distinct message_id from {Partition("message_content", day)}) kept
                      left join message_version v on v.id = kept.message_id
                      join message m on m.id = coalesce(v.message_id, kept.message_id)
                     where exists (select from delivery d where d.id > m.id and d.id <= m.last_id)
                        or exists (select from delivery_history h
                                    where h.id > m.id and h.id <= m.last_id and h.accepted_at = m.accepted_at and h.finished_at > $2))
        """;

    private static string Drop(string table, DateOnly day) => $"drop table if exists {Partition(table, day)}";

    private static string Partition(string table, DateOnly day) => $"{table}_{day.ToString("yyyyMMdd", CultureInfo.InvariantCulture)}";
}
