using Npgsql;

namespace Postern.Infrastructure.Queue;

/// <summary>Connections on which PostgreSQL reads with one process.</summary>
/// <remarks>
/// What walks the whole queue again and again rests many times as long as it took. Several processes would take less time and more of the
/// processors, and take them from the mail. The pool gives a connection its settings back.
/// </remarks>
internal static class OneProcess
{
    private const string Sql = "set max_parallel_workers_per_gather = 0";

    /// <summary>Opens one.</summary>
    public static async Task<NpgsqlConnection> OpenAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        var connection = await database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var set = new NpgsqlCommand(Sql, connection);
            await set.ExecuteNonQueryAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
