using Postern.Domain.Access;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Queue;

/// <summary>Ending more than one person may within an hour needs a second one.</summary>
public sealed class SecondOperatorTests
{
    private static readonly Operator Keller = new("m.keller", [Role.Operator], "dock closed");
    private static readonly Operator Braun = new("t.braun", [Role.Operator], "agreed");

    [Fact]
    public async Task Nothing_happens_before_a_second_operator_confirms_and_then_it_can_be_taken_back_as_always()
    {
        await using var queue = await WaitingAsync(6, confirmOver: 5);

        var started = await queue.Operations.StartAsync(DeliveryVerb.Remove, QueueFilter.Waiting, Keller, default);
        var before = await queue.Operations.RunAsync(started.Id, null, default);
        var waiting = await queue.ScalarAsync<long>("select count(*) from delivery");
        var refusal = await queue.Operations.ConfirmAsync(started.Id, Braun, default);
        var ended = await queue.Operations.RunAsync(started.Id, null, default);

        (started.State, before.State, before.Done, waiting).ShouldBe((OperationState.Awaiting, OperationState.Awaiting, 0, 6L));
        refusal.ShouldBeNull();
        (ended.State, ended.Done, ended.ConfirmedBy).ShouldBe((OperationState.Done, 6, "t.braun"));
        (await queue.ScalarAsync<string>("select actor || ' ' || reason || ' ' || (details ->> 'startedBy') from audit where verb = 'confirm'")).ShouldBe("t.braun agreed m.keller");
        (await queue.Undo.RunAsync(started.Id, Keller, null, default)).ShouldBeNull();
        (await queue.ScalarAsync<long>("select count(*) from delivery")).ShouldBe(6);
    }

    [Fact]
    public async Task The_second_operator_is_somebody_else_with_the_right_who_sits_at_the_console()
    {
        await using var queue = await WaitingAsync(2, confirmOver: 1);
        var started = await queue.Operations.StartAsync(DeliveryVerb.Remove, QueueFilter.Waiting, Keller, default);

        var own = await queue.Operations.ConfirmAsync(started.Id, Keller, default);
        var local = await queue.Operations.ConfirmAsync(started.Id, Operator.Local(), default);
        var viewer = () => queue.Operations.ConfirmAsync(started.Id, new Operator("v.viewer", [Role.Viewer], ""), default);

        own!.ShouldContain("second operator");
        local!.ShouldContain("nobody's second operator");
        (await viewer.ShouldThrowAsync<RightMissingException>()).Message.ShouldBe("v.viewer may not act on the queue. An administrator can give the role operator.");
        (await queue.Operations.FindAsync(started.Id, default))!.State.ShouldBe(OperationState.Awaiting);
    }

    [Fact]
    public async Task What_one_person_ends_is_added_up_over_an_hour_whatever_the_verb_and_nobody_elses_counts()
    {
        await using var queue = await WaitingAsync(7, confirmOver: 3);
        var ids = await IdsAsync(queue);

        var removed = await RunAsync(queue, DeliveryVerb.Remove, ids[..2], Keller);
        var returned = await RunAsync(queue, DeliveryVerb.Return, ids[2..3], Keller);
        var allowance = await queue.Operations.AllowanceAsync("m.keller", default);
        var tooMuch = await queue.Operations.StartAsync(DeliveryVerb.Expire, ids[3..4], Keller, default);
        var held = await RunAsync(queue, DeliveryVerb.Hold, ids[3..7], Keller);
        var other = await RunAsync(queue, DeliveryVerb.Remove, ids[4..7], Braun);
        await queue.ExecuteAsync("update operation set started_at = started_at - interval '61 minutes'");
        var later = await queue.Operations.StartAsync(DeliveryVerb.Remove, ids[3..4], Keller, default);

        (removed.State, returned.State).ShouldBe((OperationState.Done, OperationState.Done));
        (allowance.Ended, allowance.Limit).ShouldBe((3, 3));
        tooMuch.State.ShouldBe(OperationState.Awaiting);
        (held.State, held.Done).ShouldBe((OperationState.Done, 4));
        (other.State, other.Done).ShouldBe((OperationState.Done, 3));
        later.State.ShouldBe(OperationState.Running);
    }

