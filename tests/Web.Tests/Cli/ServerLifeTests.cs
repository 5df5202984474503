using Postern.Infrastructure.Database;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Cli;

/// <summary>A server from its first start to its end, and verbs when none runs.</summary>
[TakesLong]
public sealed class ServerLifeTests
{
    private const string Configuration =
        """
        connectors:
          - name: smart
            kind: smtp
            state: stopped
            addressSpaces:
              - type: SMTP
            settings:
              smartHosts: ["127.0.0.1:9"]

        """;

    [Fact]
    public async Task Ends_with_0_takes_PostgreSQL_along_and_carries_on_at_the_next_start()
    {
        using var folder = new TestFolder();
        await using (var server = await PosternProgram.ServeFirstAsync(new Dictionary<string, string>(), folder["data"], "--smtp", "0"))
        {
            await QueueMailAsync(folder, server, "a@one.example");

            (await server.StopAsync()).ShouldBe(0);
        }

        Processes(folder["data"]).ShouldBeEmpty();
        File.Exists(Path.Combine(folder["data"], "postern.pid")).ShouldBeFalse();
        await using var again = await PosternProgram.ServeAsync(folder["data"], "--smtp", "0");
        again.Lines.ShouldNotContain(line => line.StartsWith("Password: ", StringComparison.Ordinal));
        (await BooksAsync(folder)).Json.GetProperty("queued").GetInt64().ShouldBe(1);
        (await again.StopAsync("INT")).ShouldBe(0);
    }

    [Fact]
    public async Task Books_name_the_rows_that_were_deleted_by_hand()
    {
        using var folder = new TestFolder();
        (await PosternProgram.RunAsync("migrate", "--data", folder["data"])).Output.ShouldContain("Applied 0001_Initial");
        Processes(folder["data"]).ShouldBeEmpty();
        await using (var server = await PosternProgram.ServeAsync(folder["data"], "--smtp", "0"))
        {
            await QueueMailAsync(folder, server, "a@one.example", "b@two.example", "c@three.example");
        }

        var waiting = (await PosternProgram.RunAsync("queue", "list", "--json", "--data", folder["data"])).Json.GetProperty("deliveries")
            .EnumerateArray().Select(delivery => delivery.GetProperty("id").ToString()).ToList();
        (await PosternProgram.RunAsync("queue", "remove", waiting[0], "--reason", "Test", "--data", folder["data"])).ExitCode.ShouldBe(0);
        (await BooksAsync(folder)).ExitCode.ShouldBe(0);

        await ExecuteAsync(folder, $"delete from delivery where id = {waiting[1]}; delete from delivery_history where id = {waiting[0]}");

        var books = await PosternProgram.RunAsync("books", "--data", folder["data"]);
        books.ExitCode.ShouldBe(1);
        books.Output.ShouldMatch($@"\d{{4}}-\d\d-\d\d: The ledger has them accepted; no row holds them now\. {waiting[1]}\n");
        books.Output.ShouldMatch($@"\d{{4}}-\d\d-\d\d: The ledger has them finished; no row of the history holds them now\. {waiting[0]}\n");
        books.Output.ShouldContain("The books are off.");
        var json = (await BooksAsync(folder)).Json;
        json.GetProperty("balanced").GetBoolean().ShouldBeFalse();
        json.GetProperty("differences").EnumerateArray().SelectMany(difference => difference.GetProperty("ids").EnumerateArray())
            .Select(id => id.ToString()).ShouldBe([waiting[0], waiting[1]], ignoreOrder: true);
        Processes(folder["data"]).ShouldBeEmpty();
    }

    [Fact]
    public async Task Verbs_and_a_server_that_start_together_wait_for_each_other()
    {
        using var folder = new TestFolder();
        (await PosternProgram.RunAsync("migrate", "--data", folder["data"])).ExitCode.ShouldBe(0);

        var verbs = Enumerable.Range(0, 2).Select(_ => BooksAsync(folder)).ToList();
        await using var server = await PosternProgram.ServeAsync(folder["data"], "--smtp", "0");
        var runs = await Task.WhenAll(verbs);

        runs.ShouldAllBe(run => run.ExitCode == 0, string.Join(' ', runs.Select(run => run.Error)));
        (await BooksAsync(folder)).ExitCode.ShouldBe(0);
        (await server.StopAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_weak_password_for_the_first_user_is_a_matter_of_configuration()
    {
        using var folder = new TestFolder();

        var run = await PosternProgram.RunAsync(
            new Dictionary<string, string> { ["POSTERN_ADMIN_PASSWORD"] = "short" }, "serve", "--data", folder["data"], "--http", "0", "--smtp", "0");

        run.ExitCode.ShouldBe(78);
        run.Error.ShouldContain("POSTERN_ADMIN_PASSWORD");
        run.Output.ShouldNotContain("Password: ");
        run.Output.ShouldNotContain("Ready");
    }

    private static Task<ProgramRun> BooksAsync(TestFolder folder) => PosternProgram.RunAsync("books", "--json", "--data", folder["data"]);

    private static async Task QueueMailAsync(TestFolder folder, RunningPostern server, params string[] recipients)
    {
        await File.WriteAllTextAsync(folder["c.yaml"], Configuration);
        (await PosternProgram.RunAsync("config", "apply", folder["c.yaml"], "--data", folder["data"])).ExitCode.ShouldBe(0);
        await Eventually.HoldsAsync("the server routes by the new configuration", async () =>
        {
            try
            {
                await SmtpMail.SendAsync(server.SmtpPort, "joe@sender.example", recipients);
                return true;
            }
            catch (ShouldAssertException)
            {
                return false;
            }
        });
    }

    private static async Task ExecuteAsync(TestFolder folder, string sql)
    {
        await using var postgres = await EmbeddedPostgres.StartAsync(folder["data"], TextWriter.Null, CancellationToken.None);
        await using var database = PosternDataSource.Create(postgres.ConnectionString);
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Command lines of processes that have this folder in them.</summary>
    private static List<string> Processes(string folder) =>
        [.. Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0])).Select(CommandLine)
            .Where(line => line.Contains(folder, StringComparison.Ordinal))];

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
