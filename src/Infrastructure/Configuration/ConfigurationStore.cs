using Npgsql;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Configuration;

/// <summary>One transaction on the configuration: whatever it changes is a new version, with its audit row.</summary>
public sealed class ConfigurationStore(NpgsqlDataSource database)
{
    /// <summary>The channel that is notified with every new version.</summary>
    public const string Channel = "configuration";

    /// <summary>The version of the configuration; every change raises it.</summary>
    public async Task<long> VersionAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select version from configuration");
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Starts or stops a connector, as an operator wants it; false when there is no such connector or it is wanted so already.</summary>
    public Task<bool> SetConnectorStateAsync(string name, bool isStarted, Operator who, CancellationToken cancellationToken) => ChangeAsync(
        who, isStarted ? "start" : "stop", $"connector {name}",
        async connection =>
        {
            await using var command = new NpgsqlCommand("update connector set desired_state = $2 where name = $1 and desired_state <> $2", connection);
            command.Parameters.Add(new() { Value = name });
            command.Parameters.Add(new() { Value = isStarted ? "started" : "stopped" });
            return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
        },
        cancellationToken);

    /// <summary>Runs a change; when it says that it changed something, the version is raised, the act audited, and everybody told.</summary>
    /// <param name="change">Works on the connection it is given, whose transaction is open.</param>
    public async Task<bool> ChangeAsync(
        Operator who, string verb, string target, Func<NpgsqlConnection, Task<bool>> change, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // Changes wait for each other here, so that a version has one content.
        await ExecuteAsync(connection, "select version from configuration for update", cancellationToken);
        if (!await change(connection))
        {
            return false;
        }

        await ExecuteAsync(connection, "update configuration set version = version + 1, changed_at = now()", cancellationToken);
        await AuditLog.WriteAsync(connection, who, verb, target, null, cancellationToken);
        await ExecuteAsync(connection, $"notify {Channel}", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
