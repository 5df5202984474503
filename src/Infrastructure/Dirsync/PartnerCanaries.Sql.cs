namespace Postern.Infrastructure.Dirsync;

internal sealed partial class PartnerCanaries
{
    private const string KnownSql =
        """
        select address_key, name, address, key, row_values, place, written_day, fault, tried_day, tried_version from partner_canary where partner_id = $1 and direction = 'out'
        """;

    private const string ForgetSql = "delete from partner_canary where partner_id = $1 and direction = 'out' and address_key <> all($2)";

    // What cannot be written now is not well because what was written before is still there.
    private const string SeenSql =
        """
        update partner_canary
           set seen_day = $3, seen_at = now(), looked_at = now(), late_since = case when fault = '' and ($3 >= written_day or written_day is null) then null else coalesce(late_since, now()) end
         where partner_id = $1 and direction = 'out' and address_key = $2
        """;

    private const string MissedSql =
        """
        update partner_canary set looked_at = now(), late_since = case when written_day is not null or fault <> '' then coalesce(late_since, now()) end
         where partner_id = $1 and direction = 'out' and address_key = $2
        """;

    private const string TheirsSql =
        """
        insert into partner_canary (partner_id, direction, address_key, name, seen_day, seen_at) values ($1, 'in', $2, $3, $4, now())
        on conflict (partner_id, direction, address_key) do update set name = excluded.name, seen_day = excluded.seen_day, seen_at = excluded.seen_at
        """;

    private const string LookedSql = "update partner_canary set looked_at = now() where partner_id = $1 and direction = 'in'";

    private const string IntendSql =
        """
        insert into partner_canary (partner_id, direction, address_key, name, address, is_read_back) values ($1, 'out', $2, $3, $4, $5)
        on conflict (partner_id, direction, address_key) do update set is_read_back = excluded.is_read_back
        """;

    private const string WrittenSql =
        """
        update partner_canary set name = $3, key = $4, row_values = $5, place = $6, written_day = $7, written_at = now(), fault = '', tried_day = $7
         where partner_id = $1 and direction = 'out' and address_key = $2
        """;

    private const string RefusedSql =
        """
        update partner_canary set fault = $3, tried_day = $4, tried_version = $5, late_since = coalesce(late_since, now())
         where partner_id = $1 and direction = 'out' and address_key = $2
        """;
}
