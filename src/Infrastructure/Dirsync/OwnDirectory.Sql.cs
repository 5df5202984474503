namespace Postern.Infrastructure.Dirsync;

public sealed partial class OwnDirectory
{
    private const string FindSql =
        """
        -- entries by what their partner calls them, and others by their number
        select source_identity, id from entry where partner_id = $1 and source_identity = any($2)
         union all
        select 'entry:' || id, id from entry where id = any($3)
        """;

    private const string RememberSql =
        """
        insert into former_address (address_key, address, identity, is_stable, name) select * from unnest($1, $2, $3, $4, $5)
            on conflict (address_key) do update
           set address = excluded.address, identity = excluded.identity, is_stable = excluded.is_stable, name = excluded.name, gone_at = now()
        """;

    private const string RenameSql =
        """
        update entry set partner_id = $1, source_identity = new.identity from unnest($2, $3) as new (id, identity) where entry.id = new.id
        """;

    private const string InsertSql =
        """
        insert into entry (id, partner_id, display_name, kind, source_identity, row_values, is_hidden, trust, container) overriding system value
             select id, case when identity <> '' then $1 end, name, kind, identity, row_values, is_hidden, trust, container
               from unnest($2, $3, $4, $5, $6, $7, $8, $9) as new (id, name, kind, identity, row_values, is_hidden, trust, container)
        """;

    private const string UpdateSql =
        """
        update entry
           set partner_id = case when new.identity <> '' then $1 end, display_name = new.name, kind = new.kind, source_identity = new.identity, row_values = new.row_values,
               is_hidden = new.is_hidden, trust = new.trust, container = new.container, changed_at = now()
          from unnest($2, $3, $4, $5, $6, $7, $8, $9) as new (id, name, kind, identity, row_values, is_hidden, trust, container)
         where entry.id = new.id
        """;
}