    [Fact]
    public async Task What_was_taken_back_or_confirmed_is_not_counted()
    {
        await using var queue = await WaitingAsync(5, confirmOver: 2);
        var ids = await IdsAsync(queue);
        var first = await RunAsync(queue, DeliveryVerb.Remove, ids[..2], Keller);
        await queue.Undo.RunAsync(first.Id, Keller, null, default);
        var confirmed = await queue.Operations.StartAsync(DeliveryVerb.Remove, ids[2..5], Keller, default);
        await queue.Operations.ConfirmAsync(confirmed.Id, Braun, default);
        await queue.Operations.RunAsync(confirmed.Id, null, default);

        (await queue.Operations.AllowanceAsync("m.keller", default)).Ended.ShouldBe(0);
        (await RunAsync(queue, DeliveryVerb.Remove, ids[..2], Keller)).Done.ShouldBe(2);
    }

    [Fact]
    public async Task Two_halves_that_start_together_are_counted_one_after_the_other()
    {
        await using var queue = await WaitingAsync(8, confirmOver: 5);
        var ids = await IdsAsync(queue);

        var started = await Task.WhenAll(
            Enumerable.Range(0, 2).Select(half => queue.Operations.StartAsync(DeliveryVerb.Remove, ids[(half * 4)..((half * 4) + 4)], Keller, default)));

        started.Select(operation => operation.State).Order().ShouldBe([OperationState.Awaiting, OperationState.Running]);
    }

    [Fact]
    public async Task What_nobody_confirms_is_cancelled_by_its_starter_or_after_a_day()
    {
        await using var queue = await WaitingAsync(2, confirmOver: 0);
        var own = await queue.Operations.StartAsync(DeliveryVerb.Remove, QueueFilter.Waiting, Keller, default);
        var forgotten = await queue.Operations.StartAsync(DeliveryVerb.Remove, QueueFilter.Waiting, Keller, default);

        (await queue.Operations.CancelAsync(own.Id, Keller, default)).ShouldBeTrue();
        (await queue.Operations.ForgetUnconfirmedAsync(default)).ShouldBe(0);
        await queue.ExecuteAsync("update operation set started_at = started_at - interval '25 hours'");
        (await queue.Operations.ForgetUnconfirmedAsync(default)).ShouldBe(1);

        (await queue.Operations.ConfirmAsync(forgotten.Id, Braun, default))!.ShouldContain("waits for nobody");
        (await queue.ScalarAsync<long>("select count(*) from delivery")).ShouldBe(2);
    }

    [Fact]
    public async Task The_time_to_take_it_back_is_the_one_of_the_configuration_and_begins_with_the_confirmation()
    {
        await using var queue = await WaitingAsync(2, confirmOver: 1);
        await queue.ExecuteAsync("update configuration set undo_minutes = 30");
        var started = await queue.Operations.StartAsync(DeliveryVerb.Remove, QueueFilter.Waiting, Keller, default);
        await queue.ExecuteAsync("update operation set undo_until = now() - interval '1 hour'");

        await queue.Operations.ConfirmAsync(started.Id, Braun, default);

        (await queue.ScalarAsync<bool>("select undo_until between now() + interval '29 minutes' and now() + interval '30 minutes' from operation")).ShouldBeTrue();
    }

    private static async Task<OperationSnapshot> RunAsync(TestQueue queue, DeliveryVerb verb, long[] ids, Operator who)
    {
        var started = await queue.Operations.StartAsync(verb, ids, who, default);
        return await queue.Operations.RunAsync(started.Id, null, default);
    }

    private static async Task<long[]> IdsAsync(TestQueue queue) => await queue.ScalarAsync<long[]>("select array_agg(id order by id) from delivery");

    private static async Task<TestQueue> WaitingAsync(int count, int confirmOver)
    {
        var queue = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes());
        await queue.StartAsync(attach: false);
        await queue.ExecuteAsync($"update configuration set confirm_over = {confirmOver}");
        await Task.WhenAll(Enumerable.Range(0, count).Select(i => queue.AcceptAsync(queue.Message($"crane {i}", $"r{i}@x.example"))));
        return queue;
    }
}
