namespace Postern.Infrastructure.Dirsync;

internal sealed partial class PlanMaker
{
    // Decision 26 has both sides: every wanted row brings what is held for it along, every held row the name under which it is wanted.
    private const string WantedSql =
        """
          select w.identity, w.key, w.name, w.address, w.address_key, w.kind, w.row_values, p.identity, p.key, p.name, p.address, p.address_key, p.kind, p.row_values
            from staged w left join held p on p.is_ours and p.match = w.identity
           where w.withheld is null
        order by w.key, w.identity
        """;

    private const string PresentSql =
        """
          select p.identity, p.key, p.name, p.address, p.address_key, p.kind, p.row_values, p.is_ours, case when w.withheld is null then w.key end, w.withheld,
                 case when w.withheld is null then w.address_key end
            from held p left join staged w on p.is_ours and w.identity = p.match
        order by p.key, p.identity
        """;

    // The rows get their numbers in the order of the plan (PlanOrder). A source has one row for an identity, which lost its place to another one where it is repeated.
    private const string StoreSql =
        """
        insert into plan_row (plan_id, ordinal, class, gone, takes_held_name, identity, before_identity, hash,
                              before_key, before_name, before_address, before_address_key, before_kind, before_values,
                              after_key, after_name, after_address, after_address_key, after_kind, after_values, sides, source, why, verdict)
             select $1, row_number() over (order by m.class, m.key, m.identity), m.class, m.gone, m.takes_held_name, m.identity, nullif(m.before_identity, m.identity), m.hash,
                    m.before_key, m.before_name, m.before_address, m.before_address_key, m.before_kind, m.before_values,
                    m.after_key, m.after_name, m.after_address, m.after_address_key, m.after_kind, m.after_values, m.sides, coalesce(s.source, ''), coalesce(s.why, ''),
                    case when m.class = any($2) then 'approved' else 'open' end
               from made m left join staged s on s.identity = m.identity
           order by m.class, m.key, m.identity
        """;

    // Collisions change nothing and do not count.
    private const string HashesSql = "select hash from made where class <> 5 order by class, key, identity";

    private const string OpenSql =
        """
        select id, state from plan where partner_id = $1 and direction = $2 and state in ('waiting', 'approved', 'applying') and author is null
        """;

    // It gets its state with its last row: until then the one before stands.
    private const string InsertSql =
        """
        insert into plan (partner_id, direction, cycle, state, read_rows, held_rows, counts, is_complete, needed, thresholds, notes, author)
             values ($1, $2, $3, 'superseded', $4, $5, $6, $7, $8, $9, $10, $11)
          returning id
        """;

    private const string FinishSql =
        """
        update plan set state = $2, hash = $3, apply_began_at = case when $2 = 'applied' then now() end, apply_ended_at = case when $2 = 'applied' then now() end where id = $1
        """;

    // Mail that waits for an address which the entry would lose. Of our own entries each address counts, in a partner's directory the one it is listed under.
    private static readonly Dictionary<string, string> MailSql = new(StringComparer.Ordinal)
    {
        ["out"] =
            """
            update plan_row r set mail = d.count
              from (select recipient, count(*)::int as count from delivery group by recipient) d
             where r.plan_id = $1 and r.class in (0, 1, 2) and d.recipient = r.before_address
            """,
        ["in"] =
            """
            with waiting as (select recipient, count(*)::int as count from delivery group by recipient),
                 touched as (select own.entry_id, sum(w.count)::int as count
                               from waiting w join entry_address a on a.address = w.recipient
                               join entry_address own on own.entry_id = a.entry_id and own.is_native
                           group by own.entry_id)
            update plan_row r set mail = t.count
              from touched t join entry_address native on native.entry_id = t.entry_id and native.is_native
             where r.plan_id = $1 and r.class in (0, 1, 2) and r.before_address = native.address
            """,
    };

    private const string CarryOverSql =
        """
        -- the same change is proposed again: what was decided about it stands; of a million about which nobody said anything none is touched
        update plan_row n
           set verdict = case when o.verdict = 'approved' and cardinality(o.approved_by) > 0 and (w.needed[n.class + 1] <> 'TwoApprovers' or was.needed[n.class + 1] = 'TwoApprovers') then 'approved'
                              when o.verdict = 'rejected' then 'rejected'
                              else n.verdict end,
               approved_by = o.approved_by, decided_at = o.decided_at, author = o.author
          from plan_row o, plan w, plan was
         where o.plan_id = $1 and n.plan_id = $2 and w.id = $2 and was.id = $1 and n.identity = o.identity and n.hash = o.hash and n.class <> 5
           and (o.decided_at is not null or o.author is not null or cardinality(o.approved_by) > 0 or o.verdict = 'rejected')
        """;

    private const string ForgetSql =
        """
        -- rows of the plan that was overtaken show what moved; those of plans before it are of no use any more
        delete from plan_row
         where plan_id in (select old.id from plan p join plan old using (partner_id, direction) where p.id = $1 and old.id < p.id and old.state = 'superseded')
        """;

    private const string CarryPlanSql =
        """
        update plan n set postponed_until = o.postponed_until, told_at = o.told_at, proposed_since = o.proposed_since from plan o where o.id = $1 and n.id = $2
        """;

    private const string UndecidedSql =
        """
        select count(*) from plan_row where plan_id = $1 and verdict = 'open' and class <> 5 and class <> all($2)
        """;

    private const string LastSql =
        """
        select id from (select id, state, counts, hash from plan where partner_id = $1 and direction = $2 and id <> $3 and author is null order by id desc limit 1) last
         where state = 'applied' and hash = $4 and counts[1] + counts[2] + counts[3] + counts[4] + counts[5] = 0
        """;

    private const string TakePlaceSql =
        """
        update plan o
           set cycle = n.cycle, made_at = now(), read_rows = n.read_rows, held_rows = n.held_rows, counts = n.counts, is_complete = n.is_complete, notes = n.notes,
               hash = $3, apply_ended_at = now()
          from plan n where o.id = $1 and n.id = $2
        """;
}
