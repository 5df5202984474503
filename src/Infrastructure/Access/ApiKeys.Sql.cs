namespace Postern.Infrastructure.Access;

public sealed partial class ApiKeys
{
    private const string Columns =
        """
        k.id, u.user_name, k.name, k.scopes, k.prefix, k.created_at, k.created_by, k.expires_at, k.last_used_at, k.revoked_at, k.revoked_by
        """;

    private const string ListSql =
        $"""
        -- keys of one person or of all, the newest first
          select {Columns}
            from api_key k join console_user u on u.id = k.user_id
           where $1 = '' or u.user_name = $1
        order by k.id desc limit $2
        """;

    private const string InsertSql =
        $"""
        -- a key of somebody who has room for one more
        with made as (
          insert into api_key (user_id, name, scopes, hash, prefix, created_by, expires_at)
          select u.id, $2, $3, $4, $5, $6, now() + $7::interval
            from console_user u
           where u.user_name = $1
             and (select count(*) from api_key o where o.user_id = u.id and o.revoked_at is null and o.expires_at > now()) < $8
          returning *)
        select {Columns} from made k join console_user u on u.id = k.user_id
        """;

    private const string RevokeSql =
        $"""
        -- a key ends here and now; one that is revoked already stays as it is
        with ended as (
          update api_key set revoked_at = now(), revoked_by = $2 where id = $1 and revoked_at is null returning *)
        select {Columns} from ended k join console_user u on u.id = k.user_id
        """;

    private const string CheckSql =
        $"""
        -- whose key it is, what they may at this moment, and that it was used; an account that could not sign in now has no keys
        with used as (
          update api_key set last_used_at = now() where hash = $1 and (last_used_at is null or last_used_at < now() - interval '1 minute'))
        select {Columns}, u.roles, k.expires_at > now(), u.lockout_end is null or u.lockout_end <= now(), not u.must_change_password
          from api_key k join console_user u on u.id = k.user_id
         where k.hash = $1
        """;
}
