namespace Postern.Infrastructure.Dirsync;

public sealed partial class PlanRevert
{
    private const string DoneSql =
        $"""
        select {PlanRows.Columns} from plan_row r where r.plan_id = $1 and r.outcome = 2 and r.class <> 5 and ($2::int is null or r.ordinal = $2) order by r.ordinal limit $3
        """;

    private const string HeldNowSql =
        """
        -- what the partner's directory holds of these entries, and under their former names
        select true, h.identity, h.key, h.name, h.address, h.address_key, h.kind, h.row_values
          from plan_row r join held_row h on h.partner_id = $2 and h.is_ours and h.identity = r.identity
         where r.plan_id = $1 and r.outcome = 2 and r.class <> 5 and ($3::int is null or r.ordinal = $3)
        union all
        select false, h.identity, h.key, h.name, h.address, h.address_key, h.kind, h.row_values
          from plan_row r join held_row h on h.partner_id = $2 and h.key = r.before_key
         where r.plan_id = $1 and r.outcome = 2 and r.class <> 5 and ($3::int is null or r.ordinal = $3)
        """;

    // The row as the plan left it stands for an entry that nobody has touched since; else what it is called now, which is another row.
    private const string OwnNowSql =
        """
        -- what our directory holds of these entries: as the plan left them, unless somebody changed them since; and who holds their former addresses
        select true, r.identity,
               case when s.is_same then r.after_key else ''::bytea end, e.display_name, a.address, coalesce(case when s.is_same then r.after_address_key end, ''),
               coalesce(r.after_kind, 0::smallint), case when s.is_same then r.after_values else e.row_values end
          from plan_row r
          join entry e on e.partner_id = $2 and e.source_identity = r.identity
          join entry_address a on a.entry_id = e.id and a.is_native
          cross join lateral (
            select r.after_name is not null and e.display_name = r.after_name and a.address = r.after_address
                   and not exists (select from entry_change c join plan p on p.id = c.plan_id
                                    where c.identity = r.identity and c.direction = 'in' and p.partner_id = $2 and c.plan_id > r.plan_id) as is_same) s
         where r.plan_id = $1 and r.outcome = 2 and r.class <> 5 and ($3::int is null or r.ordinal = $3)
        union all
        select false, case when e.partner_id = $2 then e.source_identity else format('entry %s', e.id) end, r.before_key, e.display_name, a.address, r.before_address_key, 0::smallint, ''
          from plan_row r
          join entry_address a on a.address = r.before_address and a.is_native
          join entry e on e.id = a.entry_id
         where r.plan_id = $1 and r.outcome = 2 and r.class <> 5 and ($3::int is null or r.ordinal = $3)
        """;

    private const string PlanSql =
        """
        insert into plan (partner_id, direction, cycle, state, hash, read_rows, held_rows, counts, needed, thresholds, notes, author, reverts_id)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) returning id
        """;

    private const string CopySql =
        """
        copy plan_row (plan_id, ordinal, class, gone, takes_held_name, identity, hash, before_key, before_name, before_address, before_address_key, before_kind, before_values,
                       after_key, after_name, after_address, after_address_key, after_kind, after_values, source, why, verdict, author, before_identity) from stdin (format binary)
        """;
}
