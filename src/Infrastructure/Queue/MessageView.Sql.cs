namespace Postern.Infrastructure.Queue;

public sealed partial class MessageView
{
    private const string MessageColumns =
        "m.id, m.last_id, m.accepted_at, m.source, m.peer, m.sender, m.header_id, m.subject, m.size, m.is_report, m.report_of, m.envelope_id, m.hops, m.notes::text";

    // A message takes the ids up to that of its last delivery, so the nearest one below a number is the one it belongs to.
    private const string RowSql =
        $"""
        -- the message of a number, its own or that of one of its deliveries
        select {MessageColumns}
          from (select * from message where id <= $1 order by id desc limit 1) m
         where m.last_id >= $1
        """;

    private const string DeliveriesSql =
        """
        -- the deliveries of one message, wherever they are now
        select d.id, d.message_id, d.state::text, d.connector_id, d.destination, d.recipient, d.sender, d.subject, d.original_recipient, d.size,
               d.is_report, d.notify, d.attempts, d.crashes, d.may_repeat, d.accepted_at, d.first_attempt_at, d.last_attempt_at,
               d.due_at, d.expires_at, null::timestamptz, d.status, d.reply, d.reason, d.remote, '', null::bigint
          from delivery d
         where d.id > $1 and d.id <= $2 and d.accepted_at = $3
        union all
        select d.id, d.message_id, d.state::text, d.connector_id, d.destination, d.recipient, d.sender, d.subject, d.original_recipient, d.size,
               d.is_report, d.notify, d.attempts, 0, d.may_repeat, d.accepted_at, d.first_attempt_at, d.last_attempt_at,
               null, null, d.finished_at, d.status, d.reply, d.reason, d.remote, d.report, d.report_id
          from delivery_history d
         where d.id > $1 and d.id <= $2 and d.accepted_at = $3
         order by 1 limit $4
        """;

    private const string HappeningsSql =
        """
        -- what happened to the deliveries of one message
          select delivery_id, at, kind, attempt, status, reply, reason, remote, actor, details::text
            from delivery_event
           where delivery_id > $1 and delivery_id <= $2 and accepted_at = $3
        order by at, delivery_id limit $4
        """;

    // States and the first recipient of each message that was found.
    private const string Summary =
        $"""
        select {MessageColumns}, first.recipient, coalesce(s.states, array[]::text[]), coalesce(s.counts, array[]::bigint[])
          from found m
               left join lateral (
                 select array_agg(state) as states, array_agg(n) as counts
                   from (select state::text, count(*) as n
                           from (select state from delivery d where d.id > m.id and d.id <= m.last_id and d.accepted_at = m.accepted_at
                                 union all
                                 select state from delivery_history d where d.id > m.id and d.id <= m.last_id and d.accepted_at = m.accepted_at) e
                          group by 1) c) s on true
               left join lateral (
                 select recipient
                   from (select id, recipient from delivery d where d.id > m.id and d.id <= m.last_id and d.accepted_at = m.accepted_at
                         union all
                         select id, recipient from delivery_history d where d.id > m.id and d.id <= m.last_id and d.accepted_at = m.accepted_at) r
                  order by id limit 1) first on true
         order by m.id desc
        """;

    private const string SearchSql =
        $"""
        -- messages that carry a text as Message-ID, sender, subject, recipient or name of an attachment; newest first. A Message-ID is found at any age.
        with ids as (
          (select id from message where header_id <> '' and hashtextextended(header_id, 0) = hashtextextended($2, 0) and header_id = $2 order by id desc limit $4)
          union
          (select id from message
            where accepted_at > now() - $1 and (sender ilike $3 or subject ilike $3 or attachments is not null and array_to_string(attachments, chr(10)) ilike $3)
            order by id desc limit $4)
          union
          (select distinct message_id from delivery where accepted_at > now() - $1 and (recipient ilike $3 or original_recipient ilike $3)
            order by message_id desc limit $4)
          union
          (select distinct message_id from delivery_history where accepted_at > now() - $1 and (recipient ilike $3 or original_recipient ilike $3)
            order by message_id desc limit $4)
          union
          select $5 where $5 > 0),
        newest as (select id from ids order by id desc limit $4),
        found as (select m.* from message m where m.id in (select id from newest))
        {Summary}
        """;

    private const string LatestSql =
        $"""
        -- the newest messages
        with found as (select * from message order by id desc limit $1)
        {Summary}
        """;
}
