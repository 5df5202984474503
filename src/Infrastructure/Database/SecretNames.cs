using Npgsql;
using Postern.Domain.Access;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Configuration;

namespace Postern.Infrastructure.Database;

/// <summary>One secret as operators see it: everything but its value.</summary>
/// <param name="SetAt">Null: settings name it, and nobody has stored it yet.</param>
/// <param name="SetBy">User name, or <c>local:&lt;user&gt;</c>; empty when it is not known.</param>
/// <param name="UsedBy">The settings that name it, such as “connector backbone, password”.</param>
public sealed record SecretUse(string Name, DateTimeOffset? SetAt, string SetBy, IReadOnlyList<string> UsedBy);

/// <summary>What became of a wish to remove a secret.</summary>
/// <param name="IsRemoved">It is gone.</param>
/// <param name="Found">As it was before; null when there was none of this name.</param>
public sealed record SecretRemoval(bool IsRemoved, SecretUse? Found);

/// <summary>The secrets by name, and which settings use them. Needs no key file: no value is read.</summary>
public sealed class SecretNames(NpgsqlDataSource database)
{
    // A setting whose name ends in Secret holds the name of one.
    private const string UsesSql =
        """
        -- stored secrets, and those that settings only name
        with use as (
          select setting.value as name, 'connector ' || connector.name || ', ' || left(setting.key, -6) as place
            from connector cross join lateral jsonb_each_text(case jsonb_typeof(settings) when 'object' then settings else '{}' end) as setting
           where setting.key like '%_Secret' and setting.value <> ''
           union all
          select setting.value, 'listener ' || listener.name || ', ' || left(setting.key, -6)
            from listener cross join lateral jsonb_each_text(case jsonb_typeof(settings) when 'object' then settings else '{}' end) as setting
           where setting.key like '%_Secret' and setting.value <> ''
           union all
          select setting.value, 'partner ' || partner.name || ', ' || left(setting.key, -6)
            from partner cross join lateral jsonb_each_text(case jsonb_typeof(settings) when 'object' then settings else '{}' end) as setting
           where setting.key like '%_Secret' and setting.value <> ''
           union all
          select alert_webhook_secret, 'alerts, webhooks' from configuration where alert_webhook_secret <> '')
             select coalesce(secret.name, use.name), secret.set_at, coalesce(secret.set_by, ''),
                    coalesce(array_agg(use.place order by use.place) filter (where use.place is not null), '{}')
               from secret
          full join use on use.name = secret.name
              where $1 = '' or coalesce(secret.name, use.name) = $1
           group by 1, 2, 3
           order by 1
        """;

    /// <summary>All names, sorted.</summary>
    public async Task<IReadOnlyList<SecretUse>> ListAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await ReadAsync(connection, "", cancellationToken);
    }

    /// <summary>Forgets a secret, unless settings name it.</summary>
    /// <param name="isForced">Forget it all the same: what uses it then signs in without one, and fails visibly.</param>
    public async Task<SecretRemoval> RemoveAsync(string name, bool isForced, Operator who, CancellationToken cancellationToken)
    {
        SecretUse? found = null;
        var isRemoved = await new ConfigurationStore(database).ChangeAsync(
            who, Right.Configure, "remove secret", name,
            async connection =>
            {
                found = (await ReadAsync(connection, name, cancellationToken)).FirstOrDefault(secret => secret.SetAt is not null);
                if (found is null || (found.UsedBy.Count > 0 && !isForced))
                {
                    return false;
                }

                await using var command = new NpgsqlCommand("delete from secret where name = $1", connection);
                command.Parameters.Add(new() { Value = name });
                return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
            },
            cancellationToken);
        return new SecretRemoval(isRemoved, found);
    }

    private static async Task<IReadOnlyList<SecretUse>> ReadAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(UsesSql, connection);
        command.Parameters.Add(new() { Value = name });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<SecretUse>();
        while (await row.ReadAsync(cancellationToken))
        {
            found.Add(new SecretUse(
                row.GetString(0), row.IsDBNull(1) ? null : row.GetFieldValue<DateTimeOffset>(1), row.GetString(2), row.GetFieldValue<string[]>(3)));
        }

        return found;
    }
}
