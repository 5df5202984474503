namespace Postern.Infrastructure.Queue;

public sealed partial class QueueOperations
{
    private const string SnapshotSql =
        "select id, verb, actor, reason, state, total, done, refused, restored, started_at, ended_at, undo_until, undone_by, options::text, confirmed_by from operation";

    private const string CreateHead =
        """
        -- an operation and the deliveries it is about, fixed in one statement
        with chosen as materialized (
        """;

    private const string CreateTail =
        """
        ),
        allowed as (
          select confirm_over, make_interval(mins => undo_minutes) as undo_for,
                 (select coalesce(sum(case state when 'running' then total else done - restored end), 0)
                    from operation
                   where actor = $2 and started_at > now() - interval '1 hour' and verb in ('return', 'remove', 'expire')
                     and state <> 'awaiting' and confirmed_by = '') as ended
            from configuration),
        made as (
          insert into operation (verb, actor, reason, options, fix, undo_until, total, state)
          select $1, $2, $3, $5, $6, now() + undo_for, chosen.total,
                 case when $4 and chosen.total > 0 and ended + chosen.total > confirm_over then 'awaiting' else 'running' end
            from allowed, (select count(*) as total from chosen) chosen
          returning id),
        items as (insert into operation_item (operation_id, delivery_id) select made.id, chosen.id from made, chosen)
        select id from made
        """;

    private const string LockPersonSql = "select pg_advisory_xact_lock(hashtext('postern operator'), hashtext($1))";

    private const string AllowanceSql =
        """
        -- what one person has ended within the last hour, and what they may
        select (select coalesce(sum(case state when 'running' then total else done - restored end), 0)::bigint
                  from operation
                 where actor = $1 and started_at > now() - interval '1 hour' and verb in ('return', 'remove', 'expire')
                   and state <> 'awaiting' and confirmed_by = ''),
               confirm_over, undo_minutes
          from configuration
        """;

    private const string ConfirmSql =
        """
        -- a second operator agrees, once; the time to take it back begins now
        with confirmed as (
          update operation
             set state = 'running', confirmed_by = $2, undo_until = now() + (select make_interval(mins => undo_minutes) from configuration)
           where id = $1 and state = 'awaiting' and actor <> $2
        returning id, verb, actor, total)
        insert into audit (actor, verb, target, reason, details)
             select $2, 'confirm', 'operation ' || id, $3, jsonb_build_object('operation', id, 'verb', verb, 'startedBy', actor, 'deliveries', total)
               from confirmed
        returning id
        """;

    private const string ForgetSql =
        """
        -- nobody has confirmed them in time
        update operation set state = 'cancelled', ended_at = now() where state = 'awaiting' and started_at < now() - interval '1 day' returning id
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
        update operation set state = $2, ended_at = now() where id = $1 and state in ('running', 'awaiting') returning id
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
