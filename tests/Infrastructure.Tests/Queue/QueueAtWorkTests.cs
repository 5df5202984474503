using System.Collections.Concurrent;
using Postern.Domain.Queue;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Queue;

/// <summary>What must hold of the queue however many work at it, however long it has been there and whatever else is broken.</summary>
public sealed class QueueAtWorkTests
{
    [Fact]
    [Trait("source", "Q99204")]
    [Trait("source", "Q119642")]
    [Trait("source", "Q163020")]
    [Trait("source", "Q184524")]
    public async Task Ten_thousand_have_ten_thousand_numbers_wait_while_nobody_fetches_them_and_are_taken_once_by_ten_workers()
    {
        const int All = 10_000;
        await using var queue = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes());
        await queue.StartAsync(attach: false);

        var ids = await Task.WhenAll(Enumerable.Range(0, All).Select(n => queue.AcceptAsync(queue.Message("m", $"a{n}@x.example"))));
        (await queue.ScalarAsync<long>("select count(*) from delivery where state = 'queued' and attempts = 0")).ShouldBe(All);
        (await queue.ScalarAsync<long>("select count(*) from delivery_history")).ShouldBe(0);
        var taken = new ConcurrentBag<long>();
        await Task.WhenAll(Enumerable.Range(0, 10).Select(n => TakeAllAsync(queue, $"node {n}", taken)));

