using System.Buffers;
using System.Text;
using Postern.Domain.Access;
using Postern.Domain.Queue;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Queue;

public sealed class RetentionTests : IAsyncLifetime
{
    private TestQueue queue = null!;

    public async ValueTask InitializeAsync()
    {
        queue = await TestQueue.CreateAsync(new ScriptedConnector(transfer => transfer.Deliveries[0].Recipient.Text[0] == 'd'
            ? new AttemptOutcome.Deferred("4.2.0", "450 later", "Later.", "peer")
            : ScriptedConnector.Taken));
        await queue.StartAsync();
    }

    public async ValueTask DisposeAsync() => await queue.DisposeAsync();

    [Fact]
    public async Task Content_goes_with_its_day_and_the_page_knows_when()
    {
        var message = await AcceptedAsync("done", "a@x.example");

        var early = await After(8).RunOnceAsync(default);
        var due = await After(9).RunOnceAsync(default);

        (early, due).ShouldBe((new RetentionRound(0, 0), new RetentionRound(1, 0)));
        (await PartitionsAsync("message_content")).ShouldBe(0);
        (await PartitionsAsync("message")).ShouldBe(1);
        (await Contents.ReadAsync(message, default)).ShouldBeNull();
        var (at, days) = (await Contents.RemovedAsync(message, default)).ShouldNotBeNull();
        (at.UtcDateTime.Date, days).ShouldBe((TimeProvider.System.GetUtcNow().UtcDateTime.Date.AddDays(9), 7));
        (await EventsAsync()).ShouldHaveSingleItem().ShouldContain("content of mail accepted on");
        (await queue.Books.CheckAsync(default)).IsBalanced.ShouldBeTrue();
    }

    [Fact]
    public async Task What_a_delivery_still_needs_moves_on_and_is_found()
    {
        var gone = await AcceptedAsync("done", "a@x.example");
        var waits = await AcceptedAsync("waits", "d@x.example", "d2@x.example");
        var late = await AcceptedAsync("late", "a3@x.example");
        await queue.ExecuteAsync($"update delivery_history set finished_at = now() + interval '5 days' where message_id = {late.Id}");

        await After(9).RunOnceAsync(default);

        (await queue.ScalarAsync<string>("select string_agg(distinct message_id::text, ' ' order by message_id::text) from message_content")).ShouldBe($"{waits.Id} {late.Id}");
        (await TextAsync(waits)).ShouldContain("Subject: waits");
        (await TextAsync(late)).ShouldContain("Subject: late");
        (await Contents.RemovedAsync(late, default)).ShouldBeNull();
        (await Contents.ReadAsync(gone, default)).ShouldBeNull();
        (await EventsAsync()).ShouldHaveSingleItem().ShouldContain("2 parts that are still needed were kept");
    }

    [Fact]
    public async Task What_moved_on_moves_again_and_goes_when_it_is_over()
    {
        var waits = await AcceptedAsync("waits", "d@x.example");

        await After(9).RunOnceAsync(default);
        await After(30).RunOnceAsync(default);
        (await TextAsync(waits)).ShouldContain("Subject: waits");
        await queue.Actions.ActAsync(DeliveryVerb.Remove, [await queue.ScalarAsync<long>("select id from delivery")], new Operator("kim", [Role.Administrator], "old"), default);
        await After(50).RunOnceAsync(default);

        (await Contents.ReadAsync(waits, default)).ShouldBeNull();
        (await queue.ScalarAsync<long>("select count(*) from message_content")).ShouldBe(0);
    }

    [Fact]
    public async Task History_goes_by_days_and_the_books_still_balance()
    {
        await AcceptedAsync("done", "a@x.example", "a2@x.example");

        (await After(91).RunOnceAsync(default)).HistoryDays.ShouldBe(0);
        (await After(92).RunOnceAsync(default)).HistoryDays.ShouldBe(1);

        foreach (var table in new[] { "message", "delivery_history", "delivery_event", "ledger" })
        {
            (await PartitionsAsync(table)).ShouldBe(0);
        }

        var books = await queue.Books.CheckAsync(default);
        (books.IsBalanced, books.Accepted, books.Delivered).ShouldBe((true, 2, 2));
        (await EventsAsync())[^1].ShouldContain("The history of");
    }

