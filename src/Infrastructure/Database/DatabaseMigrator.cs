using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;
using Postern.Infrastructure.Database.Migrations;

namespace Postern.Infrastructure.Database;

/// <summary>Brings a database to the schema this program was written for, and refuses one that is ahead of it.</summary>
public sealed class DatabaseMigrator(string connectionString)
{
    /// <summary>Partitions are made this many days ahead.</summary>
    public const int DaysAhead = 14;

    /// <summary>Ids of this program's migrations, in order.</summary>
    private static readonly IReadOnlyList<string> Known =
        [.. typeof(SqlMigration).Assembly.GetTypes().Select(type => type.GetCustomAttribute<MigrationAttribute>()?.Id).OfType<string>().Order(StringComparer.Ordinal)];

    /// <summary>Applies what is missing, and makes the partitions of today and the days ahead.</summary>
    /// <returns>Names of the migrations applied now; empty when the schema was current.</returns>
    /// <exception cref="DatabaseVersionException">A newer program has migrated this database.</exception>
    /// <exception cref="DatabaseUnavailableException">The server does not answer or refuses us.</exception>
    public Task<IReadOnlyList<string>> MigrateAsync(CancellationToken cancellationToken) => UseAsync<IReadOnlyList<string>>(
        async source =>
        {
            // EF Core's own lock is let go between two migrations: a second program would begin in the middle.
            await using var turn = await TakeTurnAsync(source, cancellationToken);
            var pending = await FindPendingAsync(source, cancellationToken);
            if (pending.Count > 0)
            {
                await using var context = new ConsoleDbContext(ConsoleDbContext.OptionsFor(source));
                await context.Database.MigrateAsync(cancellationToken);
            }

            await new PartitionKeeper(source).RunOnceAsync(DaysAhead, cancellationToken);
            return pending;
        });

    /// <summary>Refuses a database that is not at this program's version, naming both.</summary>
    /// <exception cref="DatabaseVersionException">The database is behind or ahead.</exception>
    /// <exception cref="DatabaseUnavailableException">The server does not answer or refuses us.</exception>
    public Task CheckAsync(CancellationToken cancellationToken) => UseAsync(
        async source =>
        {
            var pending = await FindPendingAsync(source, cancellationToken);
            return pending.Count == 0 ? true : throw new DatabaseVersionException(
                $"The database lacks {string.Join(", ", pending)}; this program needs {Known[^1]}. Run “postern migrate” first.");
        });

    private async Task<T> UseAsync<T>(Func<NpgsqlDataSource, Task<T>> work)
    {
        try
        {
            // Of its own: connections of this pool have read the types of a schema that may just have changed.
            await using var source = new NpgsqlDataSourceBuilder(connectionString) { ConnectionStringBuilder = { Pooling = false } }.Build();
            return await work(source);
        }
        catch (NpgsqlException e) when (e is not PostgresException || e.SqlState is { } state && IsRefusal(state))
        {
            throw new DatabaseUnavailableException($"The database does not answer: {e.Message}", e);
        }
    }

    // Let go with the connection. The number is this act's name; another program may need minutes.
    private static async Task<NpgsqlConnection> TakeTurnAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var take = new NpgsqlCommand("select pg_advisory_lock(7205002)", connection) { CommandTimeout = 0 };
        await take.ExecuteNonQueryAsync(cancellationToken);
        return connection;
    }

    // Asked by every command, so it is asked directly: EF Core takes most of a second to get ready for the same answer.
    private static async Task<IReadOnlyList<string>> FindPendingAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        var applied = new List<string>();
        try
        {
            await using var command = source.CreateCommand("""select "MigrationId" from "__EFMigrationsHistory" order by 1""");
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            while (await row.ReadAsync(cancellationToken))
            {
                applied.Add(row.GetString(0));
            }
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            // Nothing was ever applied.
        }

        var unknown = applied.Except(Known, StringComparer.Ordinal).ToList();
        return unknown.Count == 0
            ? [.. Known.Except(applied, StringComparer.Ordinal)]
            : throw new DatabaseVersionException(
                $"The database is newer than this program: it is at {unknown.Max(StringComparer.Ordinal)}, and this program knows up to {Known[^1]}. "
                + "Run the newer program, or restore a backup from before its first start.");
    }

    // Class 28 wrong login, 3D no such database, 53 too many, 57 shutting down.
    private static bool IsRefusal(string state) => state[..2] is "28" or "3D" or "53" or "57";
}
