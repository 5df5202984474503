namespace Postern.Infrastructure.Dirsync;

public sealed partial class PlanApply
{
    // Held by the connection that writes outcomes: whoever loses it can write none any more.
    private const string TurnSql = "select pg_try_advisory_lock(hashtext('postern plan'), $1::int)";
    private const string EndTurnSql = "select pg_advisory_unlock(hashtext('postern plan'), $1::int)";

    private const string BeginSql =
        """
        -- an approved plan whose time has come is carried out from now on; one that was interrupted goes on
        update plan set state = 'applying', apply_began_at = coalesce(apply_began_at, now())
         where id = $1 and state in ('approved', 'applying') and (postponed_until is null or postponed_until <= now())
        returning partner_id, direction, cycle, author, reverts_id, fault
        """;

    private const string StandsSql = "select state from plan where id = $1 for update";

    private const string MovedSql =
        """
        -- a row that another plan has changed since this one was made is left to the next cycle
        update plan_row r set outcome = 4, outcome_text = 'It has changed since the plan was made; the next cycle proposes what is due then.'
          from held_row h
         where r.plan_id = $1 and r.verdict = 'approved' and r.outcome = 0 and r.class in (0, 1, 2, 3)
           and h.partner_id = $2 and h.is_ours and h.identity = r.identity
           and (h.key, h.address_key, h.kind, h.row_values) is distinct from (r.before_key, r.before_address_key, r.before_kind, r.before_values)
           and (h.key, h.address_key, h.kind, h.row_values) is distinct from (r.after_key, r.after_address_key, r.after_kind, r.after_values)
        """;

    private const string StuckSql =
        """
        -- a row that waits for a name cannot go where the name is not given up: its holder was not approved, was refused, or is stuck itself
        with recursive frees as materialized (
          select t.ordinal as taker, h.ordinal as holder, h.verdict <> 'approved' or h.outcome in (3, 4) as stays, h.before_name as name
            from plan_row t join plan_row h on h.plan_id = t.plan_id and h.before_key = t.after_key and h.ordinal <> t.ordinal and h.class <> 5
           where t.plan_id = $1 and t.takes_held_name and t.verdict = 'approved' and t.outcome in (0, 1))
        , stuck as (
          select taker, name from frees where stays
          union
          select f.taker, f.name from frees f join stuck s on s.taker = f.holder)
        update plan_row r
           set outcome = case r.outcome when 0 then 4 else 3 end, done_at = now(),
               outcome_text = format('The name %s is still held there; the next cycle proposes this again.', s.name)
          from stuck s where r.plan_id = $1 and r.ordinal = s.taker
        """;

    private const string PageSql =
        $"""
        -- the next approved rows that have something left to be done
          select {PlanRows.Columns}, coalesce(h.place, (select o.place from held_row o where o.partner_id = $2 and not o.is_ours and o.key = r.before_key limit 1), '')
            from plan_row r
            left join held_row h on h.partner_id = $2 and h.is_ours and h.identity = r.identity
           where r.plan_id = $1 and r.ordinal > $3 and r.verdict = 'approved' and r.outcome in (0, 1) and r.class = any($4)
        order by r.ordinal limit $5
        """;

    private const string OutcomeSql =
        """
        -- how steps went: refused, its delete done, or all of it done. Told twice, it is written once
        with told as (select * from unnest($2::int[], $3::smallint[], $4::text[]) t (ordinal, kind, fault))
        update plan_row r
           set outcome = case when t.fault <> '' then 3 when t.kind = 0 and r.class <> 0 then 1 else 2 end, outcome_text = t.fault, done_at = now()
          from told t
         where r.plan_id = $1 and r.ordinal = t.ordinal and r.verdict = 'approved' and r.outcome in (0, 1) and (r.outcome = 0 or t.kind <> 0)
        """;

    private const string HeldSql =
        """
        -- what the partner's directory holds after these steps, in their order
        with told as (select * from unnest($2::int[], $3::smallint[], $4::text[], $5::text[]) t (ordinal, kind, fault, place) where fault = '')
        , gone as (
          delete from held_row h using told t join plan_row r on r.plan_id = $1 and r.ordinal = t.ordinal
           where h.partner_id = $6
             and ((t.kind = 0 and h.is_ours and h.identity = r.identity and not exists (select from told l where l.ordinal = t.ordinal and l.kind <> 0))
                  or (t.kind <> 0 and not h.is_ours and h.key = r.after_key and h.address_key = r.after_address_key)))
        insert into held_row (partner_id, is_ours, identity, key, name, address, address_key, kind, row_values, place)
             select $6, true, r.identity, r.after_key, r.after_name, r.after_address, r.after_address_key, r.after_kind, r.after_values, t.place
               from told t join plan_row r on r.plan_id = $1 and r.ordinal = t.ordinal
              where t.kind <> 0
        on conflict (partner_id, is_ours, identity) do update
           set key = excluded.key, name = excluded.name, address = excluded.address, address_key = excluded.address_key, kind = excluded.kind,
               row_values = excluded.row_values, place = excluded.place
        """;

