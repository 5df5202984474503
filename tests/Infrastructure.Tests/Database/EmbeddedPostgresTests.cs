using System.Diagnostics;
using Npgsql;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Database;

public sealed class EmbeddedPostgresTests : IAsyncLifetime
{
    // Made once and copied: initialising takes a second each time.
    private static readonly Lazy<Task<TestFolder>> Initialised = new(InitialiseAsync);

    private readonly TestFolder folder = new();
    private readonly List<EmbeddedPostgres> started = [];

    private string Data => folder["data"];

    public async ValueTask InitializeAsync()
    {
        var seed = await Initialised.Value;
        using var copy = Process.Start("cp", ["-a", seed["data"], Data]);
        await copy.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        // All of them first: two may have run on one folder, and a server whose files are gone takes a quarter of a minute to notice.
        foreach (var postgres in started)
        {
            await postgres.DisposeAsync();
        }

        foreach (var cluster in started.Select(postgres => postgres.Folder).Where(Directory.Exists))
        {
            Directory.Delete(cluster, recursive: true);
        }

        folder.Dispose();
    }

    [Fact]
    public async Task Keeps_its_data_over_a_stop_and_leaves_no_process()
    {
        var first = await StartAsync(Data);
        await RunAsync(first, "create table kept as select 7 as number");
        await first.DisposeAsync();
        IsRunning(first.ProcessId).ShouldBeFalse();

        var second = await StartAsync(Data);

        (await RunAsync(second, "select number from kept")).ShouldBe(7);
    }

    [Fact]
    public async Task Is_set_up_for_mail_and_says_so()
    {
        using var output = new StringWriter();

        var postgres = await StartAsync(Data, output);

        (await RunAsync(postgres, "show server_encoding")).ShouldBe("UTF8");
        (await RunAsync(postgres, "show lc_collate")).ShouldBe("C.UTF-8");
        (await RunAsync(postgres, "show listen_addresses")).ShouldBe("");
        (await RunAsync(postgres, "show shared_buffers")).ShouldBe("256MB");
        (await RunAsync(postgres, "show fsync")).ShouldBe("on");
        (await RunAsync(postgres, "show synchronous_commit")).ShouldBe("on");
        (await RunAsync(postgres, "show full_page_writes")).ShouldBe("on");
        output.ToString().ShouldContain("shared_buffers=256MB");
        output.ToString().ShouldContain(postgres.Folder);
    }

    [Fact]
    public async Task Takes_nobody_without_the_password()
    {
        var postgres = await StartAsync(Data);
        var without = new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Password = "guess", Pooling = false }.ConnectionString;

        await using var connection = new NpgsqlConnection(without);

