namespace Postern.Infrastructure.Dirsync;

public sealed partial class PlanDecisions
{
    private const string GroupsSql =
        $"""
        -- the rows that are meant, by everything that a consent depends on
          select r.class, r.approved_by, r.author, r.verdict, count(*), coalesce(sum(r.mail), 0)::bigint
            from plan_row r
           where {PlanRows.Chosen} and r.class <> 5 and r.outcome = 0
        group by 1, 2, 3, 4
        """;

    private const string AgreeSql =
        $"""
        -- one group of rows gets one more who agreed
        update plan_row r set approved_by = $7, verdict = $8, decided_at = now()
         where {PlanRows.Chosen} and r.outcome = 0 and r.class = $9 and r.approved_by = $10 and r.author is not distinct from $11 and r.verdict = $12
        """;

    private const string RefuseSql =
        $"""
        -- refused, and remembered by what exactly would have been done
        with refused as (
          update plan_row r set approved_by = '{"{}"}', verdict = 'rejected', decided_at = now()
           where {PlanRows.Chosen} and r.class <> 5 and r.outcome = 0 and r.verdict <> 'rejected' and ($7 or r.verdict = 'open')
          returning r.hash, r.identity, coalesce(r.after_name, r.before_name) as name, r.class)
        , kept as (
          insert into refused_change (partner_id, direction, hash, identity, name, class, actor, reason)
               select $8, $9, hash, identity, name, class, $10, $11 from refused
          on conflict (partner_id, direction, hash) do update set actor = excluded.actor, reason = excluded.reason, refused_at = now())
        select count(*) from refused
        """;

    private const string UndecideSql =
        $"""
        -- nobody has decided about these
        update plan_row r set approved_by = '{"{}"}', verdict = 'open', decided_at = null
         where {PlanRows.Chosen} and r.class <> 5 and r.outcome = 0 and (r.verdict <> 'open' or cardinality(r.approved_by) > 0)
        """;

    private const string ForgetRefusalsSql =
        $"""
        -- what had been refused may be proposed again
        delete from refused_change c using plan_row r
         where {PlanRows.Chosen} and r.verdict = 'rejected' and c.partner_id = $7 and c.direction = $8 and c.hash = r.hash
        """;

    private const string SettleSql =
        $"""
        -- a plan is decided when none of its rows waits for anybody; what is never applied does not count
        with row as (
          select count(*) filter (where r.verdict = 'open' and lower(p.needed[r.class + 1]) is distinct from 'never') as open,
                 count(*) filter (where r.verdict = 'approved') as approved, count(*) filter (where r.verdict = 'rejected') as rejected
            from plan_row r join plan p on p.id = r.plan_id where r.plan_id = $1 and r.class <> 5)
        update plan p
           set state = case when row.open > 0 then 'waiting' when row.approved > 0 then 'approved' when row.rejected > 0 then 'rejected' else p.state end,
               approved_hash = case when row.open = 0 and row.approved > 0 and row.rejected = 0 then p.hash end,
               tally = case when row.open = 0 and row.approved = 0 and row.rejected > 0 then (select {PlanStore.TallySql} from plan_row where plan_id = p.id and class <> 5) end
          from row where p.id = $1 and p.state in ('waiting', 'approved')
        returning p.state, row.open, row.approved, row.rejected
        """;

    private const string MovedSql =
        """
        -- what another plan of the same directory proposes otherwise: changed, over, new
          select case when n.identity is null then 0 when o.identity is null then 2 else 1 end, coalesce(n.name, o.name), count(*) over ()
            from (select identity, hash, coalesce(after_name, before_name) as name from plan_row where plan_id = $1 and class <> 5) o
            full join (select identity, hash, coalesce(after_name, before_name) as name from plan_row where plan_id = $2 and class <> 5) n on n.identity = o.identity
           where n.hash is distinct from o.hash
        order by 1, 2 limit 20
        """;

    private const string NextSql = "select max(id) from plan where partner_id = $1 and direction = $2 and id > $3 and author is null and state <> 'making'";

    private const string EditedSql = "select coalesce(after_name, before_name), author from plan_row where plan_id = $1 and author is not null order by ordinal limit 20";

    private const string RowSql = $"select {PlanRows.Columns} from plan_row r where r.plan_id = $1 and r.ordinal = $2";

    private const string ReplaceSql =
        """
        -- a row as it was edited: it asks anew, unless its class asks nobody
        update plan_row
           set class = $3, hash = $4, takes_held_name = $5, after_key = $6, after_name = $7, after_values = $8, author = $9, verdict = $10, approved_by = '{}',
               decided_at = null, why = $11
         where plan_id = $1 and ordinal = $2
        """;

    private const string CountSql =
        """
        update plan set hash = $2, approved_hash = null,
               counts = array[(select count(*) from plan_row where plan_id = $1 and class = 0), (select count(*) from plan_row where plan_id = $1 and class = 1),
                              (select count(*) from plan_row where plan_id = $1 and class = 2), (select count(*) from plan_row where plan_id = $1 and class = 3),
                              (select count(*) from plan_row where plan_id = $1 and class = 4), (select count(*) from plan_row where plan_id = $1 and class = 5)]
         where id = $1
        """;

    private const string HashesSql = "select hash from plan_row where plan_id = $1 and class <> 5 order by class, coalesce(after_key, before_key), identity collate \"C\"";

    private const string HolderSql =
        """
        -- who has a name there, or is to have it, other than this entry; and whether the plan takes it from them
        select name, address, is_leaving from (
          select h.name, h.address,
                 exists (select from plan_row r where r.plan_id = $2 and r.class <> 5 and r.identity = h.identity and h.is_ours and r.before_key = $3 and r.after_key is distinct from $3) as is_leaving
            from held_row h where h.partner_id = $1 and h.key = $3 and not (h.is_ours and h.identity = $4)
          union all
          select r.after_name, r.after_address, false from plan_row r where r.plan_id = $2 and r.class <> 5 and r.after_key = $3 and r.identity <> $4) x
        order by is_leaving limit 1
        """;

    private const string DecideRowSql =
        """
        -- what the entry is called there, and whether it is there at all, from now on
        insert into row_decision (partner_id, direction, identity, name, row_values, is_left_out, actor) values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (partner_id, direction, identity) do update
           set name = excluded.name, row_values = excluded.row_values, is_left_out = excluded.is_left_out, actor = excluded.actor, decided_at = now()
        """;

    private const string GiveSql =
        """
        -- who has the name from now on
        insert into given_name (partner_id, direction, key, identity, name, actor) values ($1, $2, $3, $4, $5, $6)
        on conflict (partner_id, direction, key) do update set identity = excluded.identity, name = excluded.name, actor = excluded.actor, given_at = now()
        """;
}
