using Postern.Domain.Access;
using Postern.Domain.Queue;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Queue;

public sealed class DeliveryActionsTests
{
    private static readonly Operator Keller = new("m.keller", [Role.Administrator], "dock closed");

    [Fact]
    public async Task Hold_and_release_move_a_delivery_there_and_back_with_audit_and_timeline()
    {
        await using var queue = await WaitingAsync();
        var id = await queue.ScalarAsync<long>("select id from delivery");

        var held = await queue.Actions.ActAsync(DeliveryVerb.Hold, [id], Keller, CancellationToken.None);
        var released = await queue.Actions.ActAsync(DeliveryVerb.Release, [id], Keller, CancellationToken.None);

        held.ShouldHaveSingleItem().ShouldBe(new ActionResult(id, DeliveryState.Held, ""));
        released.ShouldHaveSingleItem().ShouldBe(new ActionResult(id, DeliveryState.Queued, ""));
        (await queue.ScalarAsync<long>("select count(*) from audit where actor = 'm.keller' and reason = 'dock closed'")).ShouldBe(2);
        (await queue.ScalarAsync<long>("select count(*) from delivery_event where kind in ('held', 'released') and actor = 'm.keller'")).ShouldBe(2);
    }

    [Fact]
    public async Task Return_sends_a_report_with_the_operators_note_and_ends_the_delivery()
    {
        await using var queue = await WaitingAsync();
        var id = await queue.ScalarAsync<long>("select id from delivery");

        var results = await queue.Actions.ActAsync(DeliveryVerb.Return, [id], Keller, CancellationToken.None);

        results.ShouldHaveSingleItem().IsDone.ShouldBeTrue();
        (await queue.ScalarAsync<long>($"select count(*) from delivery_history where id = {id} and state = 'bounced' and report = 'sent'")).ShouldBe(1);
        var report = await queue.ScalarAsync<byte[]>("select data from message_content c join message m on m.id = c.message_id where m.is_report");
        System.Text.Encoding.UTF8.GetString(report).ShouldContain("dock closed");
        (await queue.Books.CheckAsync(CancellationToken.None)).IsBalanced.ShouldBeTrue();
    }

    [Fact]
    public async Task Remove_ends_the_delivery_without_a_report()
    {
        await using var queue = await WaitingAsync();
        var id = await queue.ScalarAsync<long>("select id from delivery");

        await queue.Actions.ActAsync(DeliveryVerb.Remove, [id], Keller, CancellationToken.None);

        (await queue.ScalarAsync<long>($"select count(*) from delivery_history where id = {id} and state = 'removed' and report = 'operator'")).ShouldBe(1);
        (await queue.ScalarAsync<long>("select count(*) from message where is_report")).ShouldBe(0);
        (await queue.Books.CheckAsync(CancellationToken.None)).IsBalanced.ShouldBeTrue();
    }

    [Fact]
    public async Task What_is_on_its_way_final_or_unknown_is_refused_with_the_reason()
    {
        await using var queue = await WaitingAsync();
        var id = await queue.ScalarAsync<long>("select id from delivery");
        await queue.ExecuteAsync("update delivery set state = 'leased', leased_by = 1, leased_until = now()");

        var leased = await queue.Actions.ActAsync(DeliveryVerb.Remove, [id], Keller, CancellationToken.None);
        var unknown = await queue.Actions.ActAsync(DeliveryVerb.Hold, [999_999_999], Keller, CancellationToken.None);

        leased.ShouldHaveSingleItem().Refusal.ShouldContain("on its way");
        unknown.ShouldHaveSingleItem().State.ShouldBeNull();
        (await queue.ScalarAsync<long>("select count(*) from audit")).ShouldBe(0);
    }

    [Fact]
    public async Task Retry_now_makes_a_quarantined_delivery_due_and_forgets_its_crashes()
    {
        await using var queue = await WaitingAsync();
        await queue.ExecuteAsync("update delivery set state = 'quarantined', crashes = 3");
        var id = await queue.ScalarAsync<long>("select id from delivery");

        await queue.Actions.ActAsync(DeliveryVerb.Retry, [id], Keller, CancellationToken.None);

        (await queue.ScalarAsync<long>("select count(*) from delivery where state = 'queued' and crashes = 0 and due_at <= now()")).ShouldBe(1);
    }

    [Fact]
    [Trait("source", "Q194549")]
    public async Task A_delivery_without_a_sender_cannot_be_returned()
    {
        await using var queue = await WaitingAsync();
        await queue.ExecuteAsync("update delivery set sender = ''");
        var id = await queue.ScalarAsync<long>("select id from delivery");

        var results = await queue.Actions.ActAsync(DeliveryVerb.Return, [id], Keller, CancellationToken.None);

        results.ShouldHaveSingleItem().Refusal.ShouldContain("no sender");
    }

    private static async Task<TestQueue> WaitingAsync()
    {
        var queue = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes());
        await queue.StartAsync(attach: false);
        await queue.AcceptAsync(queue.Message("waits", "a@x.example"));
        return queue;
    }
}