        ids.Distinct().Count().ShouldBe(All);
        taken.Count.ShouldBe(All, "what two workers take is delivered twice");
        taken.Distinct().Count().ShouldBe(All);
    }

    [Theory]
    [InlineData(short.MaxValue)]
    [InlineData(int.MaxValue)]
    [InlineData(1L << 33)]
    [Trait("source", "Q271600")]
    public async Task Numbers_of_15_31_and_more_bits_are_numbers_like_any(long last)
    {
        await using var queue = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes());
        await queue.ExecuteAsync($"alter sequence mail_id restart with {last - 1}");
        await queue.StartAsync();

        var ids = new[] { await queue.AcceptAsync(queue.Message("a", "a@x.example")), await queue.AcceptAsync(queue.Message("b", "b@x.example", "c@x.example")) };

        await queue.UntilAsync("select count(*) from delivery_history where state = 'delivered'", 3);
        ids[1].ShouldBeGreaterThan(last - 1);
        (await queue.ScalarAsync<long>("select count(distinct id) from delivery_history")).ShouldBe(3);
        (await queue.Books.CheckAsync(default)).IsBalanced.ShouldBeTrue();
    }

    [Fact]
    [Trait("source", "Q123397")]
    [Trait("source", "Q155592")]
    public async Task A_delivery_is_one_row_of_the_history_with_everything_that_a_trace_needs_however_often_it_was_tried()
    {
        await using var queue = await TestQueue.CreateAsync(new ScriptedConnector(transfer =>
            transfer.Deliveries.Max(delivery => delivery.Id) % 2 == 0 && transfer.Deliveries[0].Attempts < 2
                ? new AttemptOutcome.Deferred("4.2.0", "450 later", "Later.", "peer", RetryAfter: TimeSpan.Zero)
                : ScriptedConnector.Taken));
        await queue.StartAsync();

        for (var n = 0; n < 20; n++)
        {
            await queue.AcceptAsync(queue.Message($"m{n}", $"a{n}@x.example", $"b{n}@x.example"));
        }

        await queue.UntilAsync("select count(*) from delivery", 0);
        (await queue.ScalarAsync<long>("select count(*) from delivery_history")).ShouldBe(40);
        (await queue.ScalarAsync<long>("select count(distinct recipient) from delivery_history")).ShouldBe(40);
        (await queue.ScalarAsync<long>("select sum(deliveries) from ledger where outcome = 'delivered'")).ShouldBe(40);
        (await queue.ScalarAsync<long>("select max(attempts)::bigint from delivery_history")).ShouldBe(3);
        (await queue.ScalarAsync<long>(
            """
            select count(*) from delivery_history
             where id > 0 and message_id > 0 and size > 0 and sender = 'sender@a.example' and recipient like '%@x.example' and destination = 'peer'
               and connector_id > 0 and finished_at >= accepted_at and state = 'delivered' and status = '2.0.0' and remote = 'peer'
            """)).ShouldBe(40);
    }

    [Fact]
    [Trait("source", "Q282780")]
    public async Task What_waits_outlives_the_process_under_the_same_number()
    {
        await using var first = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes());
        await first.StartAsync(attach: false);
        var id = await first.AcceptAsync(first.Message("kept", "a@x.example"));
        await first.StopAsync();

        await using var second = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes(), after: first);
        await second.StartAsync();

        await second.UntilAsync($"select count(*) from delivery_history where message_id = {id} and state = 'delivered'", 1);
        second.Connector.Seen.ShouldHaveSingleItem().MessageId.ShouldBe(id);
    }

    [Fact]
    [Trait("source", "Q185109")]
    public async Task The_page_shows_what_waits_in_the_order_in_which_it_will_be_taken_and_why_the_first_one_waits()
    {
        await using var queue = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes());
        await queue.StartAsync(attach: false);
        foreach (var sender in (string[])["zoe", "adam", "mia", "bert"])
        {
            await queue.AcceptAsync(queue.Message("m", "a@x.example") with { Sender = Domain.Addresses.MailAddress.Parse($"{sender}@a.example") });
        }

        await queue.ExecuteAsync("update delivery set attempts = 3, reason = 'The peer asks to try later.' where id = (select min(id) from delivery)");

        var page = await new QueueView(queue.Database.DataSource).PageAsync(QueueFilter.Waiting, QueueOrder.Default, default);
        var taken = await queue.Claims.ClaimAsync([(queue.Runtime.Id, "peer", 10)], null, default);

        page.Rows.Select(row => row.Id).ShouldBe(taken.SelectMany(claimed => claimed.Transfer.Deliveries).Select(delivery => delivery.Id));
        page.Rows[0].Reason.ShouldBe("The peer asks to try later.");
    }

    [Fact]
    [Trait("source", "Q130067")]
    public async Task Mail_goes_on_while_the_state_of_connectors_cannot_be_written_and_that_is_a_warning()
    {
        await using var queue = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes());
        var log = new RecordingLogger<ConnectorStatusBoard>();
        using var board = new ConnectorStatusBoard(
            queue.Database.DataSource, await WorkerIdentity.RegisterAsync(queue.Database.DataSource, "node", "test", default), TimeProvider.System, log);
        queue.Dispatcher.CallEnded += board.NoteCall;
        await queue.ExecuteAsync("alter table connector_status rename to away");
        await queue.StartAsync();
        await board.StartAsync(default);

        for (var n = 0; n < 5; n++)
        {
            await queue.AcceptAsync(queue.Message("m", $"a{n}@x.example"));
        }

        await queue.UntilAsync("select count(*) from delivery_history where state = 'delivered'", 5);
        await board.StopAsync(default);
        log.Lines.ShouldNotBeEmpty();
        log.Lines.ShouldAllBe(line => line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains("connector_status", StringComparison.Ordinal));
        await queue.ExecuteAsync("alter table away rename to connector_status");
    }

    private static async Task TakeAllAsync(TestQueue queue, string node, ConcurrentBag<long> taken)
    {
        var claims = new DeliveryClaims(queue.Database.DataSource, await WorkerIdentity.RegisterAsync(queue.Database.DataSource, node, "test", default));
        for (var idle = 0; idle < 3;)
        {
            var claimed = await claims.ClaimAsync([(queue.Runtime.Id, "peer", 50)], null, default);
            idle = claimed.Count == 0 ? idle + 1 : 0;
            foreach (var delivery in claimed.SelectMany(claim => claim.Transfer.Deliveries))
            {
                taken.Add(delivery.Id);
            }
        }
    }
}
