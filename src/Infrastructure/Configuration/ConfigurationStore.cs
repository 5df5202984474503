using Npgsql;
using Postern.Domain.Access;
using Postern.Infrastructure.Audit;

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

    /// <summary>Runs a change; when it says that it changed something, the version is raised, the act audited, and everybody told.</summary>
    /// <param name="change">Works on the connection it is given, whose transaction is open.</param>
    /// <exception cref="RightMissingException">They lack the right.</exception>
    public async Task<bool> ChangeAsync(
        Operator who, Right right, string verb, string target, Func<NpgsqlConnection, Task<bool>> change, CancellationToken cancellationToken)
    {
        who.Demand(right);
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
