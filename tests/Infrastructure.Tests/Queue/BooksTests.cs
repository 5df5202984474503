using Postern.Domain.Queue;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Queue;

public sealed class BooksTests
{
    [Fact]
    public async Task Balance_over_every_outcome()
    {
        await using var queue = await TestQueue.CreateAsync(new ScriptedConnector(transfer => transfer.Deliveries[0].Recipient.Text switch
        {
            ['b', ..] => new AttemptOutcome.Bounced("5.1.1", "550 no", "Refused.", "peer"),
            ['d', ..] => new AttemptOutcome.Deferred("4.2.0", "450 later", "Later.", "peer"),
            ['q', ..] => new AttemptOutcome.Quarantined("5.3.0", "", "Poison.", "peer"),
            _ => ScriptedConnector.Taken,
        }));
        await queue.StartAsync();

        await Task.WhenAll("abdq".SelectMany(letter => Enumerable.Range(0, 5).Select(n => queue.AcceptAsync(queue.Message("m", $"{letter}{n}@x.example")))));

        // 5 taken, 5 bounced, 5 deferred, 5 quarantined; each bounce makes a report to a sender no route leads to.
        await queue.UntilAsync("select count(*) from delivery where state in ('queued', 'quarantined')", 15);
        var balance = await queue.Books.CheckAsync(CancellationToken.None);
        balance.IsBalanced.ShouldBeTrue();
        (balance.Accepted, balance.Delivered, balance.Bounced, balance.Queued, balance.Quarantined).ShouldBe((25, 5, 5, 5, 10));
    }

    [Fact]
    [Trait("source", "Q221963")]
    public async Task Name_a_delivery_and_a_history_row_that_were_deleted_by_hand()
    {
        await using var queue = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes());
        await queue.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 10).Select(n => queue.AcceptAsync(queue.Message("done", $"a{n}@x.example"))));
        await queue.UntilAsync("select count(*) from delivery_history", 10);
        await queue.Dispatcher.DetachAsync(queue.Runtime.Id);
        await Task.WhenAll(Enumerable.Range(0, 10).Select(n => queue.AcceptAsync(queue.Message("waits", $"a{n}@x.example"))));
        var live = await queue.ScalarAsync<long>("select max(id) from delivery");
        var final = await queue.ScalarAsync<long>("select min(id) from delivery_history");
        await queue.ExecuteAsync($"delete from delivery where id = {live}");
        await queue.ExecuteAsync($"delete from delivery_history where id = {final}");

        var balance = await queue.Books.CheckAsync(CancellationToken.None);

        balance.IsBalanced.ShouldBeFalse();
        balance.Differences.SelectMany(difference => difference.Ids).Order().ShouldBe([final, live]);
        balance.Differences.Select(difference => (difference.What, difference.NextStep.Length > 0)).ShouldBe(
            [(BooksFinding.FinishedAndGone.What, true), (BooksFinding.AcceptedAndGone.What, true)]);
        var day = balance.Days.ShouldHaveSingleItem();
        (day.IsBalanced, day.Ledger.Accepted, day.Rows.Accepted, day.Ledger.Delivered, day.Rows.Delivered, day.InQueue).ShouldBe((false, 20, 18, 10, 9, 9));

        var traces = await new BooksEvidence(queue.Database.DataSource).ReadAsync(day.Day, [final, live, 9_000_000], CancellationToken.None);

        traces.Select(trace => (trace.Id, trace.MessageId, trace.Row, trace.Accepted?.Source, trace.Finished?.State, trace.Finished?.Connector)).ShouldBe(
        [
            (final, final - 1, null, "test", DeliveryState.Delivered, "smtp-test"),
            (live, live - 1, null, "test", null, null),
            (9_000_000, null, null, null, null, null),
        ]);
        traces.Select(trace => (trace.Subject, trace.Sender)).ShouldBe([("done", "sender@a.example"), ("waits", "sender@a.example"), ("", "")]);
    }

    [Fact]
    public async Task Name_a_row_whose_state_was_changed_by_hand()
    {
        await using var queue = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes());
        await queue.StartAsync();
        await queue.AcceptAsync(queue.Message("done", "a@x.example"));
        await queue.UntilAsync("select count(*) from delivery_history", 1);
        var id = await queue.ScalarAsync<long>("update delivery_history set state = 'bounced' returning id");

        var balance = await queue.Books.CheckAsync(CancellationToken.None);

        balance.Differences.ShouldHaveSingleItem().Ids.ShouldBe([id]);
    }

    [Fact]
    public async Task Name_a_row_that_nobody_accepted()
    {
        await using var queue = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes());
        await queue.StartAsync(attach: false);
        await queue.AcceptAsync(queue.Message("real", "a@x.example"));
        await queue.ExecuteAsync(
            """
            insert into delivery (id, message_id, last_id, transfer_id, accepted_at, connector_id, destination, recipient, sender, size,
                                  state, due_at, expires_at, route_version)
                 select id + 5000, message_id, last_id, transfer_id, accepted_at, connector_id, destination, recipient, sender, size,
                        state, due_at, expires_at, route_version from delivery
            """);

        var balance = await queue.Books.CheckAsync(CancellationToken.None);

        balance.IsBalanced.ShouldBeFalse();
        balance.Differences.ShouldHaveSingleItem().What.ShouldContain("never had them accepted");
    }
}
