namespace Postern.Infrastructure.Dirsync;

public sealed partial class PartnerStore
{
    private const string PartnerColumns = "p.id, p.name, p.kind, p.settings::text, p.rules::text, p.is_enabled, p.cycle, p.version";

    private const string OneSql = $"select {PartnerColumns} from partner p where p.id = $1";

    private const string SummarySql =
        $"""
        -- partners with the state of their cycles, what they gave, what they hold, and their oldest change that is not carried out
          select {PartnerColumns}, p.cycle_began_at, p.created_at, p.schedule_from, now(), p.cycle_ended_at, p.cycle_fault, p.cycle_progress, p.last_complete_at,
                 p.run_wanted_at, p.run_is_dry,
                 (select count(*) from entry e where e.partner_id = p.id),
                 (select count(*) from held_row h where h.partner_id = p.id and h.is_ours),
                 (select count(*) from plan where partner_id = p.id and state in ('waiting', 'approved', 'applying')),
                 open.oldest, coalesce(open.is_waiting, false)
            from partner p
         left join lateral (select min(proposed_since) as oldest, bool_or(state = 'waiting') as is_waiting
                            from plan where partner_id = p.id and state in ('waiting', 'approved', 'applying') and counts[1] + counts[2] + counts[3] + counts[4] + counts[5] > 0) open on true
           where $1 = '' or p.name = $1 or p.id::text = $1
        order by p.name
        """;

    private const string InsertSql =
        """
        insert into partner (name, kind, settings, rules, is_enabled) values ($1, $2, $3, $4, $5) returning id
        """;

    // A new schedule begins now: quarters that were not in the old one were not missed.
    private const string UpdateSql =
        """
        update partner
           set name = $1, kind = $2, settings = $3, rules = $4, is_enabled = $5, version = version + 1,
               schedule_from = case when $7 then schedule_from else now() end
         where id = $6
        returning id
        """;

    private const string TakenSql =
        """
        -- homes that another partner owns
        select a.key, p.name from address_owner a join partner p on p.id = a.partner_id where a.kind = 'home' and a.key = any($1) and a.partner_id <> $2
        """;

    private const string WriteHomesSql =
        """
        with gone as (delete from address_owner where kind = 'home' and partner_id = $1 and key <> all($2))
        insert into address_owner (kind, key, partner_id) select distinct 'home', key, $1 from unnest($2) key
            on conflict (kind, key) do update set partner_id = excluded.partner_id
        """;

    private const string DeletionSql =
        """
        -- what hangs on a partner
        select p.name,
               (select count(*) from entry e where e.partner_id = p.id),
               (select count(*) from held_row h where h.partner_id = p.id and h.is_ours)
                 + (select count(*) from partner_canary c where c.partner_id = p.id and c.direction = 'out' and c.written_day is not null),
               (select count(*) from plan where partner_id = p.id and state in ('waiting', 'approved', 'applying')),
               array(select a.key from address_owner a where a.partner_id = p.id and a.kind = 'home' order by a.key)
          from partner p where p.id = $1
        """;

    private const string CanariesSql =
        """
        -- canary entries of one partner, or of all that are switched on; ours first
          select p.id, p.name, p.rules::text, c.direction = 'out', c.is_read_back, c.written_day, c.written_at, c.seen_day, c.seen_at, c.looked_at, c.late_since, c.fault
            from partner_canary c join partner p on p.id = c.partner_id
           where ($1 = 0 or p.id = $1) and ($1 <> 0 or p.is_enabled)
        order by p.name, c.direction desc, c.address_key
        """;

    private const string NotesSql =
        """
        select cycle, at, kind, source, text from cycle_note where partner_id = $1 and ($2 < 0 or cycle = $2) order by cycle desc, id limit $3
        """;
}
