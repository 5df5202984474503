namespace Postern.Infrastructure.Queue;

public sealed partial class OperationUndo
{
    private const string MovedRefusal = "It is no longer as the operation left it.";
    private const string EndedRefusal = "Its report is on its way or gone, or its row is no longer as the operation left it.";

    private const string BeginSql =
        """
        update operation set state = 'undoing', undone_by = $2 where id = $1
        """;

    private const string RestoreMovedSql =
        """
        -- what waits as the operation left it waits as it did before; one that went another way is in a transfer with those that come back with it
        with item as (
          select d.id, i.acted_at, b.state, b.due_at, b.expires_at, b.crashes, b.reason, b.priority, b.connector_id, b.destination, b.recipient,
                 b.original_recipient, b.route_version, b.sender, b.size, b.subject, b.version_id,
                 case when (d.connector_id, d.destination, d.transfer_id) = (b.connector_id, b.destination, b.transfer_id) then b.transfer_id end as transfer_id
            from operation_item i
           cross join jsonb_populate_record(null::delivery, i.before) b
            join delivery d on d.id = i.delivery_id
            join unnest($3::delivery_state[], $4::delivery_state[]) as move (was, is_now) on move.was = b.state and move.is_now = d.state
           where i.operation_id = $1 and i.piece = $2 and i.is_done and i.restored is null and d.attempts = b.attempts
             and not exists (select from delivery_event e where e.delivery_id = d.id and e.at > i.acted_at)
             for update of d),
        led as (
          select item.*, coalesce(item.transfer_id, min(d.id) over (partition by d.message_id, item.connector_id, item.destination)) as leader
            from item join delivery d on d.id = item.id),
        back as (
          update delivery d
             set state = led.state, due_at = led.due_at, expires_at = led.expires_at, crashes = led.crashes, reason = led.reason, priority = led.priority,
                 connector_id = led.connector_id, destination = led.destination, recipient = led.recipient, original_recipient = led.original_recipient,
                 route_version = led.route_version, transfer_id = led.leader,
                 sender = led.sender, size = led.size, subject = led.subject, version_id = led.version_id
            from led
           where d.id = led.id
        returning d.id, d.accepted_at, d.attempts),
        noted as (
          insert into delivery_event (delivery_id, accepted_at, at, kind, attempt, actor)
               select id, accepted_at, now(), 'restored', attempts, $5 from back)
        update operation_item i set restored = true from back where i.operation_id = $1 and i.delivery_id = back.id
        """;

    private const string BackSql =
        """
        -- those of a piece that are back
        select coalesce(array_agg(delivery_id), '{}') from operation_item where operation_id = $1 and piece = $2 and restored
        """;

    private const string ReportsSql =
        """
        -- the deliveries of reports of this piece, all of whose deliveries still wait untried
        with report as (
          select distinct m.id, m.last_id
            from operation_item i
            join delivery_history h on h.id = i.delivery_id and h.finished_at = i.acted_at
            join message m on m.id = h.report_id
           where i.operation_id = $1 and i.piece = $2 and i.is_done and i.restored is null),
        waiting as (
            select d.id, r.id as report_id, r.last_id, d.state, d.attempts
              from report r join delivery d on d.id > r.id and d.id <= r.last_id
          order by d.id for update of d)
        select id from waiting w
         where (select count(*) from waiting o where o.report_id = w.report_id and o.state <> 'leased' and o.attempts = 0) = w.last_id - w.report_id
        """;

    // The report of a return was taken back just before, in the same transaction; where it was not, the delivery stays returned.
    private const string RestoreEndedSql =
        """
        -- what ended as the operation left it is out of the history again, and the ledger says so
        with item as (
          select i.delivery_id, i.acted_at, i.before, (i.before ->> 'accepted_at')::timestamptz as accepted_at
            from operation_item i
           where i.operation_id = $1 and i.piece = $2 and i.is_done and i.restored is null),
        gone as (
          delete from delivery_history h
           using item
           where h.id = item.delivery_id and h.accepted_at = item.accepted_at and h.state = $3::delivery_state and h.finished_at = item.acted_at
             and (h.report_id is null
                  or exists (select from delivery_history r where r.id = h.report_id + 1 and r.state = 'removed' and r.finished_at = now()))
        returning h.id, h.accepted_at, h.connector_id, h.state, item.before),
        back as (
          insert into delivery select b.* from gone, jsonb_populate_record(null::delivery, gone.before) b
          returning id, accepted_at, attempts),
        noted as (
          insert into delivery_event (delivery_id, accepted_at, at, kind, attempt, actor)
               select id, accepted_at, now(), 'restored', attempts, $4 from back),
        counted as (
          insert into ledger (day, batch, connector_id, outcome, deliveries, ids)
               select (accepted_at at time zone 'UTC')::date, $5, connector_id, state, -count(*), array_agg(id) from gone group by 1, 3, 4)
        update operation_item i set restored = true from gone where i.operation_id = $1 and i.delivery_id = gone.id
        """;

    private const string NoteSql =
        """
        -- what could not be brought back says so; the audit has the whole act
        with rest as (
          update operation_item set restored = false, refusal = $4
           where operation_id = $1 and piece = $2 and is_done and restored is null),
        back as (select delivery_id from operation_item where operation_id = $1 and piece = $2 and restored),
        counted as (update operation set restored = restored + (select count(*) from back) where id = $1)
        insert into audit (actor, verb, target, details)
        select $3, 'undo', 'operation ' || $1::bigint, jsonb_build_object('operation', $1::bigint, 'deliveries', (select coalesce(array_agg(delivery_id order by delivery_id), '{}') from back))
         where exists (select from back)
        """;

    private const string EndSql =
        """
        update operation set state = 'undone' where id = $1
        """;
}
