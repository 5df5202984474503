namespace Postern.Infrastructure.Queue;

public sealed partial class DeliveryRerouting
{
    private const string ReadSql =
        """
        -- what waits and may go another way, and what its message came by
          select d.id, d.message_id, d.connector_id, d.destination, d.recipient, d.original_recipient, m.source
            from delivery d join message m on m.id = d.message_id and m.accepted_at = d.accepted_at
           where d.id = any($1) and d.state = any($2::delivery_state[])
        order by d.id for update of d
        """;

    private const string MoveSql =
        """
        -- another way: due at once, and what was poison where it was gets another chance
        with way as (select * from unnest($1, $2, $3, $4, $5, $6) as w (id, connector_id, destination, recipient, transfer_id, reason)),
        moved as (
          update delivery d
             set connector_id = w.connector_id, destination = w.destination, recipient = w.recipient, transfer_id = w.transfer_id, route_version = $7,
                 original_recipient = case when d.original_recipient = '' then d.recipient else d.original_recipient end,
                 state = case when d.state = 'held' then d.state else 'queued' end, due_at = now(), crashes = 0,
                 expires_at = greatest(d.expires_at, now() + interval '1 day')
            from way w
           where d.id = w.id
        returning d.id, d.accepted_at, d.attempts, w.reason)
        insert into delivery_event (delivery_id, accepted_at, at, kind, attempt, reason, actor)
             select id, accepted_at, now(), 'rerouted', attempts, reason, $8 from moved
        """;

    private const string HoldSql =
        """
        -- what no way leads from any more waits for an operator, or for a version of routing that has one
        with stopped as (
          update delivery set state = 'held', reason = $2 where id = any($1) and state = 'queued'
          returning id, accepted_at, attempts)
        insert into delivery_event (delivery_id, accepted_at, at, kind, attempt, reason, actor)
             select id, accepted_at, now(), 'held', attempts, $2, $3 from stopped
        """;

    private const string SplitSql =
        """
        -- what stays of a transfer whose first delivery left is named after the first that stays
        with touched as (select distinct message_id, last_id from delivery where id = any($1)),
        stays as (
          select d.id, min(d.id) over (partition by d.transfer_id) as transfer_id
            from touched m join delivery d on d.id > m.message_id and d.id <= m.last_id
           where d.transfer_id = any($1) and d.id <> all($1)
             and not exists (select from delivery l where l.id = d.transfer_id and l.connector_id = d.connector_id and l.destination = d.destination
                                and l.transfer_id = l.id))
        update delivery d set transfer_id = stays.transfer_id from stays where d.id = stays.id
        """;
}
