using Postern.Domain.Access;
using Postern.Domain.Queue;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Queue;

public sealed class QueueViewTests
{
    private static readonly TimeSpan[] Bounds = [TimeSpan.FromMinutes(5), TimeSpan.FromHours(1)];

    [Fact]
    [Trait("source", "Q146113")]
    public async Task The_shape_counts_exactly_what_its_links_lead_to()
    {
        await using var queue = await WaitingAsync(9);
        await queue.ExecuteAsync("update delivery set accepted_at = accepted_at - interval '10 minutes' where id % 3 = 0");
        await queue.ExecuteAsync("update delivery set accepted_at = accepted_at - interval '1 day', state = 'quarantined' where id % 3 = 1");
        var view = new QueueView(queue.Database.DataSource);

        await queue.ExecuteAsync("update delivery set attempts = 2, is_report = id % 2 = 0 where id % 3 = 2");

        var summary = await view.SummaryAsync(Bounds, default);

        summary.All.ShouldBe(9);
        summary.In(DeliveryState.Quarantined).ShouldBe((await view.CountAsync(new QueueFilter { States = [DeliveryState.Quarantined] }, default)).Deliveries);
        summary.From(2).ShouldBe((await view.CountAsync(new QueueFilter { OlderThan = Bounds[1] }, default)).Deliveries);
        summary.Tried.ShouldBe((await view.CountAsync(new QueueFilter { AttemptsAtLeast = 1 }, default)).Deliveries);
        summary.Reports.ShouldBe((await view.CountAsync(new QueueFilter { IsReport = true }, default)).Deliveries);
        (await view.NewestAsync(default)).ShouldBe(await queue.ScalarAsync<long>("select max(id) from delivery"));
        foreach (var cell in summary.Cells)
        {
            var linked = new QueueFilter
            {
                States = [cell.State],
                Connector = cell.Connector,
                OlderThan = cell.Band == 0 ? null : Bounds[cell.Band - 1],
                YoungerThan = cell.Band == Bounds.Length ? null : Bounds[cell.Band],
            };
            (await view.CountAsync(linked, default)).Deliveries.ShouldBe(cell.Count);
        }
    }

    [Theory]
    [InlineData(QueueSort.Age, true)]
    [InlineData(QueueSort.Age, false)]
    [InlineData(QueueSort.Due, false)]
    [InlineData(QueueSort.Attempts, true)]
    [InlineData(QueueSort.Size, false)]
    [InlineData(QueueSort.Recipient, false)]
    [InlineData(QueueSort.Sender, true)]
    [InlineData(QueueSort.Subject, true)]
    [InlineData(QueueSort.State, false)]
    public async Task Pages_follow_each_other_without_a_gap_or_a_repeat(QueueSort sort, bool descending)
    {
        await using var queue = await WaitingAsync(23);
        await queue.ExecuteAsync("update delivery set attempts = id % 3, size = id % 4, due_at = due_at + id % 5 * interval '1 minute', state = case id % 2 when 0 then 'held' else 'queued' end::delivery_state");
        var view = new QueueView(queue.Database.DataSource);
        var seen = new List<long>();
        var order = new QueueOrder(sort, descending);

        while (true)
        {
            var page = await view.PageAsync(QueueFilter.Waiting, order, default, 5);
            seen.AddRange(page.Rows.Select(row => row.Id));
            if (page.Next is null)
            {
                break;
            }

            order = order with { Cursor = page.Next };
        }

        seen.Count.ShouldBe(23);
        seen.Distinct().Count().ShouldBe(23);
    }

    [Theory]
    [InlineData(QueueSort.Age, true)]
    [InlineData(QueueSort.Recipient, false)]
    [InlineData(QueueSort.State, true)]
    public async Task The_first_page_with_its_count_is_the_page_and_the_count(QueueSort sort, bool descending)
    {
        await using var queue = await WaitingAsync(130);
        await queue.ExecuteAsync("update delivery set message_id = message_id - message_id % 2, state = case id % 2 when 0 then 'held' else 'queued' end::delivery_state");
        var view = new QueueView(queue.Database.DataSource);
        var order = new QueueOrder(sort, descending);
        foreach (var filter in (QueueFilter[])[QueueFilter.Waiting, new() { States = [DeliveryState.Held] }, new() { Recipient = "E" }, new() { Subject = "nothing of this kind" }])
        {
            var (page, count) = await view.FirstPageAsync(filter, order, default);

            count.ShouldBe(await view.CountAsync(filter, default));
            var apart = await view.PageAsync(filter, order, default);
            page.Rows.Select(row => row.Id).ShouldBe(apart.Rows.Select(row => row.Id));
            page.Next.ShouldBe(apart.Next);
        }
    }

