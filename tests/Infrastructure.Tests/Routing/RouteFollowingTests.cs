using Microsoft.Extensions.Logging.Abstractions;
using Postern.Domain.Access;
using Postern.Domain.Directory;
using Postern.Domain.Routing;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Routing;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Routing;

/// <summary>Mail that waits when routing changes takes the new way, stops where there is none, and starts again when there is one.</summary>
public sealed class RouteFollowingTests
{
    private const string Ways = "select string_agg(concat_ws(' ', recipient, connector_id, destination, state), ', ' order by id) from delivery";

    private static readonly Operator Kim = new("kim", [Role.RoutingEditor], "the second is faster");

    private static readonly RoutingTable Later = new(
        7, [], [], [new AddressSpace("SMTP", "x.example", 1, "smtp-test"), new AddressSpace("SMTP", "y.example", 1, "smtp-two")],
        [new RoutedConnector(1, "smtp-test", "smtp"), new RoutedConnector(2, "smtp-two", "smtp")], AddressBook.Empty);

    [Fact]
    public async Task A_delivery_that_was_routed_earlier_is_resolved_anew_when_it_is_claimed()
    {
        await using var queue = await WaitingAsync("a@x.example", "b@y.example", "c@z.example");
        queue.Claims.Following = new RouteFollowing(queue.Database.DataSource, LiveRouting.Fixed(Later), new DeliveryRerouting(LiveRouting.Fixed(Later)));

        queue.Dispatcher.Attach(queue.Runtime);
        await queue.UntilAsync("select count(*) from delivery_history where recipient = 'a@x.example' and state = 'delivered'", 1);

        (await queue.ScalarAsync<string>(Ways)).ShouldBe("b@y.example 2 smtp-two queued, c@z.example 1 peer held");
        queue.Connector.Seen.ShouldHaveSingleItem().Deliveries.ShouldHaveSingleItem().Recipient.ToString().ShouldBe("a@x.example");
        (await queue.ScalarAsync<string>("select reason from delivery where state = 'held'")).ShouldBe("Held by postern: No way since routing version 7.");
        (await queue.ScalarAsync<string>("select string_agg(kind || ' ' || actor || ' ' || attempt, ', ' order by kind) from delivery_event where kind in ('rerouted', 'held')")).ShouldBe("held postern 0, rerouted postern 0, rerouted postern 0");
        (await queue.Books.CheckAsync(default)).Differences.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_connector_that_an_operator_named_keeps_its_mail_whatever_comes_into_force()
    {
        await using var queue = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes(), Later);
        await queue.StartAsync(attach: false);
        await queue.AcceptAsync(queue.Message("waits", "b@y.example"));
        var named = await queue.Operations.StartAsync(new DeliveryAct(DeliveryVerb.Reroute) { Connector = "smtp-test" }, [await queue.ScalarAsync<long>("select id from delivery")], Admin, default);
        await queue.Operations.RunAsync(named.Id, null, default);
        var latest = LiveRouting.Fixed(RouteSet.Of(Later).Over(Later, 9));
        queue.Claims.Following = new RouteFollowing(queue.Database.DataSource, latest, new DeliveryRerouting(latest));

        queue.Dispatcher.Attach(queue.Runtime);
        await queue.UntilAsync("select count(*) from delivery_history where connector_id = 1 and state = 'delivered'", 1);

        queue.Connector.Seen.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_new_version_moves_and_holds_what_waits_as_operations_and_the_return_brings_all_back()
    {
        await using var queue = await WaitingAsync("a@x.example", "b@y.example", "c@z.example");
        await queue.ExecuteAsync("insert into address_space (connector_id, type, pattern) values (1, 'SMTP', '*'); update configuration set version = version + 1");
        var source = queue.Database.DataSource;
        using var live = new LiveRouting(new RoutingLoader(source), TimeProvider.System, NullLogger<LiveRouting>.Instance);
        using var models = new RouteModels(source, new RoutingLoader(source), live);
        var drafts = new RouteDrafts(source, models, SettingsCatalog.Known);
        var activations = new RouteActivations(source, models, drafts, SettingsCatalog.Known);
        var operations = new QueueOperations(source, new DeliveryActions(source, queue.Reports, new DeliveryRerouting(live)), queue.Replay);
        using var keeper = new RouteKeeper(source, live, operations, new RouteKnowledge(source, models, TimeProvider.System), TimeProvider.System, NullLogger<RouteKeeper>.Instance);
        var draft = (await drafts.CreateAsync("two", Kim, default)).Draft!;
        draft = (await drafts.SaveAsync(
            draft,
            draft.Content.Without(RouteItemKind.AddressSpace, "SMTP-TEST SMTP *").With(new AddressSpace("SMTP", "x.example", 1, "smtp-test")).With(new AddressSpace("SMTP", "y.example", 1, "smtp-two")),
            Kim, default)).Draft!;

        var activated = await activations.ActivateAsync(draft, false, Kim, default);
        await live.RunOnceAsync(default);
        var started = await keeper.FollowAsync(default);
        var then = await queue.ScalarAsync<string>(Ways);
        var followed = (await activations.ListAsync(long.MaxValue, 1, default))[0];
        var returned = await activations.ReturnAsync(activated.Version!.Value - 1, false, Kim, default);
        await live.RunOnceAsync(default);
        await keeper.FollowAsync(default);

        activated.IsDone.ShouldBeTrue(activated.Refusal);
        then.ShouldBe("a@x.example 1 smtp-test queued, b@y.example 2 smtp-two queued, c@z.example 1 peer held");
        followed.Operations.ShouldBe(started.ShouldNotBeNull());
        followed.FollowedAt.ShouldNotBeNull();
        (await operations.ListAsync(9, default)).Where(one => followed.Operations.Contains(one.Id)).Select(one => $"{one.Verb} {one.Actor} {one.State} {one.Done}/{one.Total}")
            .ShouldBe(["Hold kim Done 1/1", "Reroute kim Done 2/2"]);
        returned.IsDone.ShouldBeTrue(returned.Refusal);
        (await queue.ScalarAsync<string>(Ways)).ShouldBe("a@x.example 1 smtp-test queued, b@y.example 1 smtp-test queued, c@z.example 1 smtp-test queued");
        (await keeper.FollowAsync(default)).ShouldBeNull();
        (await queue.Books.CheckAsync(default)).Differences.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_an_operator_holds_stays_held_when_routing_has_a_way_again()
    {
        await using var queue = await WaitingAsync("a@x.example");
        await queue.ExecuteAsync("insert into address_space (connector_id, type, pattern) values (1, 'SMTP', '*'); update configuration set version = version + 1");
        await queue.ExecuteAsync("update delivery set state = 'held', reason = 'Held by lee: until Monday'");
        await queue.ExecuteAsync("insert into route_activation (version, actor, source, content) select version, 'kim', 'draft', '{}' from configuration");
        var source = queue.Database.DataSource;
        using var live = new LiveRouting(new RoutingLoader(source), TimeProvider.System, NullLogger<LiveRouting>.Instance);
        await live.RunOnceAsync(default);
        var operations = new QueueOperations(source, new DeliveryActions(source, queue.Reports, new DeliveryRerouting(live)), queue.Replay);
        using var keeper = new RouteKeeper(source, live, operations, null!, TimeProvider.System, NullLogger<RouteKeeper>.Instance);

        await keeper.FollowAsync(default);

        (await queue.ScalarAsync<string>(Ways)).ShouldBe("a@x.example 1 smtp-test held");
    }

    private static Operator Admin { get; } = new("admin", [Role.Administrator], "");

    // Accepted before there was a table: version 0, to a destination that no table has.
    private static async Task<TestQueue> WaitingAsync(params string[] recipients)
    {
        var queue = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes());
        await queue.ExecuteAsync("insert into connector (name, kind) values ('smtp-two', 'smtp')");
        await queue.StartAsync(attach: false);
        await queue.AcceptAsync(queue.Message("waits", recipients));
        return queue;
    }
}
