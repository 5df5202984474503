using Postern.Web.Live;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Live;

public sealed class SharedReadingTests
{
    private readonly TestClock clock = new();
    private int readings;

    [Fact]
    public async Task Five_windows_that_ask_within_a_moment_cost_one_reading()
    {
        var shared = new SharedReading<int>(TimeSpan.FromSeconds(1), clock, _ => Task.FromResult(++readings));

        var first = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => shared.GetAsync(CancellationToken.None)));
        clock.Move(TimeSpan.FromSeconds(1));
        var next = await shared.GetAsync(CancellationToken.None);

        first.ShouldAllBe(reading => reading == 1);
        next.ShouldBe(2);
    }

    [Fact]
    public async Task A_window_that_leaves_does_not_take_the_reading_from_the_others()
    {
        var gate = new TaskCompletionSource<int>();
        var shared = new SharedReading<int>(TimeSpan.FromSeconds(1), clock, token => gate.Task.WaitAsync(token));
        using var gone = new CancellationTokenSource();
        var leaving = shared.GetAsync(gone.Token);
        var staying = shared.GetAsync(CancellationToken.None);

        await gone.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => leaving);
        gate.SetResult(7);

        (await staying).ShouldBe(7);
    }

    [Fact]
    public async Task A_reading_that_failed_is_tried_again_at_once()
    {
        var shared = new SharedReading<int>(TimeSpan.FromHours(1), clock, _ => ++readings == 1 ? throw new TimeoutException() : Task.FromResult(readings));

        await Should.ThrowAsync<TimeoutException>(() => shared.GetAsync(CancellationToken.None));

        (await shared.GetAsync(CancellationToken.None)).ShouldBe(2);
    }
}
