namespace Postern.Infrastructure.Routing;

public sealed partial class RouteDrafts
{
    internal const string ReadSql =
        """
        select id, name, is_shared, made_by, made_at, changed_by, changed_at, row_version, base_version, base::text, content::text from route_draft
        """;

    private const string InsertSql =
        """
        -- a new draft; a name that is taken takes nothing
        insert into route_draft (name, made_by, changed_by, base_version, base, content)
             values ($1, $2, $2, $3, $4::jsonb, $5::jsonb) on conflict do nothing returning id
        """;

    // Who was slower finds another row version and changes nothing.
    private const string SaveSql =
        """
        -- a draft as one person leaves it
           update route_draft
              set name = $3, is_shared = $4, base_version = $5, base = $6::jsonb, content = $7::jsonb, changed_by = $8, changed_at = now(), row_version = row_version + 1
            where id = $1 and row_version = $2
        returning id
        """;

    private const string DeleteSql = "delete from route_draft where id = $1 and row_version = $2 returning id";

    private const string IsTakenSql = "select count(*) from route_draft where upper(name) = upper($1) and id <> $2";
}
