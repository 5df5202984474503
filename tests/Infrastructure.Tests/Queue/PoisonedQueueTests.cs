using Postern.Domain.Access;
using Postern.Domain.Queue;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Queue;

/// <summary>Items that fail each time, and items of which only a ruin is left: what is behind them goes on, and they can be got rid of.</summary>
public sealed class PoisonedQueueTests
{
    private static readonly Operator Keller = new("m.keller", [Role.Administrator], "a ruin");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("source", "Q159305")]
    [Trait("source", "Q194600")]
    [Trait("source", "Q198393")]
    [Trait("source", "Q237182")]
    public async Task What_fails_in_the_same_way_each_time_is_set_aside_a_report_too_and_the_rest_goes_out(bool isReport)
    {
        var connector = new ScriptedConnector(transfer => transfer.Deliveries[0].Recipient.Text.StartsWith("bad", StringComparison.Ordinal)
            ? throw new InvalidOperationException("a surprise")
            : ScriptedConnector.Taken);
        await using var queue = await TestQueue.CreateAsync(connector);
        await queue.StartAsync();

        var poison = queue.Message("poison", "bad@x.example");
        var id = await queue.AcceptAsync(isReport ? poison with { Sender = null, IsReport = true } : poison);
        for (var n = 0; n < 9; n++)
        {
            await queue.AcceptAsync(queue.Message("m", $"good{n}@x.example"));
        }

        await queue.UntilAsync("select count(*) from delivery_history where state = 'delivered'", 9);
        for (var attempt = 1; attempt < 5; attempt++)
        {
            await queue.UntilAsync($"select count(*) from delivery where state = 'queued' and attempts = {attempt}", 1);
            await queue.ExecuteAsync("update delivery set due_at = now()");
            queue.Dispatcher.Wake(forgetFailures: true);
        }

        await queue.UntilAsync($"select count(*) from delivery where message_id = {id} and state = 'quarantined' and attempts = 5 and reason like '%a surprise%'", 1);
        (await queue.Books.CheckAsync(default)).IsBalanced.ShouldBeTrue();
    }

    [Fact]
    [Trait("source", "Q177325")]
    public async Task A_report_whose_recipient_is_refused_is_set_aside_as_what_it_is_and_nothing_else_stops()
    {
        var connector = new ScriptedConnector(transfer => transfer.Deliveries[0].Recipient.Text.StartsWith("gone", StringComparison.Ordinal)
            ? new AttemptOutcome.Bounced("5.1.1", "550 5.1.1 no such user", "The peer knows no such user.", "peer")
            : ScriptedConnector.Taken);
        await using var queue = await TestQueue.CreateAsync(connector);
        await queue.StartAsync();

        await queue.AcceptAsync(queue.Message("report", "gone@x.example") with { Sender = null, IsReport = true });
        await queue.AcceptAsync(queue.Message("m", "good@x.example"));

        await queue.UntilAsync("select count(*) from delivery where state = 'quarantined' and status = '5.1.1' and reply = '550 5.1.1 no such user' and attempts = 1", 1);
        await queue.UntilAsync("select count(*) from delivery_history where state = 'delivered'", 1);
        (await queue.ScalarAsync<long>("select count(*) from message")).ShouldBe(2, "a report is never answered by a report");
    }

    [Fact]
    [Trait("source", "Q247618")]
    public async Task The_oldest_items_of_which_only_ruins_are_left_are_looked_at_returned_and_removed_while_mail_moves()
    {
        await using var queue = await TestQueue.CreateAsync(new ScriptedConnector(transfer => transfer.Deliveries[0].Recipient.Text.StartsWith("ruin", StringComparison.Ordinal)
            ? new AttemptOutcome.Deferred("4.3.0", "", "The message cannot be read.", "")
            : ScriptedConnector.Taken));
        await queue.StartAsync();
        var first = await queue.AcceptAsync(queue.Message("one", "ruin1@x.example"));
        var second = await queue.AcceptAsync(queue.Message("two", "ruin2@x.example"));
        await queue.UntilAsync("select count(*) from delivery where state = 'queued' and attempts > 0", 2);
        await queue.ExecuteAsync("update message_content set data = substring(data for 3)");
        var view = new MessageView(queue.Database.DataSource);

        var shown = await view.FindAsync(first, default);
        var returned = await queue.Actions.ActAsync(DeliveryVerb.Return, [first + 1], Keller, default);
        var removed = await queue.Actions.ActAsync(DeliveryVerb.Remove, [second + 1], Keller, default);
        await queue.AcceptAsync(queue.Message("behind", "good@x.example"));

        shown!.Deliveries.ShouldHaveSingleItem().Reason.ShouldBe("The message cannot be read.");
        (returned.ShouldHaveSingleItem().IsDone, removed.ShouldHaveSingleItem().IsDone).ShouldBe((true, true));
        await queue.UntilAsync("select count(*) from delivery_history where recipient = 'good@x.example' and state = 'delivered'", 1);
        (await queue.ScalarAsync<long>("select count(*) from delivery where sender <> ''")).ShouldBe(0);
        (await queue.ScalarAsync<long>("select count(*) from message where is_report")).ShouldBe(1);
        (await queue.Books.CheckAsync(default)).IsBalanced.ShouldBeTrue();
    }

    [Fact]
    [Trait("source", "Q164840")]
    public async Task A_report_that_was_taken_is_no_longer_there_and_one_that_waits_is_removed_like_any_mail()
    {
        await using var queue = await TestQueue.CreateAsync(new ScriptedConnector(transfer => transfer.Deliveries[0].Recipient.Text.StartsWith("late", StringComparison.Ordinal)
            ? new AttemptOutcome.Deferred("4.4.1", "", "Nobody answers.", "")
            : ScriptedConnector.Taken));
        await queue.StartAsync();

        await queue.AcceptAsync(queue.Message("report", "a@x.example") with { Sender = null, IsReport = true });
        var waiting = await queue.AcceptAsync(queue.Message("report", "late@x.example") with { Sender = null, IsReport = true });
        await queue.UntilAsync("select count(*) from delivery_history where is_report and state = 'delivered'", 1);
        await queue.UntilAsync("select count(*) from delivery where attempts = 1 and state = 'queued'", 1);
        var removed = await queue.Actions.ActAsync(DeliveryVerb.Remove, [waiting + 1], Keller, default);

        removed.ShouldHaveSingleItem().IsDone.ShouldBeTrue();
        (await queue.ScalarAsync<long>("select count(*) from delivery")).ShouldBe(0);
        (await queue.Books.CheckAsync(default)).IsBalanced.ShouldBeTrue();
    }
}
