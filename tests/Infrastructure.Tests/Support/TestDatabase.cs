using System.Globalization;
using System.Security.Cryptography;
using Npgsql;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Tests.Support;

[assembly: AssemblyFixture(typeof(TestCluster))]

namespace Postern.Infrastructure.Tests.Support;

/// <summary>A database with the current schema for one test or one test class, cloned from a template in some 30 ms.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly string administration;
    private readonly string name;

    private TestDatabase(string administration, string name)
    {
        this.administration = administration;
        this.name = name;
        ConnectionString = TestCluster.In(administration, name, isPooled: true);
        DataSource = PosternDataSource.Create(ConnectionString);
    }

    public string ConnectionString { get; }

    public NpgsqlDataSource DataSource { get; }

    public static async Task<TestDatabase> CreateAsync()
    {
        var administration = await TestCluster.StartedAsync();
        var template = await TestCluster.TemplateAsync();
        var name = $"test_{Guid.NewGuid():N}";
        // Files are copied as they are: through the log each page of them would pass twice.
        await TestCluster.ExecuteAsync(administration, $"create database {name} template {template} strategy file_copy");
        return new TestDatabase(administration, name);
    }

    /// <summary>A database without anything in it, for tests of the migrations.</summary>
    public static async Task<TestDatabase> CreateEmptyAsync()
    {
        var administration = await TestCluster.StartedAsync();
        var name = $"test_{Guid.NewGuid():N}";
        await TestCluster.ExecuteAsync(administration, $"create database {name}");
        return new TestDatabase(administration, name);
    }

    public async ValueTask DisposeAsync()
    {
        await DataSource.DisposeAsync();
        await TestCluster.ExecuteAsync(administration, $"drop database {name} with (force)");
    }
}

/// <summary>The server of one test run: started by the first test that needs it, stopped and removed with the last.</summary>
public sealed class TestCluster : IAsyncLifetime
{
    private const string FolderPrefix = "postern-test-";

    // No test waits a fortnight, and every clone copies every file: today and tomorrow stay.
    private const string DropDaysAhead =
        """
        do $$
        declare
          name text;
        begin
          for name in
            select inhrelid::regclass::text from pg_inherits
             where inhrelid::regclass::text ~ '_\d{8}$'
               and right(inhrelid::regclass::text, 8) > to_char((now() at time zone 'UTC') + interval '1 day', 'YYYYMMDD')
          loop
            execute format('drop table %s', name);
          end loop;
        end $$
        """;

    private static readonly Lazy<Task<string>> Administration = new(StartAsync);
    private static readonly Lazy<Task<string>> Template = new(MigrateTemplateAsync);
    private static EmbeddedPostgres? postgres;

    internal static Task<string> StartedAsync() => Administration.Value;

    internal static Task<string> TemplateAsync() => Template.Value;

    internal static string In(string connectionString, string database, bool isPooled) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Database = database, Pooling = isPooled }.ConnectionString;

    internal static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
        await command.ExecuteNonQueryAsync();
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (postgres is not null)
        {
            await RemoveAsync(postgres, DataFolder(Environment.ProcessId));
        }
    }

    private static async Task<string> StartAsync()
    {
        if (Environment.GetEnvironmentVariable("POSTERN_TEST_DATABASE") is { Length: > 0 } given)
        {
            return In(given, new NpgsqlConnectionStringBuilder(given).Database ?? "postgres", isPooled: false);
        }

        await RemoveAbandonedAsync();
        postgres = await EmbeddedPostgres.StartAsync(DataFolder(Environment.ProcessId), TextWriter.Null, CancellationToken.None);
        var administration = In(postgres.ConnectionString, "postgres", isPooled: false);
        // Tests end processes, never the machine: what lies in the system's cache is safe enough, and a clone takes a tenth of the time.
        await ExecuteAsync(administration, "alter system set fsync = off");
        await ExecuteAsync(administration, "alter system set full_page_writes = off");
        await TrustOurselvesAsync(administration);
        await ExecuteAsync(administration, "select pg_reload_conf()");
        return administration;
    }

    // Thousands of connections are made, and proving the same password each time costs both sides some milliseconds. Anybody else still proves theirs.
    private static async Task TrustOurselvesAsync(string administration)
    {
        await using var connection = new NpgsqlConnection(administration);
        await connection.OpenAsync();
        await using var find = new NpgsqlCommand("show hba_file", connection);
        await File.WriteAllTextAsync((string)(await find.ExecuteScalarAsync())!, $"local all {connection.UserName} trust\nlocal all all scram-sha-256\n");
    }

    // A template outlives the run on a given server; its name says which migrations it has.
    private static async Task<string> MigrateTemplateAsync()
    {
        var administration = await StartedAsync();
        var template = $"template_{MigrationsHash()}";
        await using var connection = new NpgsqlConnection(administration);
        await connection.OpenAsync();
        await using var take = new NpgsqlCommand("select pg_advisory_lock(7205113)", connection);
        await take.ExecuteNonQueryAsync();
        await using var find = new NpgsqlCommand($"select 1 from pg_database where datname = '{template}'", connection);
        if (await find.ExecuteScalarAsync() is null)
        {
            await ExecuteAsync(administration, $"drop database if exists {template}_new");
            await ExecuteAsync(administration, $"create database {template}_new");
            await new DatabaseMigrator(In(administration, $"{template}_new", isPooled: false)).MigrateAsync(CancellationToken.None);
            await ExecuteAsync(In(administration, $"{template}_new", isPooled: false), DropDaysAhead);
            await ExecuteAsync(administration, $"alter database {template}_new rename to {template}");
        }

        return template;
    }

    // The day counts too: a template made yesterday lacks the last day's partitions.
    private static string MigrationsHash()
    {
        var assembly = typeof(DatabaseMigrator).Assembly;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            hash.AppendData(SHA256.HashData(stream));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..12] + TimeProvider.System.GetUtcNow().ToString("MMdd", CultureInfo.InvariantCulture);
    }

    private static string DataFolder(int processId) => Path.Combine(Path.GetTempPath(), $"{FolderPrefix}{processId}");

    // A test run that was killed leaves its server and folder; the next run ends and removes them.
    private static async Task RemoveAbandonedAsync()
    {
        foreach (var folder in Directory.GetDirectories(Path.GetTempPath(), FolderPrefix + "*"))
        {
            var isProcessId = int.TryParse(Path.GetFileName(folder)[FolderPrefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var processId);
            if (isProcessId && !Directory.Exists($"/proc/{processId}"))
            {
                try
                {
                    await RemoveAsync(await EmbeddedPostgres.StartAsync(folder, TextWriter.Null, CancellationToken.None), folder);
                }
                catch (Exception e) when (e is DatabaseUnavailableException or IOException or UnauthorizedAccessException)
                {
                    // Another run removes it at this moment, or it belongs to somebody else.
                }
            }
        }
    }

    private static async Task RemoveAsync(EmbeddedPostgres server, string dataFolder)
    {
        await server.DisposeAsync();
        foreach (var folder in new[] { server.Folder, dataFolder }.Where(Directory.Exists))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