    [Theory]
    [InlineData("ärger", 1)]
    [InlineData("ÄRGER", 1)]
    [InlineData("with", 2)]
    [InlineData("WITH Ä", 1)]
    public async Task Large_and_small_letters_are_one_in_every_script(string text, int count)
    {
        await using var queue = await WaitingAsync(2);
        await queue.ExecuteAsync("update delivery set subject = case when id = (select min(id) from delivery) then 'Trouble with Ärger' else 'Nothing With it' end");

        (await new QueueView(queue.Database.DataSource).CountAsync(new QueueFilter { Subject = text }, default)).Deliveries.ShouldBe(count);
    }

    [Fact]
    public async Task Oldest_first_is_the_order_unless_another_is_asked_for()
    {
        await using var queue = await WaitingAsync(3);
        var oldest = await queue.ScalarAsync<long>("select max(id) from delivery");
        await queue.ExecuteAsync($"update delivery set accepted_at = accepted_at - interval '2 days' where id = {oldest}");

        var page = await new QueueView(queue.Database.DataSource).PageAsync(QueueFilter.Waiting, QueueOrder.Default, default);

        page.Rows[0].Id.ShouldBe(oldest);
    }

    [Theory]
    [MemberData(nameof(Filters))]
    public async Task A_filter_finds_its_delivery_and_no_other(QueueFilter filter)
    {
        await using var queue = await WaitingAsync(4);
        var id = await queue.ScalarAsync<long>("select min(id) from delivery");
        await queue.ExecuteAsync(
            $"update delivery set recipient = 'CCMAIL:O_Neil%, Jo at SALES', sender = 'weiss@site9.example', subject = '50% off \\ all', destination = 'SALES', attempts = 7, size = 9000000, is_report = true, state = 'held', reason = 'Host mx7.example (10.0.0.7) asks 33 times', accepted_at = accepted_at - interval '3 hours' where id = {id}");
        await queue.ExecuteAsync("update message set header_id = 'abc@x' where id = (select min(id) from message)");
        await queue.ExecuteAsync($"update delivery set reason = 'Host mx is well' where id <> {id}");
        var view = new QueueView(queue.Database.DataSource);

        var found = await view.PageAsync(filter, QueueOrder.Default, default);

        found.Rows.ShouldHaveSingleItem().Id.ShouldBe(id);
        (await view.CountAsync(filter, default)).ShouldBe(new QueueCount(1, 1, false));
        (await view.IdsAsync(filter, 100, default)).ShouldBe([id]);
    }

