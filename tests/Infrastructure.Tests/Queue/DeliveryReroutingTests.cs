using Postern.Domain.Access;
using Postern.Domain.Directory;
using Postern.Domain.Queue;
using Postern.Domain.Routing;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Queue;

/// <summary>Waiting mail goes another way, its transfers come apart and together, and it can be taken back.</summary>
public sealed class DeliveryReroutingTests
{
    private static readonly Operator Keller = new("m.keller", [Role.Operator], "the first is down");

    private const string Ways = "select string_agg(concat_ws(' ', recipient, connector_id, destination, transfer_id - message_id, state), ', ' order by id) from delivery";

    private const string Rows = "select string_agg(to_jsonb(d)::text, '' order by id) from delivery d";

    // y.example has a connector of its own; the message was routed by the first before that was known.
    private static readonly RoutingTable Table = new(
        7, [], [],
        [new AddressSpace("SMTP", "*", 50, "smtp-test"), new AddressSpace("SMTP", "y.example", 1, "smtp-two")],
        [new RoutedConnector(1, "smtp-test", "smtp"), new RoutedConnector(2, "smtp-two", "smtp")], AddressBook.Empty);

    [Fact]
    public async Task Those_that_another_way_leads_from_leave_their_transfer_and_the_rest_stays_with_why()
    {
        await using var queue = await WaitingAsync("a@y.example", "b@x.example", "c@y.example", "d@x.example");

        var moved = await RunAsync(queue, DeliveryVerb.Reroute);

        (moved.Done, moved.Refused).ShouldBe((2, 2));
        (await queue.ScalarAsync<string>(Ways)).ShouldBe(
            "a@y.example 2 smtp-two 1 queued, b@x.example 1 smtp-test 2 queued, c@y.example 2 smtp-two 1 queued, d@x.example 1 smtp-test 2 queued");
        (await queue.Operations.ResultsAsync(moved.Id, onlyLeft: true, 9, default)).ShouldAllBe(left => left.Refusal == "It goes by smtp-test to smtp-test already.");
        (await queue.ScalarAsync<long>("select count(*) from delivery_event where kind = 'rerouted' and actor = 'm.keller' and reason = 'Now by smtp-two to smtp-two. the first is down'")).ShouldBe(2);
        (await queue.ScalarAsync<long>("select count(*) from delivery where route_version = 7")).ShouldBe(2);
    }

    [Fact]
    [Trait("source", "Q271545")]
    [Trait("source", "Q282780")]
    public async Task A_named_connector_takes_everything_and_the_mail_goes_out_by_it_whole()
    {
        await using var queue = await WaitingAsync("a@x.example", "b@x.example");

        await RunAsync(queue, new DeliveryAct(DeliveryVerb.Reroute) { Connector = "smtp-two" });
        await queue.ExecuteAsync("update delivery set connector_id = 1");
        queue.Dispatcher.Attach(queue.Runtime);
        await queue.UntilAsync("select count(*) from delivery_history where destination = 'smtp-two'", 2);

        queue.Connector.Seen.ShouldHaveSingleItem().Deliveries.Count.ShouldBe(2);
        (await queue.Books.CheckAsync(default)).Differences.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("a@y.example", "b@x.example", "c@y.example")]
    [InlineData("a@x.example", "b@y.example", "c@y.example")]
    [InlineData("a@y.example", "b@y.example", "c@y.example")]
    public async Task A_reroute_that_is_taken_back_goes_the_old_way_and_no_transfer_has_two(params string[] recipients)
    {
        await using var queue = await WaitingAsync(recipients);
        await queue.ExecuteAsync("update delivery set destination = 'smtp-test', due_at = now() + interval '1 hour', crashes = 1");
        var before = await queue.ScalarAsync<string>("select string_agg(to_jsonb(d)::text, '' order by id) from (select id, connector_id, destination, recipient, due_at, crashes, state from delivery) d");

        var moved = await RunAsync(queue, DeliveryVerb.Reroute);
        (await queue.Undo.RunAsync(moved.Id, Keller, null, default)).ShouldBeNull();

        (await queue.ScalarAsync<string>("select string_agg(to_jsonb(d)::text, '' order by id) from (select id, connector_id, destination, recipient, due_at, crashes, state from delivery) d")).ShouldBe(before);
        await EachTransferHasOneDestinationAsync(queue);
    }

    [Fact]
    public async Task However_reroutes_and_their_undoing_follow_each_other_a_transfer_has_one_destination_and_is_named_after_one_of_its_own()
    {
        var random = new Random(7);
        await using var queue = await WaitingAsync([.. Enumerable.Range(0, 8).Select(i => $"r{i}@x.example")]);
        var ids = await queue.ScalarAsync<long[]>("select array_agg(id) from delivery");
        var done = new List<long>();
        for (var step = 0; step < 30; step++)
        {
            if (done.Count > 0 && random.Next(3) == 0)
            {
                var undone = done[random.Next(done.Count)];
                done.Remove(undone);
                await queue.Undo.RunAsync(undone, Keller, null, default);
            }
            else
            {
                var some = ids.Where(_ => random.Next(2) == 0).ToArray();
                var act = new DeliveryAct(DeliveryVerb.Reroute) { Connector = random.Next(2) == 0 ? "smtp-test" : "smtp-two" };
                var started = await queue.Operations.StartAsync(act, some, Keller, default);
                done.Add((await queue.Operations.RunAsync(started.Id, null, default)).Id);
            }

            await EachTransferHasOneDestinationAsync(queue);
        }
    }

