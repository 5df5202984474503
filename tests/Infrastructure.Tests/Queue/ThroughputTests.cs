using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Queue;

public sealed class ThroughputTests : IAsyncLifetime
{
    private TestQueue queue = null!;

    public async ValueTask InitializeAsync() => queue = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes());

    public ValueTask DisposeAsync() => queue.DisposeAsync();

    [Fact]
    public async Task Mail_stands_in_the_present_minute_by_where_it_came_from_and_what_delivered_it()
    {
        await queue.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 7).Select(n => queue.AcceptAsync(queue.Message("m", $"a{n}@x.example", $"b{n}@x.example"))));
        await queue.UntilAsync("select count(*) from delivery_history", 14);

        using var throughput = new Throughput(queue.Database.DataSource, TimeProvider.System);
        foreach (var scale in ThroughputScale.All)
        {
            var chart = await throughput.ReadAsync(scale, CancellationToken.None);

            chart.Lines.Select(line => (line.Name, line.In.Count, line.In.TakeLast(2).Sum(), line.Out.TakeLast(2).Sum(), line.All))
                .ShouldBe([("smtp-test", scale.Steps, 0, 14, 14), ("test", scale.Steps, 14, 0, 14)], scale.Name);
        }
    }

    [Fact]
    public async Task Each_scale_has_what_fell_into_its_time_and_nothing_older()
    {
        var now = await queue.ScalarAsync<DateTime>("select now()");
        await EnterAsync(now.AddMinutes(-3), 1);
        await EnterAsync(now.AddMinutes(-58), 10);
        await EnterAsync(now.AddMinutes(-70), 100);
        await EnterAsync(now.AddHours(-22), 1_000);
        await EnterAsync(now.AddHours(-30), 10_000);
        await EnterAsync(now.AddDays(-6), 100_000);
        await EnterAsync(now.AddDays(-8), 1_000_000);
        await queue.ExecuteAsync("insert into ledger (day, batch, source, outcome, deliveries) values (current_date, gen_random_uuid(), '', 'bounced', 5)");

        using var throughput = new Throughput(queue.Database.DataSource, TimeProvider.System);

        (await SumAsync(throughput, ThroughputScale.Week)).ShouldBe(111_111);
        (await SumAsync(throughput, ThroughputScale.Day)).ShouldBe(1_111);
        (await SumAsync(throughput, ThroughputScale.Hour)).ShouldBe(11);
    }

    [Fact]
    public async Task A_bar_begins_at_a_whole_step_and_holds_what_came_since()
    {
        var now = await queue.ScalarAsync<DateTime>("select now()");
        var hour = new DateTime(now.Year, now.Month, now.Day, now.Hour, 0, 0, DateTimeKind.Utc).AddHours(-3);
        await EnterAsync(hour, 3);
        await EnterAsync(hour.AddMinutes(59).AddSeconds(59), 4);
        await EnterAsync(hour.AddMinutes(60), 50);

        using var throughput = new Throughput(queue.Database.DataSource, TimeProvider.System);
        var chart = await throughput.ReadAsync(ThroughputScale.Day, CancellationToken.None);

        var step = (int)((hour - chart.Begin.UtcDateTime) / TimeSpan.FromHours(1));
        chart.Lines.ShouldHaveSingleItem().In.Skip(step - 1).Take(4).ShouldBe([0, 7, 50, 0]);
    }

    [Fact]
    public async Task Windows_that_look_within_some_seconds_share_one_reading_and_the_next_adds_only_what_is_young()
    {
        var clock = new TestClock();
        var now = await queue.ScalarAsync<DateTime>("select now()");
        await EnterAsync(now.AddMinutes(-30), 1);
        using var throughput = new Throughput(queue.Database.DataSource, clock);
        (await SumAsync(throughput, ThroughputScale.Hour)).ShouldBe(1);
        await EnterAsync(now.AddMinutes(-1), 10);

        var windows = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => SumAsync(throughput, ThroughputScale.Day)));
        clock.Advance(TimeSpan.FromSeconds(6));
        // An old row that was entered late is not looked for: what is over is not read again.
        await EnterAsync(now.AddMinutes(-29), 100);
        var later = await SumAsync(throughput, ThroughputScale.Day);

        windows.ShouldAllBe(sum => sum == 1);
        later.ShouldBe(11);
    }

    // As a transaction of that time would have entered it.
    private Task EnterAsync(DateTime at, int deliveries) => queue.ExecuteAsync(
        $"""
        insert into ledger (day, at, batch, source, deliveries) values
          ('{at:yyyy-MM-dd}', '{at:yyyy-MM-dd HH:mm:ss.ffffff}Z', '{Guid.CreateVersion7(new DateTimeOffset(at))}', 'default', {deliveries})
        """);

    private static async Task<long> SumAsync(Throughput throughput, ThroughputScale scale) =>
        (await throughput.ReadAsync(scale, CancellationToken.None)).Lines.Sum(line => line.All);
}