    public static TheoryData<QueueFilter> Filters() => new()
    {
        new QueueFilter { States = [DeliveryState.Held] },
        new QueueFilter { Destination = "SALES" },
        new QueueFilter { Recipient = "o_neil%" },
        new QueueFilter { Recipient = "R0@peer.example" },
        new QueueFilter { Sender = "WEISS@" },
        new QueueFilter { Domain = "sales" },
        new QueueFilter { Subject = @"50% off \" },
        new QueueFilter { HeaderId = "<abc@x>" },
        new QueueFilter { Text = "site9" },
        new QueueFilter { AttemptsAtLeast = 7 },
        new QueueFilter { SizeAtLeast = 5_000_000 },
        new QueueFilter { IsReport = true },
        new QueueFilter { OlderThan = TimeSpan.FromHours(1) },
        new QueueFilter { OlderThan = TimeSpan.FromHours(1), YoungerThan = TimeSpan.FromHours(4), Connector = "smtp-test" },
        new QueueFilter { Cause = "Host mx#.example (#.#.#.#) asks # times" },
    };

    [Fact]
    public async Task A_pattern_character_in_a_filter_is_a_character()
    {
        await using var queue = await WaitingAsync(3);
        var view = new QueueView(queue.Database.DataSource);

        (await view.CountAsync(new QueueFilter { Subject = "%" }, default)).Deliveries.ShouldBe(0);
        (await view.CountAsync(new QueueFilter { Recipient = "_" }, default)).Deliveries.ShouldBe(0);
        (await view.CountAsync(new QueueFilter { Text = "\0" }, default)).Deliveries.ShouldBe(0);
    }

    [Fact]
    public async Task Final_states_are_found_in_the_history_newest_first_and_together_with_what_waits()
    {
        await using var queue = await WaitingAsync(7);
        var removed = (await queue.Actions.ActAsync(DeliveryVerb.Remove, [.. (await new QueueView(queue.Database.DataSource).IdsAsync(QueueFilter.Waiting, 3, default))], new Operator("m.keller", [Role.Administrator], "test"), default))
            .Select(result => result.DeliveryId).ToList();
        var view = new QueueView(queue.Database.DataSource);
        var everything = new QueueFilter { States = [.. QueueFilter.LiveStates, .. QueueFilter.FinalStates] };

        var past = await view.PageAsync(new QueueFilter { States = [DeliveryState.Removed] }, new QueueOrder(QueueSort.Age, false), default);
        var first = await view.PageAsync(everything, new QueueOrder(QueueSort.Age, false), default, 5);
        var second = await view.PageAsync(everything, new QueueOrder(QueueSort.Age, false, first.Next!), default, 5);

        past.Rows.Select(row => row.Id).ShouldBe(removed.OrderDescending());
        past.Rows.ShouldAllBe(row => row.State == DeliveryState.Removed && row.FinishedAt != null && row.Report == "operator");
        first.Rows.Concat(second.Rows).Select(row => row.Id).Distinct().Count().ShouldBe(7);
        second.Next.ShouldBeNull();
        (await view.CountAsync(everything, default)).Deliveries.ShouldBe(7);
    }

    [Fact]
    public async Task Causes_are_grouped_without_their_numbers_and_lead_to_their_deliveries()
    {
        await using var queue = await WaitingAsync(6);
        await queue.ExecuteAsync("update delivery set reason = 'mx' || id || '.example told jane' || id || '@x.example to wait ' || id || ' s' where id % 4 = 0");
        var view = new QueueView(queue.Database.DataSource);

        var (causes, all) = await view.CausesAsync(5, default);

        all.ShouldBe(1);
        var cause = causes.ShouldHaveSingleItem();
        cause.Count.ShouldBe(3);
        (await view.CountAsync(new QueueFilter { Cause = cause.Key, Connector = cause.Connector }, default)).Deliveries.ShouldBe(3);
        (await view.CauseOfAsync(cause.Reason, default)).ShouldBe(cause.Key, "each of them leads to all of them");
    }

    [Fact]
    public async Task The_effect_counts_what_would_end_and_who_would_be_told()
    {
        await using var queue = await WaitingAsync(6);
        var ids = await new QueueView(queue.Database.DataSource).IdsAsync(QueueFilter.Waiting, 10, default);
        await queue.ExecuteAsync($"update delivery set state = 'leased', leased_by = 1, leased_until = now() where id = {ids[0]}");
        await queue.ExecuteAsync($"update delivery set sender = '' where id = {ids[1]}");
        await queue.ExecuteAsync($"update delivery set notify = 1 where id = {ids[2]}");
        await queue.Actions.ActAsync(DeliveryVerb.Remove, [ids[3]], new Operator("m.keller", [Role.Administrator], "test"), default);

        var effect = await new QueueView(queue.Database.DataSource).EffectAsync(DeliveryVerb.Remove, ids, default);

        effect.ShouldBe(effect with { Chosen = 6, Leased = 1, Queued = 4, WithoutSender = 1, WithoutReport = 1, Reports = 2, Messages = 4, Senders = 1, Connectors = 1 });
        effect.Waiting.ShouldBe(4);
        effect.Ended.ShouldBe(1);
        (await new QueueView(queue.Database.DataSource).EffectAsync(DeliveryVerb.Remove, QueueFilter.Waiting, default)).ShouldBe(effect with { Chosen = 5 });
    }

    [Fact]
    public async Task Rows_are_given_in_the_order_of_their_ids_wherever_they_are_now()
    {
        await using var queue = await WaitingAsync(3);
        var view = new QueueView(queue.Database.DataSource);
        var ids = await view.IdsAsync(QueueFilter.Waiting, 3, default);
        await queue.Actions.ActAsync(DeliveryVerb.Remove, [ids[1]], new Operator("m.keller", [Role.Administrator], "test"), default);

        var rows = await view.RowsAsync([ids[2], 999_999_999, ids[1], ids[0]], default);

        rows.Select(row => row.Id).ShouldBe([ids[2], ids[1], ids[0]]);
        rows[1].State.ShouldBe(DeliveryState.Removed);
    }

    [Fact]
    public async Task A_deleted_connector_is_named_and_still_found()
    {
        await using var queue = await WaitingAsync(2);
        await queue.ExecuteAsync("delete from connector");
        var view = new QueueView(queue.Database.DataSource);

        var name = (await view.PageAsync(QueueFilter.Waiting, QueueOrder.Default, default)).Rows[0].Connector;

        name.ShouldStartWith("deleted #");
        (await view.CountAsync(new QueueFilter { Connector = name }, default)).Deliveries.ShouldBe(2);
    }

    [Fact]
    public async Task A_cursor_that_nobody_wrote_is_the_first_page()
    {
        await using var queue = await WaitingAsync(2);
        var view = new QueueView(queue.Database.DataSource);
        QueueSort[] typed = [QueueSort.Age, QueueSort.Due, QueueSort.Attempts, QueueSort.Size, QueueSort.State];

        foreach (var sort in typed)
        {
            foreach (var cursor in (string[])["nonsense", "x|5", "99999999999999999999|5", "0001-13-40|5", "|5", "5|x", "\0|5"])
            {
                var page = await view.PageAsync(QueueFilter.Waiting, new QueueOrder(sort, false, cursor), default);
                page.Rows.Count.ShouldBe(2, $"{sort} after {cursor}");
            }
        }
    }

    private static async Task<TestQueue> WaitingAsync(int messages)
    {
        var queue = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes());
        await queue.StartAsync(attach: false);
        for (var i = 0; i < messages; i++)
        {
            await queue.AcceptAsync(queue.Message($"letter {i}", $"r{i}@peer.example"));
        }

        return queue;
    }
}