    [Fact]
    public async Task Held_mail_stays_held_on_its_new_way_and_poison_gets_another_chance()
    {
        await using var queue = await WaitingAsync("a@y.example", "b@y.example");
        await queue.ExecuteAsync("update delivery set state = case when recipient like 'a%' then 'held' else 'quarantined' end::delivery_state, crashes = 2");

        await RunAsync(queue, DeliveryVerb.Reroute);

        (await queue.ScalarAsync<string>("select string_agg(concat_ws(' ', recipient, state, crashes), ', ' order by id) from delivery")).ShouldBe("a@y.example held 0, b@y.example queued 0");
    }

    [Fact]
    public async Task A_priority_decides_what_goes_first_and_is_taken_back()
    {
        await using var queue = await TestQueue.CreateAsync(new ScriptedConnector(_ => ScriptedConnector.Taken) { Limits = new(1, 1) });
        await queue.StartAsync(attach: false);
        foreach (var name in (string[])["low", "first", "second", "high"])
        {
            await queue.AcceptAsync(queue.Message(name, $"{name}@x.example"));
        }

        var low = await PrioritiseAsync(queue, "low", DeliveryPriority.Low);
        var wrong = await PrioritiseAsync(queue, "second", DeliveryPriority.High);
        await PrioritiseAsync(queue, "high", DeliveryPriority.High);
        await queue.Undo.RunAsync(wrong.Id, Keller, null, default);
        queue.Dispatcher.Attach(queue.Runtime);
        await queue.UntilAsync("select count(*) from delivery_history", 4);

        low.Done.ShouldBe(1);
        queue.Connector.Seen.Select(transfer => transfer.Deliveries[0].Recipient.Text.Split('@')[0]).ShouldBe(["high", "first", "second", "low"]);
    }

    [Fact]
    public async Task The_wait_is_ended_as_its_age_would_and_removed_mail_is_reported_on_request()
    {
        var home = new RoutingTable(1, [], [], [new AddressSpace("SMTP", "a.example", 1, "smtp-test")], [new RoutedConnector(1, "smtp-test", "smtp")], AddressBook.Empty);
        await using var queue = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes(), home);
        await queue.StartAsync(attach: false);
        await queue.AcceptAsync(queue.Message("late", "late@x.example"));
        await queue.AcceptAsync(queue.Message("wrong", "wrong@x.example"));
        await queue.ExecuteAsync("update delivery set reason = 'It asked to try later.'");
        var before = await queue.ScalarAsync<string>(Rows);

        var expired = await RunAsync(queue, DeliveryVerb.Expire, QueueFilter.Waiting with { Subject = "late" });
        var removed = await RunAsync(queue, new DeliveryAct(DeliveryVerb.Remove) { WritesReport = true }, QueueFilter.Waiting with { Subject = "wrong" });

        (await queue.ScalarAsync<string>("select string_agg(concat_ws('|', state, status, reason, report), E'\\n' order by id) from delivery_history")).ShouldBe(
            "bounced|4.4.7|m.keller ended the wait: the first is down. Not delivered in time. The last attempt: It asked to try later.|sent\nremoved|5.7.0|Removed by m.keller: the first is down|sent");
        (await queue.ScalarAsync<long>("select count(*) from delivery where is_report and reason like 'Waits as long%'")).ShouldBe(2);
        (await queue.Undo.RunAsync(removed.Id, Keller, null, default)).ShouldBeNull();
        (await queue.Undo.RunAsync(expired.Id, Keller, null, default)).ShouldBeNull();
        (await queue.ScalarAsync<string>(Rows)).ShouldBe(before);
        (await queue.Books.CheckAsync(default)).Differences.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_forecast_says_what_a_reroute_would_do()
    {
        await using var queue = await WaitingAsync("a@y.example", "b@x.example", "c@y.example");

        var asked = await queue.Forecaster.LookAsync(null, QueueFilter.Waiting, "", default);
        var named = await queue.Forecaster.LookAsync(null, QueueFilter.Waiting, "nobody", default);

        (asked.Looked, asked.IsWhole, asked.Already).ShouldBe((3, true, 1));
        asked.Ways.ShouldHaveSingleItem().ShouldBe(new RerouteWay("smtp-two", "smtp-two", 2));
        named.Nowhere.ShouldHaveSingleItem().ShouldBe(("There is no connector nobody.", 3));
    }

    private static async Task EachTransferHasOneDestinationAsync(TestQueue queue)
    {
        (await queue.ScalarAsync<long>("select count(*) from (select from delivery group by transfer_id having count(distinct (connector_id, destination)) > 1) t")).ShouldBe(0, await queue.ScalarAsync<string>(Ways));
        (await queue.ScalarAsync<long>("select count(*) from delivery d where not exists (select from delivery l where l.id = d.transfer_id and l.transfer_id = l.id)")).ShouldBe(0, await queue.ScalarAsync<string>(Ways));
    }

    private static async Task<OperationSnapshot> PrioritiseAsync(TestQueue queue, string subject, DeliveryPriority priority) =>
        await RunAsync(queue, new DeliveryAct(DeliveryVerb.Prioritise) { Priority = priority }, QueueFilter.Waiting with { Subject = subject });

    private static async Task<OperationSnapshot> RunAsync(TestQueue queue, DeliveryAct act, QueueFilter? filter = null)
    {
        var started = await queue.Operations.StartAsync(act, filter ?? QueueFilter.Waiting, Keller, default);
        return await queue.Operations.RunAsync(started.Id, null, default);
    }

    private static async Task<TestQueue> WaitingAsync(params string[] recipients)
    {
        var queue = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes(), Table);
        await queue.ExecuteAsync("insert into connector (name, kind) values ('smtp-two', 'smtp')");
        await queue.StartAsync(attach: false);
        await queue.AcceptAsync(queue.Message("crane", recipients));
        await queue.ExecuteAsync("update delivery set destination = 'smtp-test', route_version = 6");
        return queue;
    }
}
