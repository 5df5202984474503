namespace Postern.Infrastructure.Queue;

public sealed partial class QueueOperations
{
    private const string SnapshotSql =
        "select id, verb, actor, reason, state, total, done, refused, restored, started_at, ended_at, undo_until, undone_by from operation";

    private const string CreateHead =
        """
        -- an operation and the deliveries it is about, fixed in one statement
        with chosen as materialized (
        """;

    private const string CreateTail =
        """
        ),
        made as (
          insert into operation (verb, actor, reason, undo_until, fix, total)
          select $1, $2, $3, now() + $4::interval, $5, (select count(*) from chosen) returning id),
        items as (insert into operation_item (operation_id, delivery_id) select made.id, chosen.id from made, chosen)
        select id from made
        """;

    private const string NextSql =
        """
        -- those whose turn it is
        select coalesce((select max(piece) from operation_item where operation_id = $1), 0) + 1,
               array(select delivery_id from operation_item where operation_id = $1 and acted_at is null order by delivery_id limit $2)
        """;

    private const string EndSql =
        """
        -- it acts no more
        update operation set state = $2, ended_at = now() where id = $1 and state = 'running' returning id
        """;

    private const string ResultsSql =
        """
        -- what became of each
          select i.delivery_id, coalesce(d.state, (select h.state from delivery_history h where h.id = i.delivery_id limit 1))::text, i.refusal
            from operation_item i left join delivery d on d.id = i.delivery_id
           where i.operation_id = $1 and (not $2 or i.refusal <> '')
        order by i.delivery_id limit $3
        """;

    // Locks of the session with two keys: the first says what kind of thing is locked.
    private const string LockSql = "select pg_advisory_lock(hashtext('postern operation'), $1::int)";
    private const string UnlockSql = "select pg_advisory_unlock(hashtext('postern operation'), $1::int)";
}
