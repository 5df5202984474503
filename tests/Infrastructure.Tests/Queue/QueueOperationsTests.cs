using Postern.Domain.Access;
using Postern.Domain.Directory;
using Postern.Domain.Queue;
using Postern.Domain.Routing;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Queue;

public sealed class QueueOperationsTests
{
    private static readonly Operator Keller = new("m.keller", [Role.Administrator], "dock closed");

    // Everything of a row but what a new fetch from disk or a note of the past may change.
    private const string Fingerprint = "select coalesce(string_agg(to_jsonb(d)::text, '' order by id), '') from delivery d where not is_report";

    [Theory]
    [InlineData(DeliveryVerb.Retry)]
    [InlineData(DeliveryVerb.Hold)]
    [InlineData(DeliveryVerb.Return)]
    [InlineData(DeliveryVerb.Remove)]
    [InlineData(DeliveryVerb.Expire)]
    public async Task What_is_taken_back_is_as_it_was_to_the_last_column(DeliveryVerb verb)
    {
        await using var queue = await WaitingAsync(3);
        await queue.ExecuteAsync("update delivery set attempts = 4, crashes = 1, due_at = now() + interval '1 hour', reason = 'greylisted', reply = '451 later' where id % 2 = 0");
        var before = await queue.ScalarAsync<string>(Fingerprint);

        var operation = await RunAsync(queue, verb, QueueFilter.Waiting);
        var changed = await queue.ScalarAsync<string>(Fingerprint);
        var refusal = await queue.Undo.RunAsync(operation.Id, Keller, null, CancellationToken.None);

        (operation.State, operation.Done, operation.Refused).ShouldBe((OperationState.Done, 3, 0));
        changed.ShouldNotBe(before);
        refusal.ShouldBeNull();
        (await queue.ScalarAsync<string>(Fingerprint)).ShouldBe(before);
        (await queue.Operations.FindAsync(operation.Id, CancellationToken.None))!.ShouldSatisfyAllConditions(
            now => now.State.ShouldBe(OperationState.Undone), now => now.Restored.ShouldBe(3), now => now.UndoneBy.ShouldBe("m.keller"));
        (await queue.Books.CheckAsync(CancellationToken.None)).ShouldSatisfyAllConditions(
            books => books.IsBalanced.ShouldBeTrue(), books => books.Differences.ShouldBeEmpty(), books => books.InQueue.ShouldBe(3));
        (await queue.ScalarAsync<long>("select count(*) from audit where verb = 'undo' and actor = 'm.keller'")).ShouldBe(1);
    }

    [Fact]
    public async Task Released_mail_is_held_again_when_the_release_is_taken_back()
    {
        await using var queue = await WaitingAsync(2);
        await RunAsync(queue, DeliveryVerb.Hold, QueueFilter.Waiting);
        var before = await queue.ScalarAsync<string>(Fingerprint);

        var released = await RunAsync(queue, DeliveryVerb.Release, QueueFilter.Waiting with { States = [DeliveryState.Held] });
        await queue.Undo.RunAsync(released.Id, Keller, null, CancellationToken.None);

        (await queue.ScalarAsync<string>(Fingerprint)).ShouldBe(before);
    }

    [Fact]
    public async Task The_report_of_a_return_waits_and_goes_away_with_the_return()
    {
        await using var queue = await WaitingAsync(1, ToTheSender);

        var operation = await RunAsync(queue, DeliveryVerb.Return, QueueFilter.Waiting);
        var waits = await queue.ScalarAsync<long>("select count(*) from delivery d join operation o on d.due_at = o.undo_until where d.is_report and d.state = 'queued' and d.reason like 'Waits as long%'");
        await queue.Undo.RunAsync(operation.Id, Keller, null, CancellationToken.None);

        waits.ShouldBe(1);
        (await queue.ScalarAsync<long>("select count(*) from delivery where is_report")).ShouldBe(0);
        (await queue.ScalarAsync<string>("select reason from delivery_history where is_report and state = 'removed'")).ShouldBe("Not sent: m.keller took the return back.");
    }

