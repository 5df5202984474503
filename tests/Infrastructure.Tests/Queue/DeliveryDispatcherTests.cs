using Postern.Domain.Queue;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Queue;

public sealed class DeliveryDispatcherTests
{
    [Fact]
    public async Task Stored_deliveries_are_claimed_when_their_connector_starts()
    {
        await using var queue = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes());
        await queue.StartAsync(attach: false);
        await Task.WhenAll(Enumerable.Range(0, 100).Select(n => queue.AcceptAsync(queue.Message("m", $"a{n}@x.example"))));

        queue.Dispatcher.Attach(queue.Runtime);

        await queue.UntilAsync("select count(*) from delivery_history where state = 'delivered'", 100);
    }

    [Fact]
    public async Task A_post_office_gets_its_mail_in_order_of_acceptance()
    {
        var connector = new ScriptedConnector(_ => ScriptedConnector.Taken) { Limits = new ConnectorLimits(5, 1) };
        await using var queue = await TestQueue.CreateAsync(connector);
        await queue.StartAsync();

        for (var n = 0; n < 60; n++)
        {
            await queue.AcceptAsync(queue.Message("m", $"a{n}@x.example"));
        }

        await queue.UntilAsync("select count(*) from delivery_history", 60);
        var seen = connector.Seen.Select(transfer => transfer.Id).ToList();
        seen.ShouldBe(seen.Order());
    }

    [Fact]
    public async Task The_recipients_of_one_message_travel_as_one_transfer()
    {
        var connector = ScriptedConnector.ThatTakes();
        await using var queue = await TestQueue.CreateAsync(connector);
        await queue.StartAsync(attach: false);
        await queue.AcceptAsync(queue.Message("m", "a@x.example", "b@x.example", "c@x.example"));

        queue.Dispatcher.Attach(queue.Runtime);

        await queue.UntilAsync("select count(*) from delivery_history", 3);
        connector.Seen.ShouldHaveSingleItem().Deliveries.Select(delivery => delivery.Recipient.Text)
            .ShouldBe(["a@x.example", "b@x.example", "c@x.example"]);
    }

    [Fact]
    public async Task A_deferred_delivery_waits_for_its_next_attempt_with_the_words_of_the_peer()
    {
        var later = new AttemptOutcome.Deferred("4.7.1", "451 4.7.1 greylisted", "The peer asks to try later.", "mx[192.0.2.1]");
        await using var queue = await TestQueue.CreateAsync(new ScriptedConnector(_ => later));
        await queue.StartAsync();

        await queue.AcceptAsync(queue.Message("m", "a@x.example"));

        await queue.UntilAsync(
            "select count(*) from delivery where state = 'queued' and attempts = 1 and reply = '451 4.7.1 greylisted' and due_at between now() + interval '50 seconds' and now() + interval '61 seconds'", 1);
        (await queue.ScalarAsync<long>("select count(*) from delivery_event where kind = 'deferred' and attempt = 1")).ShouldBe(1);
    }

    [Fact]
    [Trait("source", "Q113119")]
    public async Task However_often_a_link_fails_a_delivery_is_given_up_by_its_age_alone()
    {
        await using var queue = await TestQueue.CreateAsync(new ScriptedConnector(_ => new AttemptOutcome.Deferred("4.4.1", "", "Busy.", "peer", DestinationDown: true)));
        await queue.StartAsync(attach: false);
        await queue.AcceptAsync(queue.Message("m", "a@x.example"));
        await queue.ExecuteAsync("update delivery set attempts = 30000");

        queue.Dispatcher.Attach(queue.Runtime);

        await queue.UntilAsync("select count(*) from delivery where state = 'queued' and attempts = 30001 and due_at > now() and due_at < expires_at", 1);
    }

    [Fact]
    [Trait("source", "Q199800")]
    [Trait("source", "Q93080")]
    public async Task One_destination_that_is_down_holds_up_no_other()
    {
        var connector = new ScriptedConnector(transfer => transfer.Destination == "dead"
            ? new AttemptOutcome.Deferred("4.4.1", "", "Connection refused.", "dead", DestinationDown: true)
            : ScriptedConnector.Taken);
        await using var queue = await TestQueue.CreateAsync(connector);
        await queue.StartAsync();

        foreach (var n in Enumerable.Range(0, 20))
        {
            var message = queue.Message("m", $"a{n}@x.example");
            var destination = n % 2 == 0 ? "dead" : "alive";
            var recipient = message.Recipients[0];
            await queue.AcceptAsync(message with { Recipients = [recipient with { Route = recipient.Route with { Destination = destination } }] });
        }

        await queue.UntilAsync("select count(*) from delivery_history", 10);
        await queue.UntilAsync("select count(*) from delivery where state = 'queued'", 10);
        connector.Seen.Count(transfer => transfer.Destination == "dead").ShouldBeLessThan(10);
    }

    [Fact]
    [Trait("source", "Q198393")]
    public async Task A_connector_that_throws_defers_the_transfer_and_goes_on()
    {
        var connector = new ScriptedConnector(transfer => transfer.Deliveries[0].Recipient.Text.StartsWith("bad", StringComparison.Ordinal)
            ? throw new InvalidOperationException("a surprise")
            : ScriptedConnector.Taken);
        await using var queue = await TestQueue.CreateAsync(connector);
        await queue.StartAsync();

        await queue.AcceptAsync(queue.Message("m", "bad@x.example"));
        await queue.AcceptAsync(queue.Message("m", "good@x.example"));

        await queue.UntilAsync("select count(*) from delivery_history", 1);
        await queue.UntilAsync("select count(*) from delivery where state = 'queued' and reason like '%a surprise%'", 1);
    }

    [Fact]
    public async Task A_stop_gives_back_what_has_not_begun_without_counting_an_attempt()
    {
        var connector = new ScriptedConnector(_ => ScriptedConnector.Taken) { Limits = new ConnectorLimits(1, 1), Gate = new TaskCompletionSource() };
        await using var queue = await TestQueue.CreateAsync(connector);
        await queue.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 10).Select(n => queue.AcceptAsync(queue.Message("m", $"a{n}@x.example"))));

        await queue.StopAsync();

        (await queue.ScalarAsync<long>("select count(*) from delivery where state = 'queued' and attempts = 0")).ShouldBe(10);
    }

    [Fact]
    public async Task What_is_claimed_while_the_process_stops_is_given_back_before_the_round_ends()
    {
        await using var queue = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes());
        await queue.StartAsync(attach: false);
        await Task.WhenAll(Enumerable.Range(0, 10).Select(n => queue.AcceptAsync(queue.Message("m", $"a{n}@x.example"))));
        await queue.StopAsync();
        await queue.ExecuteAsync(
            """
            create function slow() returns trigger language plpgsql as $$ begin perform pg_sleep(0.02); return new; end $$;
            create trigger slow before update on delivery for each row when (old.state = 'leased') execute function slow();
            """);
        queue.Dispatcher.Attach(queue.Runtime);

        var claimed = await queue.Dispatcher.RunOnceAsync(CancellationToken.None);

        claimed.ShouldBe(10);
        (await queue.ScalarAsync<long>("select count(*) from delivery where state = 'queued' and attempts = 0")).ShouldBe(10);
    }

    [Fact]
    [Trait("source", "Q159305")]
    public async Task A_crash_counts_only_against_attempts_that_had_begun_and_the_third_quarantines()
    {
        await using var first = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes());
        await first.StartAsync(attach: false);
        await first.AcceptAsync(first.Message("begun", "a@x.example"));
        await first.AcceptAsync(first.Message("waits", "b@x.example"));
        await first.StopAsync();
        var begun = await first.ScalarAsync<long>("select min(id) from delivery");
        var folder = first.Folder;
        for (var crash = 1; crash <= 3; crash++)
        {
            await Lease(first);
            using (var log = new AttemptLog(Path.Combine(folder, "attempts")))
            {
                log.Begin([begun]);
            }

            await using var after = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes(), after: first);
            await after.Interrupted.TakeOverAsync(CancellationToken.None);

            (await first.ScalarAsync<int>($"select crashes from delivery where id = {begun}")).ShouldBe(crash);
        }

        (await first.ScalarAsync<long>($"select count(*) from delivery where id = {begun} and state = 'quarantined' and may_repeat")).ShouldBe(1);
        (await first.ScalarAsync<long>("select count(*) from delivery where state = 'queued' and crashes = 0 and not may_repeat")).ShouldBe(1);

        static Task Lease(TestQueue queue) => queue.ExecuteAsync(
            "update delivery set state = 'leased', leased_by = (select max(id) from worker), leased_until = now() + interval '5 minutes' where state = 'queued'");
    }

    [Fact]
    [Trait("source", "Q271545")]
    public async Task An_expired_delivery_is_returned_with_a_report_although_its_connector_never_runs()
    {
        await using var queue = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes());
        await queue.StartAsync(attach: false);
        await queue.AcceptAsync(queue.Message("old", "a@x.example"));
        await queue.ExecuteAsync("update delivery set expires_at = now() - interval '1 second'");
        var keeper = new QueueKeeper(
            queue.Database.DataSource, queue.Reports, new Postern.Infrastructure.Database.PartitionKeeper(queue.Database.DataSource), queue.Retention(TimeProvider.System), queue.Events, TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<QueueKeeper>.Instance);

        var expired = await keeper.ExpireAsync(CancellationToken.None);

        expired.ShouldBe(1);
        (await queue.ScalarAsync<long>("select count(*) from delivery_history where state = 'bounced' and status = '4.4.7' and report = 'sent'")).ShouldBe(1);
        (await queue.Books.CheckAsync(CancellationToken.None)).IsBalanced.ShouldBeTrue();
    }
}
