using Npgsql;

namespace Postern.Web.Hosting;

/// <summary>What a new installation needs before anyone has configured it: a listener on loopback.</summary>
public static class FirstConfiguration
{
    private const string EnsureSql =
        """
        -- the first listener; a port named on the command line moves it
        with changed as (
          insert into listener (name, host, port) values ('smtp', '127.0.0.1', coalesce($1, $2))
          on conflict (name) do update set port = $1 where $1 is not null and listener.port <> $1
          returning 1)
        update configuration set version = version + 1, changed_at = now() where exists (select from changed)
        """;

    public static async Task EnsureListenerAsync(NpgsqlDataSource database, int? port, CancellationToken cancellationToken)
    {
        if (port is null && await AnyListenerAsync(database, cancellationToken))
        {
            return;
        }

        await using var command = database.CreateCommand(EnsureSql);
        command.Parameters.Add(new() { Value = (object?)port ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Integer });
        command.Parameters.Add(new() { Value = ServeOptions.DefaultSmtpPort });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<bool> AnyListenerAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select exists (select from listener)");
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
