using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using Npgsql;
using Postern.Infrastructure.Database.Postgres;

namespace Postern.Infrastructure.Database;

/// <summary>A PostgreSQL of our own in the data folder, for whoever gives no connection string.</summary>
/// <remarks>
/// Listens on a Unix socket in a private folder only. Runs in a session of its own, so that Ctrl-C reaches Postern first and the
/// last results are recorded before the server goes. A server left behind by a killed process is adopted, not fought. Durability
/// settings are never touched.
/// </remarks>
public sealed class EmbeddedPostgres : IAsyncDisposable
{
    private const string Superuser = "postern";
    private const string DatabaseName = "postern";

    /// <summary>Sized for a mail queue on a small machine: few, large checkpoints; a pool per process.</summary>
    private static readonly string[] Settings =
    [
        "shared_buffers=256MB", "max_wal_size=4GB", "min_wal_size=512MB", "checkpoint_timeout=15min",
        "checkpoint_completion_target=0.9", "max_connections=200",
    ];

    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(20);

    private readonly ClusterFolder folder;
    private readonly PostgresPrograms programs;
    private readonly string? account;
    private readonly Postmaster server;
    private readonly Process? child;
    private readonly bool isOurs;
    private bool isStopped;

    private EmbeddedPostgres(
        ClusterFolder folder, PostgresPrograms programs, string? account, Postmaster server, Process? child, bool isOurs, string connectionString)
    {
        this.folder = folder;
        this.programs = programs;
        this.account = account;
        this.server = server;
        this.child = child;
        this.isOurs = isOurs;
        ConnectionString = connectionString;
    }

    /// <summary>Leads to the database <c>postern</c> of this cluster.</summary>
    public string ConnectionString { get; }

    /// <summary>What holds cluster, socket and logs; outside the data folder where PostgreSQL's account cannot enter it.</summary>
    public string Folder => folder.Root;

    /// <summary>Process id of the server.</summary>
    public int ProcessId => server.Pid;

    /// <summary>Starts the cluster of <paramref name="dataFolder"/>, makes it first where there is none, or adopts the one that runs. Disposing stops it.</summary>
    /// <param name="output">Gets a line about where the cluster is and how it is set up.</param>
    /// <exception cref="DatabaseUnavailableException">No PostgreSQL is installed, not the one the cluster was made by, or it does not start.</exception>
    public static Task<EmbeddedPostgres> StartAsync(string dataFolder, TextWriter output, CancellationToken cancellationToken) =>
        StartAsync(dataFolder, output, PostgresPrograms.DebianRoot, cancellationToken);

    /// <summary>Joins the server that runs for <paramref name="dataFolder"/>, and leaves it running when disposed; null when none runs.</summary>
    public static async Task<EmbeddedPostgres?> AttachAsync(string dataFolder, CancellationToken cancellationToken)
    {
        dataFolder = Path.GetFullPath(dataFolder);
        if (ClusterFolder.Find(dataFolder) is not { Exists: true } folder || Postmaster.Find(folder.Cluster) is not { } server)
        {
            return null;
        }

        var programs = ProgramsFor(folder, PostgresPrograms.DebianRoot);
        var connectionString = ConnectionStringOf(server, await PasswordAsync(folder, cancellationToken));
        return await AnswersAsync(server, connectionString, cancellationToken)
            ? new EmbeddedPostgres(folder, programs, null, server, null, isOurs: false, connectionString)
            : null;
    }

    /// <summary>Returns when the server has gone, which nobody asked it to.</summary>
    public async Task WaitForLossAsync(CancellationToken cancellationToken)
    {
        if (child is not null)
        {
            await child.WaitForExitAsync(cancellationToken);
            return;
        }

        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (server.IsAlive && await timer.WaitForNextTickAsync(cancellationToken))
        {
        }
    }

    /// <summary>Stops the server: sessions are ended, what was committed is on disk. Last of all parts.</summary>
    public async ValueTask DisposeAsync()
    {
        if (isStopped || !isOurs)
        {
            return;
        }

        isStopped = true;
        foreach (var mode in (string[])["fast", "immediate"])
        {
            if (server.IsAlive)
            {
                var stop = PostgresPrograms.Call(account, programs["pg_ctl"], "stop", "-D", folder.Cluster, "-m", mode, "-w", "-t", "120");
                await PostgresPrograms.RunAsync(stop, CancellationToken.None);
            }
        }

        if (child is not null)
        {
            await child.WaitForExitAsync(CancellationToken.None);
            child.Dispose();
        }

        folder.RemoveSocketFolder(server.SocketFolder);
    }

