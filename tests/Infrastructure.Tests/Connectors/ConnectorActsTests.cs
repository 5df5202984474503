using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Domain.Access;
using Postern.Domain.Queue;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Routing;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Connectors;

/// <summary>What operators tell connectors besides start and stop, obeyed by the real queue.</summary>
public sealed class ConnectorActsTests : IAsyncLifetime
{
    private const string Name = "smtp-test";

    private static readonly Operator Kim = new("kim", [Role.Operator], "the dock is closed");

    private readonly ScriptedConnector connector = ScriptedConnector.ThatTakes();
    private readonly CountingPickup pickup = new();
    private TestQueue queue = null!;
    private ConnectorSupervisor supervisor = null!;
    private LiveRouting routing = null!;

    private ConnectorActions Actions => new(queue.Database.DataSource);

    private ConnectorView View => new(queue.Database.DataSource);

    public async ValueTask InitializeAsync()
    {
        queue = await TestQueue.CreateAsync(connector);
        await queue.StartAsync(attach: false);
        (supervisor, routing) = await SuperviseAsync(queue);
        await RoundAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await supervisor.StopAsync(default);
        await queue.DisposeAsync();
    }

    [Fact]
    public async Task While_delivery_is_paused_mail_is_accepted_and_waits_and_goes_on_when_it_is_resumed()
    {
        (await Actions.PauseDeliveryAsync(Name, TimeSpan.FromHours(1), Kim, default)).ShouldBe("");
        await RoundAsync();
        await queue.AcceptAsync(queue.Message("one", "a@b.example"));
        await queue.AcceptAsync(queue.Message("two", "a@b.example"));

        var row = (await View.ListAsync(default)).ShouldHaveSingleItem();
        var situation = await View.SituationAsync(Name, default);
        (await queue.ScalarAsync<long>("select count(*) from delivery where state = 'queued'")).ShouldBe(2);
        connector.Seen.ShouldBeEmpty();
        (row.Act(ConnectorActKind.PauseDelivery)?.Actor, situation.DeliveryPause?.Reason).ShouldBe(("kim", "the dock is closed"));

        (await Actions.ResumeAsync(Name, Kim, default)).ShouldBe("");
        await RoundAsync();
        await queue.UntilAsync("select count(*) from delivery_history where state = 'delivered'", 2);
        (await Actions.ResumeAsync(Name, Kim, default)).ShouldBe($"Nothing of {Name} is paused.");
        (await AuditAsync()).ShouldBe("pause delivery; resume");
    }

    [Fact]
    public async Task A_pause_ends_by_itself_and_an_event_says_so()
    {
        await Actions.PauseDeliveryAsync(Name, TimeSpan.FromHours(1), Kim, default);
        await RoundAsync();
        await queue.AcceptAsync(queue.Message("one", "a@b.example"));

        await queue.ExecuteAsync("update connector_act set until = now()");
        await RoundAsync();

        await queue.UntilAsync("select count(*) from delivery_history where state = 'delivered'", 1);
        (await queue.ScalarAsync<string>("select text from event where code = 2181")).ShouldBe($"Delivery of {Name} goes on: the pause by kim is over.");
        (await queue.ScalarAsync<long>("select count(*) from connector_act")).ShouldBe(0);
    }

    [Fact]
    public async Task A_pause_outlives_the_process()
    {
        await Actions.PauseDeliveryAsync(Name, null, Kim, default);
        await supervisor.StopAsync(default);
        await queue.StopAsync();
        var other = ScriptedConnector.ThatTakes();
        await using var second = await TestQueue.CreateAsync(other, after: queue);
        await second.StartAsync(attach: false);
        var (late, lateRouting) = await SuperviseAsync(second, other);
        await lateRouting.RunOnceAsync(default);
        await late.RunOnceAsync(default);

        await second.AcceptAsync(second.Message("one", "a@b.example"));
        await second.Dispatcher.RunOnceAsync(default);

        (other.Seen.Count, await second.ScalarAsync<long>("select count(*) from delivery where state = 'queued'")).ShouldBe((0, 1));
        await late.StopAsync(default);
    }

