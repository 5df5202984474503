using Npgsql;
using Postern.Infrastructure.Database;
using Postern.Web.Hosting;

namespace Postern.Web.Cli;

/// <summary>The database a verb works on: one of your own, the private cluster that runs, or that cluster started for as long as the verb takes.</summary>
/// <remarks>
/// Whoever starts the cluster holds the lock of the data folder until it has stopped again, so that a server never adopts one that is about
/// to go. Beside a running server nothing is locked.
/// </remarks>
public sealed class VerbDatabase : IAsyncDisposable
{
    private readonly DataFolder? folder;
    private readonly EmbeddedPostgres? postgres;
    private NpgsqlDataSource? source;

    private VerbDatabase(string dataFolder, string connectionString, DataFolder? folder, EmbeddedPostgres? postgres)
    {
        DataFolder = dataFolder;
        ConnectionString = connectionString;
        this.folder = folder;
        this.postgres = postgres;
    }

    /// <summary>Full path; it need not exist when the database is one of your own.</summary>
    public string DataFolder { get; }

    public string ConnectionString { get; }

    /// <summary>The cluster was started for this verb: no server runs.</summary>
    public bool IsAlone => folder is not null;

    /// <summary>Opened on first use, when the schema is known to be there.</summary>
    public NpgsqlDataSource Source => source ??= PosternDataSource.Create(ConnectionString);

    /// <summary>Opens the database and refuses a schema that is not this program's.</summary>
    /// <exception cref="StartException">There is none, or the folder cannot be used.</exception>
    public static async Task<VerbDatabase> OpenAsync(string connectionString, string dataFolder, CancellationToken cancellationToken)
    {
        dataFolder = Path.GetFullPath(dataFolder);
        if (connectionString.Length == 0 && !File.Exists(Path.Combine(dataFolder, "postgres.password")))
        {
            throw new StartException(
                $"There is no database in the data folder {dataFolder}. Start Postern once with ./run, make one with “postern migrate”, or name another folder with --data.",
                StartException.Unavailable);
        }

        return await CheckedAsync(await FindAsync(connectionString, dataFolder, cancellationToken), cancellationToken);
    }

    /// <summary>Opens the database, makes it where there is none, and leaves its schema alone.</summary>
    public static async Task<VerbDatabase> FindAsync(string connectionString, string dataFolder, CancellationToken cancellationToken)
    {
        dataFolder = Path.GetFullPath(dataFolder);
        if (connectionString.Length > 0)
        {
            return new VerbDatabase(dataFolder, connectionString, null, null);
        }

        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (Hosting.DataFolder.TryTake(dataFolder) is { } folder)
            {
                return await StartAsync(folder, cancellationToken);
            }

            // A server that is starting has the lock before it has the database.
            if (Hosting.DataFolder.ServerOf(dataFolder) is not null && await AttachAsync(dataFolder, cancellationToken) is { } running)
            {
                return new VerbDatabase(dataFolder, running.ConnectionString, null, running);
            }

            await Hosting.DataFolder.WaitForTurnAsync(dataFolder, began, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (source is not null)
        {
            await source.DisposeAsync();
        }

        if (postgres is not null)
        {
            await postgres.DisposeAsync();
        }

        folder?.Dispose();
    }

    private static async Task<VerbDatabase> StartAsync(DataFolder folder, CancellationToken cancellationToken)
    {
        try
        {
            // One that a killed server left behind is used and left: the next server adopts it.
            var postgres = await AttachAsync(folder.Path, cancellationToken) ?? await EmbeddedPostgres.StartAsync(folder.Path, TextWriter.Null, cancellationToken);
            return new VerbDatabase(folder.Path, postgres.ConnectionString, folder, postgres);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    private static async Task<EmbeddedPostgres?> AttachAsync(string dataFolder, CancellationToken cancellationToken)
    {
        try
        {
            return await EmbeddedPostgres.AttachAsync(dataFolder, cancellationToken);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StartException($"The data folder {dataFolder} belongs to somebody else: {e.Message}", StartException.Unavailable);
        }
    }

    private static async Task<VerbDatabase> CheckedAsync(VerbDatabase database, CancellationToken cancellationToken)
    {
        try
        {
            await new DatabaseMigrator(database.ConnectionString).CheckAsync(cancellationToken);
            return database;
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }
}