    private const string HistorySql =
        """
        -- one line of history for every change that is done
        insert into entry_change (partner, direction, plan_id, ordinal, identity, entry_id, class, before_name, before_address, before_values, after_name, after_address,
                                  after_values, source, why, approved_by)
             select n.name, p.direction, r.plan_id, r.ordinal, r.identity,
                    case when p.direction = 'in' then coalesce(k.entry_id, (select e.id from entry e where e.partner_id = p.partner_id and e.source_identity = r.identity))
                         when r.identity ~ '^[0-9]{1,18}$' then r.identity::bigint end,
                    r.class, r.before_name, r.before_address, r.before_values, r.after_name, r.after_address, r.after_values, r.source, r.why, r.approved_by
               from plan_row r join plan p on p.id = r.plan_id join partner n on n.id = p.partner_id
               left join unnest($3::int[], $4::bigint[]) k (ordinal, entry_id) on k.ordinal = r.ordinal
              where r.plan_id = $1 and r.ordinal = any($2) and r.outcome = 2
        on conflict (plan_id, ordinal) do nothing
        returning identity
        """;

    private const string RefusedSql =
        """
        -- what is taken back is refused as well: else the next cycle would propose it again
        insert into refused_change (partner_id, direction, hash, identity, name, class, actor, reason)
             select p.partner_id, p.direction, o.hash, o.identity, coalesce(o.after_name, o.before_name), o.class, p.author, format('Plan %s was taken back.', p.reverts_id)
               from plan p
               join plan_row r on r.plan_id = p.id and r.ordinal = any($2) and r.outcome = 2
               join plan_row o on o.plan_id = p.reverts_id and o.identity = r.identity and o.outcome = 2 and o.class <> 5
              where p.id = $1
        on conflict (partner_id, direction, hash) do nothing
        """;

    private const string StreaksSql = "select identity, last_cycle, streak from flapping where partner_id = $1 and direction = $2 and identity = any($3)";

    private const string StreakSql =
        """
        -- how often in a row these entries were changed
        insert into flapping (partner_id, direction, identity, name, last_cycle, streak)
             select $1, $2, f.identity, (select coalesce(r.after_name, r.before_name) from plan_row r where r.plan_id = $6 and r.identity = f.identity and r.class <> 5 limit 1),
                    f.last_cycle, f.streak
               from unnest($3::text[], $4::bigint[], $5::int[]) f (identity, last_cycle, streak)
        on conflict (partner_id, direction, identity) do update set name = excluded.name, last_cycle = excluded.last_cycle, streak = excluded.streak
        """;

    private const string EntriesSql =
        """
        -- the numbers of entries before they are changed; one that is deleted has none afterwards
        select r.ordinal, coalesce(given.id, taken.id)
          from plan_row r
          left join entry given on given.partner_id = $2 and given.source_identity = r.identity
          left join entry taken on taken.id = case when r.before_identity ~ '^entry:[0-9]+$' then substr(r.before_identity, 7)::bigint end
         where r.plan_id = $1 and r.ordinal = any($3) and coalesce(given.id, taken.id) is not null
        """;

    private const string LeftSql =
        """
        select count(*) filter (where verdict = 'approved' and outcome in (0, 1)), count(*) filter (where outcome = 2), count(*) filter (where outcome = 3),
               count(*) filter (where outcome = 4), coalesce((array_agg(outcome_text order by ordinal) filter (where outcome = 3))[1], '')
          from plan_row where plan_id = $1 and class <> 5
        """;

    private const string EndSql =
        $"""
        -- nothing is left to be done
        update plan set state = $2, fault = $3, apply_ended_at = now(), tally = (select {PlanStore.TallySql} from plan_row where plan_id = $1 and class <> 5)
         where id = $1 and state = 'applying'
        """;

    private const string SteadySql = "delete from flapping where partner_id = $1 and direction = $2 and last_cycle < $3";

    private const string NewlyFlappingSql =
        "select name from flapping where partner_id = $1 and direction = $2 and last_cycle = $3 and streak = $4 order by name limit 100";
}