    [Fact]
    public async Task A_drain_fetches_nothing_delivers_what_waits_and_stops()
    {
        await Actions.PauseDeliveryAsync(Name, null, Kim, default);
        await RoundAsync();
        await queue.AcceptAsync(queue.Message("one", "a@b.example"));
        (await Actions.DrainAsync(Name, Kim, default)).ShouldBe("");
        await RoundAsync();
        (await queue.ScalarAsync<string>("select desired_state from connector")).ShouldBe("started");

        await queue.ExecuteAsync("delete from connector_act where kind = 'pause delivery'");
        await RoundAsync();
        await queue.UntilAsync("select count(*) from delivery_history where state = 'delivered'", 1);
        await RoundAsync();
        await RoundAsync();
        await RoundAsync();

        (await queue.ScalarAsync<string>("select desired_state from connector")).ShouldBe("stopped");
        (await queue.ScalarAsync<string>("select text from event where code = 2180")).ShouldBe($"{Name} is drained, as kim asked, and has stopped.");
        (await Actions.RunAsync(Name, Kim, default)).ShouldBe($"The connector {Name} is stopped. Start it first.");
        (await queue.ScalarAsync<long>("select count(*) from connector_act")).ShouldBe(0);
    }

    [Fact]
    public async Task What_comes_while_a_connector_is_drained_waits_and_goes_when_it_is_started_again()
    {
        await Actions.PauseDeliveryAsync(Name, null, Kim, default);
        await RoundAsync();
        var before = await queue.AcceptAsync(queue.Message("before", "a@b.example"));
        await Actions.DrainAsync(Name, Kim, default);
        await RoundAsync();
        var later = await queue.AcceptAsync(queue.Message("later", "b@b.example"));
        var situation = await View.SituationAsync(Name, default);
        await queue.ExecuteAsync("delete from connector_act where kind = 'pause delivery'");

        await RoundAsync();
        await queue.UntilAsync("select count(*) from delivery_history where state = 'delivered'", 1);
        await queue.Dispatcher.RunOnceAsync(default);
        await RoundAsync();
        await RoundAsync();
        var stopped = await queue.ScalarAsync<string>("select desired_state from connector");
        connector.Seen.Select(transfer => transfer.MessageId).ShouldBe([before]);
        (await queue.ScalarAsync<long>($"select count(*) from delivery where message_id = {later} and state = 'queued' and attempts = 0")).ShouldBe(1);
        await Actions.StartAsync(Name, Kim, default);
        await RoundAsync();
        await queue.UntilAsync("select count(*) from delivery_history where state = 'delivered'", 2);

        stopped.ShouldBe("stopped");
        situation.Drain.ShouldNotBeNull().ShouldSatisfyAllConditions(drain => drain.By.ShouldBe("kim"), drain => drain.Reason.ShouldBe("the dock is closed"));
        connector.Seen.Select(transfer => transfer.MessageId).ShouldBe([before, later]);
    }

    [Fact]
    public async Task What_came_during_a_drain_stays_between_its_end_and_the_moment_the_connector_has_stopped()
    {
        await Actions.PauseDeliveryAsync(Name, null, Kim, default);
        await RoundAsync();
        await Actions.DrainAsync(Name, Kim, default);
        await RoundAsync(); // nothing waits: from here on the connector is told to stop, and has not seen it
        await queue.AcceptAsync(queue.Message("later", "b@b.example"));
        await queue.ExecuteAsync("delete from connector_act where kind = 'pause delivery'");

        for (var round = 0; round < 2; round++)
        {
            await supervisor.RunOnceAsync(default);
            await queue.Dispatcher.RunOnceAsync(default);
        }

        (await queue.ScalarAsync<string>("select desired_state from connector")).ShouldBe("stopped");
        (await queue.ScalarAsync<long>("select count(*) from delivery where state = 'queued'")).ShouldBe(1);
        await RoundAsync();
        await RoundAsync();
        connector.Seen.ShouldBeEmpty();
        (await queue.ScalarAsync<long>("select count(*) from connector_act")).ShouldBe(0);
    }

    [Fact]
    public async Task A_drain_that_is_ended_lets_everything_go_again()
    {
        await Actions.PauseDeliveryAsync(Name, null, Kim, default);
        await RoundAsync();
        await queue.AcceptAsync(queue.Message("before", "a@b.example"));
        await Actions.DrainAsync(Name, Kim, default);
        await RoundAsync();
        await queue.AcceptAsync(queue.Message("later", "b@b.example"));

        await Actions.ResumeAsync(Name, Kim, default);
        await RoundAsync();

        await queue.UntilAsync("select count(*) from delivery_history where state = 'delivered'", 2);
        (await queue.ScalarAsync<string>("select desired_state from connector")).ShouldBe("started");
    }

