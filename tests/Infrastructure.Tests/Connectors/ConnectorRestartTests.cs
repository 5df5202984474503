using Microsoft.Extensions.Logging.Abstractions;
using Postern.Domain.Access;
using Postern.Domain.Queue;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Routing;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Connectors;

/// <summary>What the log says of a connector that starts, and of one that fails; and that it comes back without anybody's help.</summary>
public sealed class ConnectorRestartTests : IAsyncLifetime
{
    private static readonly Operator Kim = new("kim", [Role.Administrator], "");

    private readonly RecordingLoggers loggers = new();
    private readonly TestClock clock = new();
    private int failures;
    private int started;
    private TestQueue queue = null!;
    private LiveRouting routing = null!;
    private ConnectorSupervisor supervisor = null!;

    public async ValueTask InitializeAsync()
    {
        queue = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes());
        var database = queue.Database.DataSource;
        routing = new LiveRouting(new RoutingLoader(database), TimeProvider.System, NullLogger<LiveRouting>.Instance);
        supervisor = new ConnectorSupervisor(
            database,
            new ConnectorCatalog(new Dictionary<string, Func<ConnectorDefinition, BuiltConnector>> { ["smtp"] = Build, ["ccmail"] = Build }),
            queue.Dispatcher, queue.Claims, queue.Recorder,
            new ConnectorStatusBoard(database, await WorkerIdentity.RegisterAsync(database, "node", "test", default), TimeProvider.System, NullLogger<ConnectorStatusBoard>.Instance),
            routing, clock, loggers);
    }

    public async ValueTask DisposeAsync()
    {
        await supervisor.StopAsync(default);
        await queue.DisposeAsync();
        loggers.Dispose();
    }

    [Fact]
    [Trait("source", "Q103383")]
    [Trait("source", "Q151473")]
    public async Task A_connector_that_fails_at_its_start_says_why_each_time_and_runs_by_itself_when_it_can()
    {
        failures = 3;
        await queue.StartAsync(attach: false);
        await queue.AcceptAsync(queue.Message("waits", "a@x.example"));

        await RoundAsync();
        for (var failure = 1; failure <= 3; failure++)
        {
            await UntilAsync(() => Errors().Count == failure);
            // A minute is the longest pause; a look beforehand starts nothing.
            (await RoundAsync()).ShouldBe(0);
            await UntilAsync(() =>
            {
                clock.Advance(TimeSpan.FromMinutes(1));
                return started >= failure + 1;
            });
        }

        await queue.UntilAsync("select count(*) from delivery_history where state = 'delivered'", 1);
        Errors().ShouldBe(Enumerable.Repeat("Error 2072 Connector smtp-test failed and is tried again: The folder of the post office cannot be reached.", 3));
    }

    [Fact]
    [Trait("source", "Q167807")]
    [Trait("source", "Q294947")]
    public async Task A_start_says_what_is_set_with_secrets_by_name_only_and_defaults_by_name_for_who_looks_closer()
    {
        await queue.ExecuteAsync("delete from connector");
        (await new ConfigurationFile(queue.Database.DataSource, SettingsCatalog.Known).ApplyAsync(
            """
            connectors:
              - name: sales
                kind: ccmail
                settings:
                  postOfficeName: SALES
                  siteName: SITE1
                  password: { secret: sales-po }
                  importProgram: [IMPORT.EXE, /PSwordfish, /PARTIAL, "/D{path}"]
            """, Kim, default)).Faults.ShouldBeEmpty();

        await RoundAsync();
        await UntilAsync(() => started == 1);

        var said = loggers.Log.Lines.Single(line => line.Contains(" 2073 ", StringComparison.Ordinal));
        said.ShouldBe(
            "Information 2073 Connector sales starts with importProgram[0]=IMPORT.EXE, importProgram[1]=/P****, importProgram[2]=/PARTIAL, importProgram[3]=/D{path}, passwordSecret=sales-po, postOfficeName=SALES, siteName=SITE1");
        var usual = loggers.Log.Lines.Single(line => line.Contains(" 2074 ", StringComparison.Ordinal));
        usual.ShouldStartWith("Debug 2074 Connector sales has the default of acceptFrom, administratorAddress, canary, codePage,");
        usual.ShouldContain("useAnr");
        usual.ShouldNotContain("siteName");
        loggers.Log.Lines.ShouldAllBe(line => !line.StartsWith("Error", StringComparison.Ordinal) && !line.StartsWith("Warning", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_whose_stored_settings_are_none_keeps_no_other_from_starting()
    {
        await queue.ExecuteAsync("insert into connector (name, kind, settings) values ('broken', 'smtp', '[]')");

        (await RoundAsync()).ShouldBe(2);

        await UntilAsync(() => started == 2);
    }

    private List<string> Errors() => [.. loggers.Log.Lines.Where(line => line.StartsWith("Error", StringComparison.Ordinal))];

    private async Task<int> RoundAsync()
    {
        await routing.RunOnceAsync(default);
        return await supervisor.RunOnceAsync(default);
    }

    private BuiltConnector Build(ConnectorDefinition definition)
    {
        started++;
        return failures-- > 0
            ? throw new InvalidOperationException("The folder of the post office cannot be reached.")
            : new BuiltConnector(ScriptedConnector.ThatTakes(), null, RetrySchedule.Default);
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!isSo())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, limit.Token);
        }
    }
}