    [Theory]
    [InlineData("d@x.example", "select 1", "1 of its deliveries wait")]
    [InlineData("a@x.example", "update delivery_history set finished_at = now() + interval '5 days'", "1 of its deliveries ended later")]
    [InlineData("a@x.example", "update delivery_history set state = 'removed'", "its books are off")]
    public async Task A_day_that_is_not_over_keeps_its_history_and_says_why_once(string recipient, string change, string reason)
    {
        await AcceptedAsync("kept", recipient);
        await queue.ExecuteAsync(change);
        var retention = After(92);

        (await retention.RunOnceAsync(default)).HistoryDays.ShouldBe(0);
        (await retention.RunOnceAsync(default)).HistoryDays.ShouldBe(0);

        (await PartitionsAsync("ledger")).ShouldBe(1);
        (await EventsAsync()).Where(text => text.Contains("kept beyond its time", StringComparison.Ordinal)).ShouldHaveSingleItem().ShouldContain(reason);
    }

    [Fact]
    public async Task The_times_are_settings()
    {
        await AcceptedAsync("done", "a@x.example");
        var file = new ConfigurationFile(queue.Database.DataSource, SettingsCatalog.Known);

        var wrong = await file.ApplyAsync("retention: {contentDays: 5, historyDays: 4}", new Operator("kim", [Role.Administrator], ""), default);
        var applied = await file.ApplyAsync("retention: {contentDays: 1, historyDays: 2}", new Operator("kim", [Role.Administrator], ""), default);

        wrong.Faults.ShouldHaveSingleItem().Text.ShouldContain("cannot be less than contentDays");
        applied.Differences.ShouldBe(["~ retention: contentDays 7 → 1", "~ retention: historyDays 90 → 2"]);
        (await file.ExportAsync(default)).ShouldContain("\nretention:\n  contentDays: 1\n  historyDays: 2\n");
        (await After(3).RunOnceAsync(default)).ShouldBe(new RetentionRound(1, 0));
        (await After(4).RunOnceAsync(default)).HistoryDays.ShouldBe(1);
    }

    private MessageViewContent Contents => new(queue.Database.DataSource, queue.Contents, queue.Folder);

    private Retention After(int days) => queue.Retention(new ShiftedClock(TimeSpan.FromDays(days)));

    // Tomorrow's partitions are none of these tests.
    private Task<long> PartitionsAsync(string table) => queue.ScalarAsync<long>(
        $"select count(*) from pg_class where relname = '{table}_' || to_char(now() at time zone 'UTC', 'YYYYMMDD')");

    private async Task<string[]> EventsAsync() =>
        (await queue.ScalarAsync<string>("select coalesce(string_agg(text, E'\\n' order by id), '') from event where text not like '%' || ((now() at time zone 'UTC')::date + 1)::text || '%'"))
        .Split('\n');

    private async Task<string> TextAsync(MessageRow message)
    {
        using var content = (await Contents.OpenAsync(message, default)).ShouldNotBeNull();
        return Encoding.ASCII.GetString(content.AsSequence().ToArray());
    }

    // Accepted, and tried once.
    private async Task<MessageRow> AcceptedAsync(string text, params string[] recipients)
    {
        var id = await queue.AcceptAsync(queue.Message(text, recipients));
        await queue.UntilAsync(
            $"""
            select (select count(*) from delivery_history where message_id = {id})
                 + (select count(*) from delivery where message_id = {id} and state = 'queued' and attempts > 0)
            """, recipients.Length);
        return (await new MessageView(queue.Database.DataSource).FindAsync(id, default)).ShouldNotBeNull().Message;
    }

    private sealed class ShiftedClock(TimeSpan ahead) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + ahead;
    }
}