    internal static async Task<EmbeddedPostgres> StartAsync(
        string dataFolder, TextWriter output, string programsRoot, CancellationToken cancellationToken)
    {
        dataFolder = Path.GetFullPath(dataFolder).TrimEnd('/');
        MakeDataFolder(dataFolder);
        string? account = Environment.IsPrivilegedProcess ? PostgresPrograms.Account : null;
        var folder = ClusterFolder.Find(dataFolder) ?? await ClusterFolder.CreateAsync(dataFolder, account, cancellationToken);
        var programs = ProgramsFor(folder, programsRoot);
        if (!folder.Exists)
        {
            await ClusterFolder.MakePrivateAsync(folder.Root, account, cancellationToken);
            await InitialiseAsync(folder, programs, account, cancellationToken);
        }
        else if (account is not null)
        {
            account = await folder.TakeOwnerAsync(cancellationToken);
        }

        var postgres = await RunServerAsync(folder, programs, account, cancellationToken);
        var outside = folder.IsOutsideDataFolder ? $"; {PostgresPrograms.Account} cannot enter {dataFolder}" : "";
        var adopted = postgres.child is null ? ", adopted while it ran" : "";
        await output.WriteLineAsync($"PostgreSQL {programs.Version}: {folder.Root} ({string.Join(", ", Settings)}{adopted}{outside})");
        return postgres;
    }

    private static void MakeDataFolder(string dataFolder)
    {
        if (!Directory.Exists(dataFolder))
        {
            // 0711 for root, so that PostgreSQL's account can pass through; what is secret inside has its own mode.
            const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
            Directory.CreateDirectory(
                dataFolder, Environment.IsPrivilegedProcess ? owner | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute : owner);
        }
    }

    private static PostgresPrograms ProgramsFor(ClusterFolder folder, string programsRoot)
    {
        var installed = PostgresPrograms.Installed(programsRoot);
        if (installed.Count == 0)
        {
            throw new DatabaseUnavailableException(
                $"PostgreSQL is not installed below {programsRoot}. Install Debian's package postgresql, or name a database in POSTERN_DATABASE.");
        }

        if (!folder.Exists)
        {
            return installed[0];
        }

        var version = File.ReadAllText(Path.Combine(folder.Cluster, "PG_VERSION")).Trim();
        return installed.FirstOrDefault(programs => $"{programs.Version}" == version) ?? throw new DatabaseUnavailableException(
            $"The cluster in {folder.Cluster} was made by PostgreSQL {version}; installed is PostgreSQL {string.Join(", ", installed.Select(i => i.Version))}. "
            + $"Install postgresql-{version}, or move the data with pg_upgrade.");
    }

    private static async Task InitialiseAsync(ClusterFolder folder, PostgresPrograms programs, string? account, CancellationToken cancellationToken)
    {
        var password = RandomNumberGenerator.GetHexString(40, lowercase: true);
        const UnixFileMode ownerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await WritePrivateAsync(folder.PasswordFile, password, ownerOnly, cancellationToken);

        // Into a folder of its own that gets its name when complete: what a kill leaves behind is never taken for a cluster.
        var unfinished = folder.Cluster + ".new";
        if (Directory.Exists(unfinished))
        {
            Directory.Delete(unfinished, recursive: true);
        }

        await ClusterFolder.MakePrivateAsync(unfinished, account, cancellationToken);
        var passwordCopy = Path.Combine(folder.Root, "password");
        // initdb may run as another account and needs to read it once; the folder around it is closed to everybody else.
        await WritePrivateAsync(passwordCopy, password, ownerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead, cancellationToken);
        var call = PostgresPrograms.Call(
            account, programs["initdb"], "-D", unfinished, "-U", Superuser, "-E", "UTF8", "--locale=C.UTF-8", "-A", "scram-sha-256", $"--pwfile={passwordCopy}");
        var (exitCode, output) = await PostgresPrograms.RunAsync(call, cancellationToken);
        File.Delete(passwordCopy);
        if (exitCode != 0)
        {
            throw new DatabaseUnavailableException($"initdb failed in {unfinished}: {output}");
        }

        Directory.Move(unfinished, folder.Cluster);
    }

