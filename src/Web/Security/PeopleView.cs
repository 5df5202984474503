using Npgsql;
using Postern.Domain.Access;
using Postern.Infrastructure.Audit;

namespace Postern.Web.Security;

/// <summary>One account as administrators see it.</summary>
/// <param name="LockedAt">Since when an administrator has locked it; null when none has.</param>
/// <param name="LockedUntil">Until when wrong passwords keep it locked; null when they do not.</param>
/// <param name="MustChangePassword">The password was given by somebody else and has not been replaced yet.</param>
/// <param name="HasSecondStep">A code is asked for after the password.</param>
/// <param name="NeedsSecondStep">One must be set up at the next sign-in.</param>
/// <param name="Sessions">Sign-ins that have not ended.</param>
public sealed record PersonRow(
    long Id, string Name, IReadOnlyList<Role> Roles, DateTimeOffset? LockedAt, DateTimeOffset? LockedUntil, bool MustChangePassword,
    bool HasSecondStep, bool NeedsSecondStep, int Sessions, DateTimeOffset? SignedInAt, DateTimeOffset? SeenAt)
{
    /// <summary>Cannot sign in at this moment.</summary>
    public bool IsLocked => LockedAt is not null || LockedUntil is not null;
}

/// <summary>What pages and commands ask about accounts.</summary>
public sealed class PeopleView(NpgsqlDataSource database)
{
    private const string ListSql =
        """
        -- accounts with their sessions, by name
          select u.id, u.user_name, u.roles, u.locked_at, case when u.lockout_end > now() then u.lockout_end end, u.must_change_password,
                 u.two_factor_enabled, u.requires_second_step, count(s.id)::int, u.signed_in_at, max(s.seen_at)
            from console_user u left join console_session s on s.user_id = u.id and s.seen_at > now() - $1::interval
        group by u.id
        order by lower(u.user_name), u.id
        """;

    /// <summary>Everybody.</summary>
    /// <exception cref="RightMissingException">They may not manage people.</exception>
    public async Task<IReadOnlyList<PersonRow>> ListAsync(Operator who, CancellationToken cancellationToken)
    {
        who.Demand(Right.ManagePeople);
        await using var command = database.CreateCommand(ListSql);
        command.Parameters.Add(new() { Value = Security.Sessions.IdleLimit });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<PersonRow>();
        while (await row.ReadAsync(cancellationToken))
        {
            rows.Add(new PersonRow(
                row.GetInt64(0), row.GetString(1), CurrentOperator.RolesOf(row.GetFieldValue<string[]>(2)), Time(row, 3), Time(row, 4), row.GetBoolean(5),
                row.GetBoolean(6), row.GetBoolean(7), row.GetInt32(8), Time(row, 9), Time(row, 10)));
        }

        return rows;
    }

    /// <summary>Is a code asked for after this person's password?</summary>
    public async Task<bool> HasSecondStepAsync(long id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select two_factor_enabled from console_user where id = $1");
        command.Parameters.Add(new() { Value = id });
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private static DateTimeOffset? Time(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
}
