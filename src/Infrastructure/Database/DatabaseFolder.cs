using Npgsql;

namespace Postern.Infrastructure.Database;

/// <summary>Where the tables lie.</summary>
public static class DatabaseFolder
{
    /// <summary>The folder of the tables; empty when the server does not tell us or it is on another machine.</summary>
    public static async Task<string> FindAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = database.CreateCommand("select case when inet_server_addr() is null then current_setting('data_directory') else '' end");
            var folder = (string)(await command.ExecuteScalarAsync(cancellationToken))!;
            return Path.Exists(folder) ? folder : "";
        }
        catch (PostgresException)
        {
            return "";
        }
    }
}
