using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Domain.Access;
using Postern.Domain.Queue;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Routing;
using Postern.Infrastructure.Smtp.Sending;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Connectors;

public sealed class ConnectorSupervisorTests : IAsyncLifetime
{
    private static readonly Operator Kim = new("kim", [Role.Administrator], "");

    private readonly TestFolder folder = new();
    private readonly Channel<string> built = Channel.CreateUnbounded<string>();
    private TestQueue queue = null!;
    private LiveRouting routing = null!;
    private ConnectorSupervisor supervisor = null!;

    private SecretStore Secrets => new(queue.Database.DataSource, KeyFile.Open(folder["key"]));

    public async ValueTask InitializeAsync()
    {
        queue = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes());
        var database = queue.Database.DataSource;
        routing = new LiveRouting(new RoutingLoader(database), TimeProvider.System, NullLogger<LiveRouting>.Instance);
        var worker = await WorkerIdentity.RegisterAsync(database, "node", "test", default);
        supervisor = new ConnectorSupervisor(
            database,
            new ConnectorCatalog(new Dictionary<string, Func<ConnectorDefinition, BuiltConnector>> { ["smtp"] = Build }),
            queue.Dispatcher, queue.Claims, queue.Recorder,
            new ConnectorStatusBoard(database, worker, TimeProvider.System, NullLogger<ConnectorStatusBoard>.Instance),
            routing, TimeProvider.System, NullLoggerFactory.Instance);
        await queue.ExecuteAsync("delete from connector");
        (await new ConfigurationFile(database, SettingsCatalog.Known).ApplyAsync(
            """
            connectors:
              - name: backbone
                kind: smtp
                settings: { smartHosts: [relay.example], userName: postern, password: { secret: relay } }
              - name: other
                kind: smtp
                settings: { smartHosts: [other.example] }
            """, Kim, default)).Faults.ShouldBeEmpty();
    }

    public async ValueTask DisposeAsync()
    {
        await supervisor.StopAsync(default);
        await queue.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task A_secret_that_is_set_anew_starts_what_uses_it_anew_and_nothing_else()
    {
        (await RoundAsync()).ShouldBe(2);
        var first = new[] { await BuiltAsync(), await BuiltAsync() };

        await Secrets.SetAsync("relay", "one", Kim, default);
        (await RoundAsync()).ShouldBe(2);
        var second = await BuiltAsync();
        await Secrets.SetAsync("unused", "x", Kim, default);
        (await RoundAsync()).ShouldBe(0);
        await Secrets.SetAsync("relay", "two", Kim, default);
        (await RoundAsync()).ShouldBe(2);

        first.ShouldBe(["backbone ", "other "], ignoreOrder: true);
        (second, await BuiltAsync()).ShouldBe(("backbone one", "backbone two"));
    }

    // A stop and a start count as two changes.
    private async Task<int> RoundAsync()
    {
        await routing.RunOnceAsync(default);
        return await supervisor.RunOnceAsync(default);
    }

    private Task<string> BuiltAsync() => built.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));

    private BuiltConnector Build(ConnectorDefinition definition)
    {
        var secret = SettingsJson.Read<SmtpConnectorSettings>(definition.Settings).PasswordSecret;
        built.Writer.TryWrite($"{definition.Name} {Secrets.GetAsync(secret, default).GetAwaiter().GetResult()}");
        return new BuiltConnector(ScriptedConnector.ThatTakes(), null, RetrySchedule.Default);
    }
}
