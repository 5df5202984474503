using Npgsql;
using Postern.Domain.Access;
using Postern.Infrastructure.Audit;

namespace Postern.Web.Security;

public sealed partial class PeopleActions
{
    private const string FindSql =
        """
        -- the account, and all administrators: acts that could take the last one away wait for each other
        with administrators as (select id from console_user where 'administrator' = any(roles) or id = $1 order by id for update)
        select u.user_name, u.roles from console_user u where u.id = $1 and exists (select from administrators)
        """;

    private const string HasAdministratorSql =
        "select exists (select from console_user where 'administrator' = any(roles) and locked_at is null)";

    private const string UnlockSql =
        """
        -- whoever locked it: an administrator, or wrong passwords
        update console_user set locked_at = null, lockout_end = null, access_failed_count = 0
         where id = $1 and (locked_at is not null or lockout_end > now())
        """;

    private const string ResetPasswordSql =
        """
        -- a password somebody else knows, which opens only the form that replaces it
        update console_user
           set password_hash = $2, security_stamp = $3, must_change_password = true, lockout_end = null, access_failed_count = 0
         where id = $1
        """;

    private const string ResetSecondStepSql =
        """
        -- no code is asked for until another one is set up; the secret and the recovery codes are gone
        with secrets as (delete from console_user_token where user_id = $1)
        update console_user set two_factor_enabled = false, security_stamp = $2, lockout_end = null, access_failed_count = 0
         where id = $1 and two_factor_enabled
        """;

    private static async Task<Person?> FindAsync(NpgsqlConnection connection, long id, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(FindSql, connection) { Parameters = { new() { Value = id } } };
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? new Person(row.GetString(0), row.GetFieldValue<string[]>(1)) : null;
    }

    private static async Task<bool> HasAdministratorAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(HasAdministratorSql, connection);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private sealed record Person(string Name, string[] Roles)
    {
        public bool IsAdministrator => Roles.Contains(Role.Administrator.ToWord());

        public bool IsSelf(Operator who) => who.Name == Name;
    }

    // One act under way: its statements, and what has to be told after its commit.
    private sealed class Act(NpgsqlConnection connection, long id, CancellationToken cancellationToken)
    {
        public string? Details { get; set; }

        public IReadOnlyList<Guid> Ended { get; private set; } = [];

        public async Task EndSessionsAsync() => Ended = await Sessions.EndAllAsync(connection, id, only: null, except: null, cancellationToken);

        public async Task<int> ExecuteAsync(string sql, params object[] values)
        {
            await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = id } } };
            foreach (var value in values)
            {
                command.Parameters.Add(new NpgsqlParameter { Value = value });
            }

            return await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
