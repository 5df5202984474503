namespace Postern.Infrastructure.Watch;

internal sealed partial class WatchFacts
{
    private const string TurnSql =
        """
        -- the instant, and whether this worker is the first of those that are alive
        select now(), not exists (select from worker where id < $1 and seen_at > now() - interval '60 seconds')
        """;

    private const string ConnectorsSql =
        """
        -- connectors, how they are doing and the last program they ran
           select c.id, c.name, c.kind, c.settings::text, c.desired_state = 'started',
                  coalesce(s.state, ''), coalesce(s.detail, ''), coalesce(s.failure, ''), s.failed_at, s.alive_at, s.left_at,
                  coalesce(w.seen_at > now() - interval '60 seconds', false),
                  r.started_at, r.ended_at, coalesce(r.ending = 'exited' and r.exit_code = 0, false), coalesce(r.program, ''), coalesce(s.worker_id, 0),
                  exists (select from connector_act a where a.connector_id = c.id and a.kind in ('pause pickup', 'drain') and (a.until is null or a.until > now())),
                  exists (select from connector_act a where a.connector_id = c.id and a.kind = 'pause delivery' and (a.until is null or a.until > now()))
             from connector c
        left join connector_status s on s.connector_id = c.id
        left join worker w on w.id = s.worker_id
        left join lateral (select started_at, ended_at, ending, exit_code, program from program_run
                            where connector_id = c.id order by id desc limit 1) r on true
         order by c.name
        """;

    private const string RunsSql =
        """
        -- programs without an end
        select connector_id, id, program, started_at from program_run where ended_at is null
        """;

    private const string OperationsSql =
        """
        -- operations without an end, and what changes when they get on
        select o.id, o.verb, o.done + o.refused, o.total,
               o.state || ' ' || o.done || ' ' || o.refused || ' ' || o.restored || ' '
               || case o.state when 'undoing' then (select count(*) from operation_item i where i.operation_id = o.id and i.restored is not null) else 0 end
          from operation o where o.state in ('running', 'undoing')
        """;

    private const string PartitionsSql =
        """
        -- nets that something has fallen into
        select 'message' where exists (select from message_default) union all
        select 'message_content' where exists (select from message_content_default) union all
        select 'delivery_history' where exists (select from delivery_history_default) union all
        select 'delivery_event' where exists (select from delivery_event_default) union all
        select 'ledger' where exists (select from ledger_default)
        """;

    private const string TroubledSql =
        """
        -- connectors that lack a folder, or lacked it a moment ago
        select distinct connector from alert where closed_at is null and kind = 'folder unusable' and connector <> ''
        """;

    // Mail without a sender does not count: reports nobody takes are no alarm, and an alert must not raise one about itself. Canaries have an alarm of their own.
    private const string QueueSql =
        """
        -- by connector what waits, what is poison, and what was said of the first of that
          select c.id, c.name, d.waiting, d.oldest, d.poison, d.first, d.since
            from (select connector_id,
                         count(*) filter (where state <> 'quarantined') as waiting, min(accepted_at) filter (where state <> 'quarantined') as oldest,
                         count(*) filter (where state = 'quarantined') as poison,
                         left((array_agg(reason order by id) filter (where state = 'quarantined'))[1], 300) as first,
                         min(coalesce(last_attempt_at, accepted_at)) filter (where state = 'quarantined') as since
                    from delivery
                   where state in ('queued', 'leased', 'quarantined') and sender <> ''
                     and (state = 'quarantined' or not starts_with(sender, 'canary-') or sender !~ '^canary-[a-z2-7]{24}@')
                group by 1) d
            join connector c on c.id = d.connector_id
        order by c.name
        """;

    // A report is written in the transaction of the end that causes it: both bear its instant.
    private const string ReportsSql =
        """
        -- ends of the last day whose sender should know and does not
        select count(*), coalesce(min(h.id), 0)
          from delivery_history h
         where h.state = 'bounced' and h.finished_at > now() - interval '1 day' and h.accepted_at > now() - interval '9 days'
           and (h.report = ''
                or (h.report = 'sent' and not exists (
                      select from message m
                       where m.id = h.report_id and m.accepted_at > now() - interval '3 days')))
        """;
}