    [Fact]
    [Trait("source", "Q140186")]
    [Trait("source", "Q118676")]
    public async Task A_poll_is_made_at_once_when_somebody_asks_and_none_while_pickup_is_paused()
    {
        await pickup.PolledAsync(1);
        await Actions.RunAsync(Name, Kim, default);
        await RoundAsync();
        await pickup.PolledAsync(2);

        await Actions.PausePickupAsync(Name, null, Kim, default);
        await RoundAsync();
        await Actions.ResumeAsync(Name, Kim, default);
        await RoundAsync();
        await pickup.PolledAsync(3);
        (await AuditAsync()).ShouldBe("run; pause pickup; resume");
    }

    [Fact]
    public async Task What_waits_for_its_next_attempt_is_due_at_once_when_somebody_asks()
    {
        await Actions.StopAsync(Name, Kim, default);
        await RoundAsync();
        await queue.AcceptAsync(queue.Message("one", "a@b.example"));
        await queue.ExecuteAsync("update delivery set due_at = now() + interval '1 hour', attempts = 3");
        await Actions.StartAsync(Name, Kim, default);
        await RoundAsync();

        await Actions.RunAsync(Name, Kim, default);
        await RoundAsync();

        await queue.UntilAsync("select count(*) from delivery_history where state = 'delivered'", 1);
    }

    [Fact]
    public async Task Nobody_without_the_right_tells_a_connector_anything_and_no_pause_is_without_bounds()
    {
        var viewer = new Operator("v", [Role.Viewer, Role.RoutingEditor], "");

        await Should.ThrowAsync<RightMissingException>(() => Actions.DrainAsync(Name, viewer, default));
        await Should.ThrowAsync<RightMissingException>(() => Actions.PauseDeliveryAsync(Name, null, viewer, default));
        await Should.ThrowAsync<RightMissingException>(() => Actions.ResumeAsync(Name, viewer, default));
        await Should.ThrowAsync<RightMissingException>(() => Actions.CaptureAsync(Name, 1, 1, viewer, default));
        (await Actions.PauseDeliveryAsync(Name, TimeSpan.FromDays(31), Kim, default)).ShouldBe("A pause lasts at most 30 days.");
        (await Actions.CaptureAsync(Name, 91, 1, Kim, default)).ShouldBe("Copies are kept 1 to 90 days.");
        (await Actions.DrainAsync("nobody", Kim, default)).ShouldBe("There is no connector nobody.");
        (await queue.ScalarAsync<long>("select count(*) from connector_act")).ShouldBe(0);
    }

    private async Task RoundAsync()
    {
        await routing.RunOnceAsync(default);
        await supervisor.RunOnceAsync(default);
        queue.Dispatcher.Wake();
    }

    private async Task<(ConnectorSupervisor, LiveRouting)> SuperviseAsync(TestQueue of, ScriptedConnector? with = null)
    {
        var database = of.Database.DataSource;
        var live = new LiveRouting(new RoutingLoader(database), TimeProvider.System, NullLogger<LiveRouting>.Instance);
        var worker = await WorkerIdentity.RegisterAsync(database, "node", "test", default);
        var catalog = new ConnectorCatalog(new Dictionary<string, Func<ConnectorDefinition, BuiltConnector>>
        {
            ["smtp"] = _ => new BuiltConnector(with ?? connector, pickup, RetrySchedule.Default),
        });
        return (new ConnectorSupervisor(
            database, catalog, of.Dispatcher, of.Claims, of.Recorder,
            new ConnectorStatusBoard(database, worker, TimeProvider.System, NullLogger<ConnectorStatusBoard>.Instance),
            live, TimeProvider.System, NullLoggerFactory.Instance), live);
    }

    private Task<string> AuditAsync() => queue.ScalarAsync<string>("select string_agg(verb, '; ' order by id) from audit where actor = 'kim' and reason = 'the dock is closed'");

    /// <summary>Finds nothing, and counts how often it was asked to look; by itself it would look again in an hour.</summary>
    private sealed class CountingPickup : IPickup
    {
        private readonly Channel<bool> polls = Channel.CreateUnbounded<bool>();
        private int seen;

        public TimeSpan PollInterval => TimeSpan.FromHours(1);

        public Task<PickupRound> PickUpAsync(CancellationToken cancellationToken)
        {
            polls.Writer.TryWrite(true);
            return Task.FromResult(new PickupRound(0, false));
        }

        public async Task PolledAsync(int times)
        {
            for (; seen < times; seen++)
            {
                await polls.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));
            }
        }
    }
}