    private static async Task WritePrivateAsync(string path, string text, UnixFileMode mode, CancellationToken cancellationToken)
    {
        File.Delete(path);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode };
        await using var writer = new StreamWriter(path, options);
        await writer.WriteAsync(text.AsMemory(), cancellationToken);
        File.SetUnixFileMode(path, mode); // whatever the umask took away
    }

    private static async Task<string> PasswordAsync(ClusterFolder folder, CancellationToken cancellationToken) =>
        File.Exists(folder.PasswordFile)
            ? (await File.ReadAllTextAsync(folder.PasswordFile, cancellationToken)).Trim()
            : throw new DatabaseUnavailableException($"{folder.PasswordFile} is missing; the cluster in {folder.Cluster} cannot be opened without it.");

    private static async Task<EmbeddedPostgres> RunServerAsync(
        ClusterFolder folder, PostgresPrograms programs, string? account, CancellationToken cancellationToken)
    {
        var password = await PasswordAsync(folder, cancellationToken);
        while (true)
        {
            Process? child = null;
            var server = Postmaster.Find(folder.Cluster);
            if (server is null)
            {
                (child, server) = await LaunchAsync(folder, programs, account, cancellationToken);
            }

            var postgres = new EmbeddedPostgres(folder, programs, account, server, child, isOurs: true, ConnectionStringOf(server, password));
            if (await postgres.HasStartedAsync(cancellationToken))
            {
                return postgres;
            }

            if (child is not null)
            {
                throw new DatabaseUnavailableException($"PostgreSQL ended while it started in {folder.Root}:{Environment.NewLine}{folder.LastWords()}");
            }
        }
    }

    private async Task<bool> HasStartedAsync(CancellationToken cancellationToken)
    {
        var hasStarted = false;
        try
        {
            return hasStarted = await AnswersAsync(server, ConnectionString, cancellationToken);
        }
        finally
        {
            if (!hasStarted)
            {
                await DisposeAsync(); // interrupted or refused: nothing stays behind
            }
        }
    }

    private static async Task<(Process Child, Postmaster Server)> LaunchAsync(
        ClusterFolder folder, PostgresPrograms programs, string? account, CancellationToken cancellationToken)
    {
        var socket = await folder.MakeSocketFolderAsync(account, cancellationToken);
        string[] options =
        [
            "listen_addresses=", $"unix_socket_directories={socket}", "unix_socket_permissions=0700", "port=5432", .. Settings,
            "logging_collector=on", $"log_directory={folder.Logs}", "log_filename=postgres-%a.log", "log_truncate_on_rotation=on",
            "log_rotation_age=1d", "log_rotation_size=0", "log_timezone=UTC", "timezone=UTC", "jit=off",
        ];
        // setsid: a session of its own. The shell only points the output at a file, which outlives us as the server may.
        var child = PostgresPrograms.Start(PostgresPrograms.Call(
            account, "setsid",
            ["sh", "-c", "exec \"$@\" >\"$0\" 2>&1 </dev/null", folder.StartLog, programs["postgres"], "-D", folder.Cluster, .. options.SelectMany(o => new[] { "-c", o })]));
        while (!child.HasExited)
        {
            // Not cancellable: half a second later there is a server that can be stopped properly.
            await Task.Delay(Beat, TimeProvider.System, CancellationToken.None);
            if (Postmaster.Find(folder.Cluster) is { } server && server.Pid == child.Id)
            {
                return (child, server);
            }
        }

        throw new DatabaseUnavailableException($"PostgreSQL does not start in {folder.Root}:{Environment.NewLine}{folder.LastWords()}");
    }

    // Recovery after a crash may take minutes, and says so with 57P03: no limit but the server's own life.
    private static async Task<bool> AnswersAsync(Postmaster server, string connectionString, CancellationToken cancellationToken)
    {
        var maintenance = new NpgsqlConnectionStringBuilder(connectionString) { Database = "postgres", Pooling = false }.ConnectionString;
        while (server.IsAlive)
        {
            try
            {
                await using var connection = new NpgsqlConnection(maintenance);
                await connection.OpenAsync(cancellationToken);
                await EnsureDatabaseAsync(connection, cancellationToken);
                return true;
            }
            catch (NpgsqlException e) when (e is { InnerException: SocketException or IOException or TimeoutException } or { SqlState: PostgresErrorCodes.CannotConnectNow })
            {
                await Task.Delay(Beat, TimeProvider.System, cancellationToken);
            }
            catch (NpgsqlException e)
            {
                throw new DatabaseUnavailableException($"PostgreSQL in {server.SocketFolder} refuses us: {e.Message}", e);
            }
        }

        return false;
    }

    private static async Task EnsureDatabaseAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var find = new NpgsqlCommand("select 1 from pg_database where datname = $1", connection) { Parameters = { new() { Value = DatabaseName } } };
        if (await find.ExecuteScalarAsync(cancellationToken) is null)
        {
            await using var create = new NpgsqlCommand($"create database {DatabaseName}", connection);
            await create.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static string ConnectionStringOf(Postmaster server, string password) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = server.SocketFolder,
            Port = server.Port,
            Username = Superuser,
            Password = password,
            Database = DatabaseName,
        }.ConnectionString;
}