    [Fact]
    public async Task The_report_of_a_return_goes_when_nobody_can_take_it_back_any_more()
    {
        await using var queue = await WaitingAsync(1, ToTheSender);
        await RunAsync(queue, DeliveryVerb.Return, QueueFilter.Waiting);

        await queue.ExecuteAsync("update delivery set due_at = now()");
        queue.Dispatcher.Attach(queue.Runtime);

        await queue.UntilAsync("select count(*) from delivery_history where is_report and state = 'delivered'", 1);
    }

    [Fact]
    public async Task A_return_whose_report_has_been_tried_stays_returned_and_is_listed()
    {
        await using var queue = await WaitingAsync(2);
        var operation = await RunAsync(queue, DeliveryVerb.Return, QueueFilter.Waiting);
        await queue.ExecuteAsync("update delivery set attempts = 1 where id = (select min(id) from delivery where is_report)");

        await queue.Undo.RunAsync(operation.Id, Keller, null, CancellationToken.None);

        var left = await queue.Operations.ResultsAsync(operation.Id, onlyLeft: true, 10, CancellationToken.None);
        left.ShouldHaveSingleItem().ShouldSatisfyAllConditions(item => item.State.ShouldBe(DeliveryState.Bounced), item => item.Refusal.ShouldContain("report"));
        (await queue.Operations.FindAsync(operation.Id, CancellationToken.None))!.Restored.ShouldBe(1);
        (await queue.Books.CheckAsync(CancellationToken.None)).Differences.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_somebody_else_has_acted_on_since_is_left_alone_and_listed()
    {
        await using var queue = await WaitingAsync(2);
        var operation = await RunAsync(queue, DeliveryVerb.Hold, QueueFilter.Waiting);
        var other = await queue.ScalarAsync<long>("select min(id) from delivery");
        await queue.Actions.ActAsync(DeliveryVerb.Release, [other], new Operator("a.novak", [Role.Administrator], ""), CancellationToken.None);
        await queue.Actions.ActAsync(DeliveryVerb.Hold, [other], new Operator("a.novak", [Role.Administrator], ""), CancellationToken.None);

        await queue.Undo.RunAsync(operation.Id, Keller, null, CancellationToken.None);

        (await queue.ScalarAsync<long>($"select id from delivery where state = 'held'")).ShouldBe(other);
        (await queue.Operations.ResultsAsync(operation.Id, onlyLeft: true, 10, CancellationToken.None)).ShouldHaveSingleItem().DeliveryId.ShouldBe(other);
    }

    [Fact]
    public async Task What_is_on_its_way_is_left_alone_and_says_so()
    {
        await using var queue = await WaitingAsync(2);
        await queue.ExecuteAsync("update delivery set state = 'leased', leased_by = 1, leased_until = now() where id = (select min(id) from delivery)");

        var operation = await RunAsync(queue, DeliveryVerb.Hold, QueueFilter.Waiting);

        (operation.Total, operation.Done, operation.Refused).ShouldBe((2, 1, 1));
        (await queue.Operations.ResultsAsync(operation.Id, onlyLeft: true, 10, CancellationToken.None)).ShouldHaveSingleItem().Refusal.ShouldContain("on its way");
    }

    [Fact]
    public async Task Large_operations_run_in_pieces_can_be_cancelled_between_them_and_give_back_what_they_did()
    {
        await using var queue = await WaitingAsync(1200);
        var started = await queue.Operations.StartAsync(DeliveryVerb.Remove, QueueFilter.Waiting, Keller, CancellationToken.None);
        var cancelling = new List<Task<bool>>();

        var ended = await queue.Operations.RunAsync(
            started.Id, now => { if (now.Done == 500) { cancelling.Add(queue.Operations.CancelAsync(started.Id, Keller, CancellationToken.None)); cancelling[0].Wait(); } }, CancellationToken.None);

        (ended.State, ended.Total, ended.Done).ShouldBe((OperationState.Cancelled, 1200, 500));
        (await queue.ScalarAsync<long>("select count(*) from delivery")).ShouldBe(700);
        (await queue.Undo.RunAsync(started.Id, Keller, null, CancellationToken.None)).ShouldBeNull();
        (await queue.ScalarAsync<long>("select count(*) from delivery")).ShouldBe(1200);
        (await queue.Books.CheckAsync(CancellationToken.None)).Differences.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_operation_whose_process_is_gone_is_carried_on()
    {
        await using var queue = await WaitingAsync(2);
        var started = await queue.Operations.StartAsync(DeliveryVerb.Hold, QueueFilter.Waiting, Keller, CancellationToken.None);
        var keeper = new OperationKeeper(queue.Operations, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<OperationKeeper>.Instance);

        await keeper.CarryOnAsync(CancellationToken.None);

        (await queue.Operations.FindAsync(started.Id, CancellationToken.None))!.State.ShouldBe(OperationState.Done);
        (await queue.ScalarAsync<long>("select count(*) from delivery where state = 'held' and reason = 'Held by m.keller: dock closed'")).ShouldBe(2);
    }

    [Fact]
    public async Task Nothing_is_taken_back_after_its_time_twice_or_while_it_runs()
    {
        await using var queue = await WaitingAsync(1);
        var running = await queue.Operations.StartAsync(DeliveryVerb.Hold, QueueFilter.Waiting, Keller, CancellationToken.None);
        (await queue.Undo.RunAsync(running.Id, Keller, null, CancellationToken.None))!.ShouldContain("still runs");
        await queue.Operations.RunAsync(running.Id, null, CancellationToken.None);
        await queue.ExecuteAsync("update operation set undo_until = now() - interval '1 second'");
        (await queue.Undo.RunAsync(running.Id, Keller, null, CancellationToken.None))!.ShouldContain("could be taken back until");
        await queue.ExecuteAsync("update operation set undo_until = now() + interval '1 minute'");

        (await queue.Undo.RunAsync(running.Id, Keller, null, CancellationToken.None)).ShouldBeNull();

        (await queue.Undo.RunAsync(running.Id, Keller, null, CancellationToken.None))!.ShouldContain("already");
        (await queue.Undo.RunAsync(999, Keller, null, CancellationToken.None))!.ShouldContain("no operation 999");
    }

    [Fact]
    public async Task A_removal_that_was_taken_back_can_be_made_again_and_the_books_follow()
    {
        await using var queue = await WaitingAsync(1);
        for (var round = 0; round < 2; round++)
        {
            var operation = await RunAsync(queue, DeliveryVerb.Remove, QueueFilter.Waiting);
            await queue.Undo.RunAsync(operation.Id, Keller, null, CancellationToken.None);
        }

        await RunAsync(queue, DeliveryVerb.Remove, QueueFilter.Waiting);
        var removed = await queue.Books.CheckAsync(CancellationToken.None);
        await queue.ExecuteAsync("delete from delivery_history");
        var off = await queue.Books.CheckAsync(CancellationToken.None);

        (removed.IsBalanced, removed.Removed).ShouldBe((true, 1));
        off.Differences.ShouldHaveSingleItem().What.ShouldContain("finished");
    }

    private static async Task<OperationSnapshot> RunAsync(TestQueue queue, DeliveryVerb verb, QueueFilter filter)
    {
        var started = await queue.Operations.StartAsync(verb, filter, Keller, CancellationToken.None);
        return await queue.Operations.RunAsync(started.Id, null, CancellationToken.None);
    }

    private static readonly RoutingTable ToTheSender = new(
        1, [], [], [new AddressSpace("SMTP", "a.example", 1, "smtp-test")], [new RoutedConnector(1, "smtp-test", "smtp")], AddressBook.Empty);

    private static async Task<TestQueue> WaitingAsync(int count, RoutingTable? table = null)
    {
        var queue = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes(), table);
        await queue.StartAsync(attach: false);
        await queue.ExecuteAsync("update configuration set confirm_over = 100000");
        await Task.WhenAll(Enumerable.Range(0, count).Select(i => queue.AcceptAsync(queue.Message($"crane {i}", $"r{i}@x.example"))));
        return queue;
    }
}
