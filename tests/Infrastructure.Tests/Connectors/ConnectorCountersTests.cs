using Postern.Domain.Queue;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Connectors;

public sealed class ConnectorCountersTests
{
    [Fact]
    [Trait("source", "Q148707")]
    [Trait("source", "Q156494")]
    [Trait("source", "Q183057")]
    public async Task Every_connector_has_its_counters_in_both_directions_and_they_are_those_of_the_moment()
    {
        await using var queue = await TestQueue.CreateAsync(new ScriptedConnector(transfer => transfer.Deliveries[0].Recipient.Text switch
        {
            ['l', ..] => new AttemptOutcome.Deferred("4.4.1", "", "Nobody answers.", ""),
            ['g', ..] => new AttemptOutcome.Bounced("5.1.1", "", "No such user.", ""),
            _ => ScriptedConnector.Taken,
        }));
        await queue.StartAsync();
        var view = new ConnectorCounterView(queue.Database.DataSource);

        var idle = await view.OfAsync("smtp-test", default);
        await queue.AcceptAsync(queue.Message("in", "a@x.example", "b@x.example") with { Source = "smtp-test" });
        await queue.AcceptAsync(queue.Message("gone", "gone@x.example") with { Source = "else" });
        var late = queue.Message("late", "late@x.example");
        await queue.AcceptAsync(late);
        await queue.UntilAsync("select count(*) from delivery_history where not is_report", 3);
        await queue.UntilAsync("select count(*) from delivery where attempts = 1 and not is_report", 1);
        await queue.ExecuteAsync("update delivery set accepted_at = accepted_at - interval '2 hours' where not is_report; delete from delivery where is_report");
        var busy = await view.OfAsync("smtp-test", default);
        await queue.ExecuteAsync("delete from delivery");

        idle.ShouldBe(new ConnectorCounters("smtp-test", 0, 0, null, 0, 0, 0, null, null));
        busy.ShouldNotBeNull();
        (busy.Waiting, busy.WaitingBytes, busy.InToday, busy.ReturnedToday).ShouldBe((1, late.Content.Length, 2, 1));
        busy.OutToday.ShouldBeGreaterThanOrEqualTo(2);
        (busy.LastInAt is not null, busy.LastOutAt is not null).ShouldBe((true, true));
        busy.OldestAt.ShouldNotBeNull().ShouldBeLessThan(busy.LastInAt!.Value - TimeSpan.FromHours(1));
        (await view.OfAsync("smtp-test", default))!.WaitingBytes.ShouldBe(0, "what has gone is not counted any more");
        (await view.OfAsync("nobody", default)).ShouldBeNull();
    }
}
