using Npgsql;

namespace Postern.Infrastructure.Configuration;

public sealed partial class ConfigurationEdits
{
    // Changes wait for each other here, so that a version has one content.
    private const string LockVersion = "select version from configuration for update";

    private const string RaiseVersion = "update configuration set version = version + 1, changed_at = now()";

    private const string LastAuthorSql =
        """
        -- who saved an item last, by itself or within a whole configuration
          select actor, at from audit
           where target = $1 and verb in ('add', 'change', 'delete') or verb = 'apply configuration' and details::text like '%' || $1 || '%'
        order by id desc limit 1
        """;

    private const string DependentsSql =
        """
        -- what keeps a connector from being deleted: mail of its own, and post offices that are reached by it
        select (select count(*) from delivery where connector_id = c.id),
               array(select system || ':' || name from post_office where connector_id = c.id order by system, name)
          from connector c where name = $1
        """;

    private const string WaitingForSql =
        """
        -- mail that waits for a post office
        select count(*) from delivery where upper(destination) = upper($1)
        """;

    /// <summary>What keeps a connector from being deleted.</summary>
    public async Task<ConnectorDependents> DependentsAsync(string connector, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(DependentsSql);
        command.Parameters.Add(new() { Value = connector });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken)
            ? new ConnectorDependents(row.GetInt64(0), row.GetFieldValue<string[]>(1))
            : new ConnectorDependents(0, []);
    }

    /// <summary>How many deliveries wait for a post office.</summary>
    public async Task<long> WaitingForAsync(string postOffice, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(WaitingForSql);
        command.Parameters.Add(new() { Value = postOffice });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task<(string Who, DateTimeOffset? At)> LastAuthorAsync(NpgsqlConnection connection, string title, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(LastAuthorSql, connection);
        command.Parameters.Add(new() { Value = title });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? (row.GetString(0), row.GetFieldValue<DateTimeOffset>(1)) : ("", null);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

/// <summary>What keeps a connector from being deleted.</summary>
/// <param name="Deliveries">Live deliveries of it, in any state.</param>
/// <param name="PostOffices">Post offices reached by it, as <c>CCMAIL:SALES</c>.</param>
public sealed record ConnectorDependents(long Deliveries, IReadOnlyList<string> PostOffices)
{
    public bool Any => Deliveries > 0 || PostOffices.Count > 0;
}
