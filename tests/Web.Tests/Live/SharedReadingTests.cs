using Postern.Web.Live;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Live;

public sealed class SharedReadingTests
{
    private readonly TestClock clock = new();
    private readonly TimeSpan took = TimeSpan.FromMilliseconds(300);
    private int readings;
    private long changes;

    [Fact]
    public async Task An_answer_serves_everybody_for_a_hundred_times_as_long_as_it_took()
    {
        var shared = Counted();

        (await shared.GetAsync(anew: false, default)).Value.ShouldBe(1);
        clock.Move((took * 100) - TimeSpan.FromMilliseconds(1));
        (await shared.GetAsync(anew: false, default)).Value.ShouldBe(1);
        clock.Move(TimeSpan.FromMilliseconds(1));
        (await shared.GetAsync(anew: false, default)).Value.ShouldBe(2);
    }

    [Fact]
    public async Task Who_wants_this_moment_gets_it()
    {
        var shared = Counted();
        await shared.GetAsync(anew: false, default);

        (await shared.GetAsync(anew: true, default)).Value.ShouldBe(2);
        shared.Forget();
        (await shared.GetAsync(anew: false, default)).Value.ShouldBe(3);
    }

    [Fact]
    public async Task A_change_since_it_began_is_told()
    {
        var shared = Counted();

        (await shared.GetAsync(anew: false, default)).IsBehind.ShouldBeFalse();
        changes++;
        (await shared.GetAsync(anew: false, default)).IsBehind.ShouldBeTrue();
        (await shared.GetAsync(anew: true, default)).IsBehind.ShouldBeFalse();
    }

    [Fact]
    public async Task Those_who_ask_meanwhile_wait_for_the_same_answer_and_a_failure_is_not_kept()
    {
        var answer = new TaskCompletionSource<int>();
        var asked = 0;
        var shared = new SharedReading<int>(
            _ =>
            {
                asked++;
                return answer.Task;
            },
            () => changes,
            clock);

        var (one, two) = (shared.GetAsync(anew: false, default), shared.GetAsync(anew: false, default));
        changes++;
        answer.SetException(new TimeoutException("too long"));
        await Should.ThrowAsync<TimeoutException>(one);
        await Should.ThrowAsync<TimeoutException>(two);
        asked.ShouldBe(1);

        answer = new TaskCompletionSource<int>();
        answer.SetResult(7);
        (await shared.GetAsync(anew: false, default)).ShouldBe(new Reading<int>(7, false));
    }

    private SharedReading<int> Counted() => new(
        _ =>
        {
            clock.Move(took);
            return Task.FromResult(++readings);
        },
        () => changes,
        clock);
}