        (await Should.ThrowAsync<PostgresException>(() => connection.OpenAsync())).SqlState.ShouldBe(PostgresErrorCodes.InvalidPassword);
        File.GetUnixFileMode(Path.Combine(Data, "postgres.password")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task Has_a_session_of_its_own_so_that_an_interrupt_passes_it_by()
    {
        var postgres = await StartAsync(Data);

        SessionOf(postgres.ProcessId).ShouldBe(postgres.ProcessId);
    }

    [Fact]
    public async Task Adopts_a_server_that_a_killed_run_left_and_stops_it_at_its_own_end()
    {
        var abandoned = await StartAsync(Data);

        using var output = new StringWriter();
        var adopting = await StartAsync(Data, output);

        adopting.ProcessId.ShouldBe(abandoned.ProcessId);
        output.ToString().ShouldContain("adopted");
        await adopting.DisposeAsync();
        IsRunning(abandoned.ProcessId).ShouldBeFalse();
    }

    [Fact]
    public async Task Starts_again_after_the_server_itself_was_killed()
    {
        var killed = await StartAsync(Data);
        await RunAsync(killed, "create table kept as select 7 as number");
        var loss = killed.WaitForLossAsync(CancellationToken.None);
        using (var process = Process.GetProcessById(killed.ProcessId))
        {
            process.Kill();
        }

        await loss.WaitAsync(TimeSpan.FromSeconds(30));
        var second = await StartAsync(Data);

        (await RunAsync(second, "select number from kept")).ShouldBe(7);
    }

    [Fact]
    public async Task Joins_a_running_server_without_taking_it_over()
    {
        (await EmbeddedPostgres.AttachAsync(Data, default)).ShouldBeNull();
        var serving = await StartAsync(Data);

        await using (var joined = (await EmbeddedPostgres.AttachAsync(Data, default)).ShouldNotBeNull())
        {
            (await RunAsync(joined, "select 1")).ShouldBe(1);
        }

        IsRunning(serving.ProcessId).ShouldBeTrue();
    }

    [Fact]
    public async Task Refuses_a_cluster_of_another_version_and_names_both()
    {
        var postgres = await StartAsync(Data);
        await postgres.DisposeAsync();
        var versionFile = Path.Combine(postgres.Folder, "cluster", "PG_VERSION");
        var version = (await File.ReadAllTextAsync(versionFile)).Trim();
        await File.WriteAllTextAsync(versionFile, "11\n");

        var refusal = await Should.ThrowAsync<DatabaseUnavailableException>(() => StartAsync(Data));

        refusal.Message.ShouldContain("PostgreSQL 11");
        refusal.Message.ShouldContain($"PostgreSQL {version}");
    }

    [Fact]
    public async Task Says_what_to_install_where_no_server_is_installed()
    {
        var refusal = await Should.ThrowAsync<DatabaseUnavailableException>(
            () => EmbeddedPostgres.StartAsync(folder["new"], TextWriter.Null, folder["nothing"], default));

        refusal.Message.ShouldContain("Install Debian's package postgresql");
    }

    [Fact]
    public async Task What_an_interrupted_first_start_left_is_begun_anew()
    {
        var unfinished = Path.Combine(Data, "postgres", "cluster.new");
        Directory.Move(Path.Combine(Data, "postgres", "cluster"), unfinished);
        Directory.Delete(Path.Combine(unfinished, "base"), recursive: true);

        (await RunAsync(await StartAsync(Data), "select 1")).ShouldBe(1);
    }

    [Fact]
    public async Task A_server_that_cannot_start_is_reported_in_its_own_words()
    {
        var postgres = await StartAsync(Data);
        await postgres.DisposeAsync();
        File.Delete(Path.Combine(postgres.Folder, "cluster", "global", "pg_control"));

        var refusal = await Should.ThrowAsync<DatabaseUnavailableException>(() => StartAsync(Data));

        refusal.Message.ShouldContain("pg_control");
    }

    [Fact]
    public async Task A_path_too_long_for_a_socket_gets_a_shorter_one()
    {
        var deep = folder[new string('d', 120)];

        (await RunAsync(await StartAsync(deep), "select 1")).ShouldBe(1);
    }

    [Fact]
    public async Task Below_a_home_of_root_the_cluster_lies_elsewhere_and_is_found_again()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "PostgreSQL runs as another account only under root.");
        Directory.Delete(Data, recursive: true);
        File.SetUnixFileMode(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var output = new StringWriter();

        var first = await StartAsync(Data, output);
        await RunAsync(first, "create table kept as select 7 as number");
        await first.DisposeAsync();
        var second = await StartAsync(Data);

        first.Folder.ShouldStartWith("/var/lib/postern/");
        output.ToString().ShouldContain(first.Folder);
        (await RunAsync(second, "select number from kept")).ShouldBe(7);
    }

    private static async Task<TestFolder> InitialiseAsync()
    {
        var seed = new TestFolder();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => seed.Dispose();
        var postgres = await EmbeddedPostgres.StartAsync(seed["data"], TextWriter.Null, CancellationToken.None);
        await postgres.DisposeAsync();
        return seed;
    }

    private async Task<EmbeddedPostgres> StartAsync(string data, TextWriter? output = null)
    {
        var postgres = await EmbeddedPostgres.StartAsync(data, output ?? TextWriter.Null, CancellationToken.None);
        started.Add(postgres);
        return postgres;
    }

    private static async Task<object?> RunAsync(EmbeddedPostgres postgres, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    private static bool IsRunning(int processId) => Directory.Exists($"/proc/{processId}");

    // After the name in parentheses: state, parent, group, session.
    private static int SessionOf(int processId)
    {
        var stat = File.ReadAllText($"/proc/{processId}/stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[3], System.Globalization.CultureInfo.InvariantCulture);
    }
}
