namespace Postern.Infrastructure.Quarantine;

public sealed partial class QuarantineReplay
{
    private const string FixSql = "select fix::text from operation where id = $1";

    // Its crashes are not forgotten altogether: what ended a process before runs alone once more.
    private const string ReplaySql =
        """
        -- deliveries that were set aside are queued, changed as the operator said, each a transfer by itself
        with fixed as (
          select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
                   as f (id, sender, recipient, connector_id, destination, version_id, size, subject, notes)),
        moved as (
          update delivery d
             set state = 'queued', due_at = now(), expires_at = greatest(d.expires_at, now() + interval '1 day'), crashes = least(d.crashes, 1),
                 sender = f.sender, recipient = f.recipient, connector_id = f.connector_id, destination = f.destination, transfer_id = d.id, version_id = f.version_id,
                 size = f.size, subject = coalesce(f.subject, d.subject), route_version = $10,
                 original_recipient = case when d.recipient = f.recipient or d.original_recipient <> '' then d.original_recipient else d.recipient end
            from fixed f
           where d.id = f.id and d.state in ('quarantined', 'held')
        returning d.id, d.accepted_at, d.attempts, f.notes)
        insert into delivery_event (delivery_id, accepted_at, at, kind, attempt, reason, actor, details)
             select id, accepted_at, now(), 'replayed', attempts, $11, $12, notes::jsonb from moved
        returning delivery_id
        """;
}
