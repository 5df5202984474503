namespace Postern.Web.Security;

public sealed partial class Sessions
{
    private const string StartSql =
        """
        -- a new session; those that were left lying are swept
        with old as (delete from console_session where seen_at < now() - $6::interval),
        seen as (update console_user set signed_in_at = now() where id = $2)
        insert into console_session (id, user_id, means, address, agent) values ($1, $2, $3, $4, $5)
        """;

    private const string IsOpenSql =
        """
        -- the session, if it and its person still stand; seen once a minute is often enough
        with seen as (update console_session set seen_at = now() where id = $1 and seen_at < now() - interval '1 minute' and seen_at > now() - $4::interval)
        select exists (
          select from console_session s join console_user u on u.id = s.user_id
           where s.id = $1 and s.user_id = $2 and u.security_stamp is not distinct from $3 and u.locked_at is null and s.seen_at > now() - $4::interval)
        """;

    private const string ListSql =
        """
        -- who is signed in, from where
          select s.id, s.user_id, u.user_name, s.started_at, s.seen_at, s.means, s.address, s.agent
            from console_session s join console_user u on u.id = s.user_id
           where s.seen_at > now() - $1::interval and ($2::bigint is null or s.user_id = $2)
        order by s.seen_at desc, s.id
        """;

    private const string EndSql =
        """
        -- one session ends; whose it was
        delete from console_session s using console_user u where s.id = $1 and u.id = s.user_id returning u.user_name
        """;

    private const string EndAllSql =
        """
        -- the sessions of one person: all, only one, or all but one
        delete from console_session where user_id = $1 and ($2::uuid is null or id = $2) and ($3::uuid is null or id <> $3) returning id
        """;
}
