namespace Postern.Infrastructure.Watch;

public sealed partial class AlertStore
{
    /// <summary>The way that is our own queue.</summary>
    internal const string MailTarget = "mail";

    private const string Facts = "id, kind, subject, connector, severity, text, next_step, owner, since, closed_at";

    private const string OpenSql =
        """
        -- open alerts of a node, and for the leader those of no node
        select key, kind, severity, opened_at from alert where closed_at is null and (node = $1 or ($2 and node = ''))
        """;

    private const string InsertSql =
        $"""
        -- an alert opens; another process may have been first
        insert into alert (key, kind, subject, node, connector, severity, text, next_step, link, since)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        on conflict (key) where closed_at is null do nothing
          returning {Facts}
        """;

    private const string UpdateSql =
        $"""
        -- an alert goes on; what is returned has become worse
        with before as (select id, severity from alert where key = $1 and closed_at is null for update),
        changed as (
          update alert a set severity = $2, text = $3, next_step = $4, seen_at = now() from before where a.id = before.id
          returning a.*, before.severity as was)
        select {Facts} from changed where was <> severity
        """;

    private const string CloseSql =
        $"""
        -- an alert is over
        update alert set closed_at = now() where key = $1 and closed_at is null returning {Facts}
        """;

    private const string CloseLostSql =
        """
        -- alerts of a node without a process for a while: nobody looks any more
        update alert a set closed_at = now()
         where closed_at is null and node <> ''
           and not exists (select from worker w where w.node = a.node and w.seen_at > now() - interval '10 minutes')
        """;

    private const string RemindSql =
        $"""
        -- open alerts that nobody has taken and that were told of long ago
        select {Facts} from alert
         where closed_at is null and owner = '' and coalesce(told_at, opened_at) < now() - $1 and (not $2 or severity = 'error')
         order by id for update
        """;

    // What comes together is told together: a mail waits a moment.
    private const string NoticeSql =
        """
        insert into alert_notice (id, alert_id, what, target, body, due_at)
             values ($1, $2, $3, $4, $5::jsonb, now() + case when $6 then interval '20 seconds' else interval '0' end)
        """;
}
