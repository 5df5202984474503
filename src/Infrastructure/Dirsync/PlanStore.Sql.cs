namespace Postern.Infrastructure.Dirsync;

public sealed partial class PlanStore
{
    internal const string TallySql =
        """
        array[count(*) filter (where verdict = 'open'), count(*) filter (where verdict = 'approved'), count(*) filter (where verdict = 'rejected'),
                             count(*) filter (where outcome = 2), count(*) filter (where outcome = 3), coalesce(sum(mail), 0)::bigint]
        """;

    private const string SummarySql =
        $"""
        -- plans with how far they are: counted while they are open, remembered when they are over
          select p.id, p.partner_id, n.name, p.direction, p.state, p.cycle, p.hash, p.made_at, p.counts, p.read_rows, p.held_rows, p.is_complete, p.needed, p.thresholds::text,
                 coalesce(p.tally, (select {TallySql} from plan_row where plan_id = p.id and class <> 5)),
                 p.postponed_until, p.author, p.reverts_id, p.apply_ended_at, p.fault, p.notes, p.apply_began_at
            from plan p join partner n on n.id = p.partner_id
        """;

    private const string ListSql =
        $"""
        {SummarySql}
           where p.state <> 'making' and ($1 = '' or n.name = $1) and ($3 = '' or p.direction = $3) and ($4::bigint is null or p.id < $4)
             and case $2 when '' then true when 'open' then p.state in ('waiting', 'approved', 'applying') else p.state = $2 end
             and ($6 or p.counts <> '{"{0,0,0,0,0,0}"}')
        order by p.id desc limit $5
        """;

    private const string FindSql = $"{SummarySql} where p.id = $1 and p.state <> 'making'";

    private const string RowsSql =
        $"""
        -- a page of a plan's rows in its order
          select {PlanRows.Columns} from plan_row r
           where {PlanRows.Chosen} and r.ordinal > $7
        order by r.ordinal limit $8
        """;

    private const string ValuesSql =
        """
        -- rows that change one value and nothing else, by that value
          select d.names[1], count(*)
            from plan_row r
            cross join lateral (
              select array_agg(distinct split_part(l, '=', 1)) names
                from ((select l from unnest(string_to_array(r.before_values, E'\n')) l except select l from unnest(string_to_array(r.after_values, E'\n')) l)
                      union all
                      (select l from unnest(string_to_array(r.after_values, E'\n')) l except select l from unnest(string_to_array(r.before_values, E'\n')) l)) x (l)
               where l <> '') d
           where r.plan_id = $1 and r.class = 3 and r.before_name = r.after_name and r.before_kind = r.after_kind and cardinality(d.names) = 1
        group by 1 order by 2 desc, 1 limit 20
        """;

    private const string HistorySql =
        """
        -- what happened to one entry, the newest first: as a partner names it, or by its number here, under whatever identities it had
          select id, at, partner, direction, plan_id, ordinal, identity, entry_id, class, before_name, before_address, before_values, after_name, after_address, after_values,
                 source, why, approved_by
            from entry_change
           where ($1 <> '' and identity = $1 and ($3 = '' or partner = $3)) or ($2::bigint is not null and entry_id = $2)
        order by id desc limit $4
        """;

    private const string FlappingSql =
        """
        -- entries that so many cycles in a row have changed
          select f.partner_id, n.name, f.direction, f.identity, f.name, f.last_cycle, f.streak
            from flapping f join partner n on n.id = f.partner_id
           where f.streak >= $1 and ($2 = '' or n.name = $2)
        order by f.streak desc, n.name, f.identity limit 1000
        """;

    private const string LagSql =
        """
        -- how old the oldest change is that a partner, or we from it, lack; and whether it waits for a person
          select n.id, n.name, o.oldest, n.last_complete_at, coalesce(o.is_open, false), now()
            from partner n
            left join lateral (
              select min(p.proposed_since) oldest, bool_or(r.verdict = 'open') is_open
                from plan p join plan_row r on r.plan_id = p.id
               where p.partner_id = n.id and p.state in ('waiting', 'approved', 'applying')
                 and r.class <> 5 and r.verdict <> 'rejected' and r.outcome in (0, 1)
                 and lower(p.needed[r.class + 1]) is distinct from 'never') o on true
        order by n.name
        """;

    private const string RefusedSql =
        """
        -- what was refused and is not proposed again
          select n.name, c.direction, encode(c.hash, 'hex'), c.identity, c.name, c.class, c.actor, c.reason, c.refused_at
            from refused_change c join partner n on n.id = c.partner_id
           where $1 = '' or n.name = $1
        order by c.refused_at desc, c.identity limit 1000
        """;

    private const string StandingSql =
        """
        -- what was decided about entries for good: names, values, what is left out, and names given in a collision
          select n.name, d.direction, d.identity, d.name, d.row_values, d.is_left_out, false, d.actor, d.decided_at
            from row_decision d join partner n on n.id = d.partner_id where $1 = '' or n.name = $1
        union all
          select n.name, g.direction, g.identity, g.name, '', false, true, g.actor, g.given_at
            from given_name g join partner n on n.id = g.partner_id where $1 = '' or n.name = $1
        order by 9 desc, 3 limit 1000
        """;
}
