using Postern.Infrastructure.Events;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Events;

public sealed class EventViewTests
{
    [Fact]
    [Trait("source", "Q221122")]
    public async Task Pages_are_newest_first_and_follow_each_other()
    {
        await using var database = await FilledAsync();
        var view = new EventView(database.DataSource);

        var (first, hasMore) = await view.PageAsync(new EventFilter(), default, 4);
        var (second, hasMoreStill) = await view.PageAsync(new EventFilter { Before = first[^1].Id }, default, 4);

        first.Concat(second).Select(row => row.Text).ShouldBe(["event 6", "event 5", "event 4", "event 3", "event 2", "event 1"]);
        (hasMore, hasMoreStill).ShouldBe((true, false));
    }

    [Fact]
    public async Task Filters_narrow_by_severity_connector_text_and_what_is_new()
    {
        await using var database = await FilledAsync();
        var view = new EventView(database.DataSource);
        var all = (await view.PageAsync(new EventFilter(), default)).Rows;

        (await TextsAsync(new EventFilter { Severity = "error" })).ShouldBe(["event 6", "event 3"]);
        (await TextsAsync(new EventFilter { Connector = "smtp-out" })).ShouldBe(["event 6", "event 4", "event 2"]);
        (await TextsAsync(new EventFilter { Text = "EVENT 5" })).ShouldBe(["event 5"]);
        (await TextsAsync(new EventFilter { Text = "%" })).ShouldBeEmpty();
        (await TextsAsync(new EventFilter { After = all[2].Id })).ShouldBe(["event 6", "event 5"]);
        (await view.CountAsync(TimeSpan.FromDays(1), default)).ShouldBe(new Dictionary<string, long> { ["error"] = 2, ["warning"] = 4 }, ignoreOrder: true);

        async Task<IEnumerable<string>> TextsAsync(EventFilter filter) => (await view.PageAsync(filter, default)).Rows.Select(row => row.Text);
    }

    [Fact]
    public async Task Filters_narrow_by_code_and_time()
    {
        await using var database = await FilledAsync();
        await using (var change = database.DataSource.CreateCommand("update event set code = 4000 where text = 'event 2'; update event set at = now() - interval '3 hours' where text in ('event 1', 'event 2')"))
        {
            await change.ExecuteNonQueryAsync();
        }

        var view = new EventView(database.DataSource);
        var hour = TimeProvider.System.GetUtcNow().AddHours(-1);

        (await TextsAsync(new EventFilter { Code = 4000 })).ShouldBe(["event 2"]);
        (await TextsAsync(new EventFilter { Until = hour })).ShouldBe(["event 2", "event 1"]);
        (await TextsAsync(new EventFilter { From = hour, Code = 1 })).ShouldBe(["event 6", "event 5", "event 4", "event 3"]);
        (await view.CodesAsync(TimeSpan.FromDays(1), 9, default)).ShouldBe([(1, 5L), (4000, 1L)]);

        async Task<IEnumerable<string>> TextsAsync(EventFilter filter) => (await view.PageAsync(filter, default)).Rows.Select(row => row.Text);
    }

    private static async Task<TestDatabase> FilledAsync()
    {
        var database = await TestDatabase.CreateAsync();
        await using var command = database.DataSource.CreateCommand(
            """
            insert into event (code, severity, connector, text)
            select 1, case n % 3 when 0 then 'error' else 'warning' end, case n % 2 when 0 then 'smtp-out' else '' end, 'event ' || n from generate_series(1, 6) n
            """);
        await command.ExecuteNonQueryAsync();
        return database;
    }
}
