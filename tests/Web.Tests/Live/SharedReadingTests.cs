using Postern.Web.Live;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Live;

public sealed class SharedReadingTests
{
    private readonly TestClock clock = new();
    private TimeSpan took = TimeSpan.FromMilliseconds(100);
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
    public async Task Who_opens_a_page_is_content_with_an_answer_a_few_seconds_old_where_it_takes_long()
    {
        took = TimeSpan.FromSeconds(1);
        var shared = Counted();
        await shared.GetAsync(anew: true, default);

        clock.Move(TimeSpan.FromSeconds(19));
        (await shared.GetAsync(anew: true, default)).Value.ShouldBe(1);
        clock.Move(TimeSpan.FromSeconds(1));
        (await shared.GetAsync(anew: true, default)).Value.ShouldBe(2);
        shared.Forget();
        (await shared.GetAsync(anew: true, default)).Value.ShouldBe(3, "who has acted sees it");
    }

    [Fact]
    public async Task Windows_opened_at_once_wait_for_one_slow_answer_and_not_for_a_quick_one()
    {
        var answers = new List<TaskCompletionSource<int>>();
        var shared = new SharedReading<int>(
            _ =>
            {
                answers.Add(new TaskCompletionSource<int>());
                return answers[^1].Task;
            },
            () => changes,
            clock);

        var asked = new List<Task<Reading<int>>> { shared.GetAsync(anew: true, default), shared.GetAsync(anew: true, default) };
        clock.Move(TimeSpan.FromMilliseconds(251));
        asked.Add(shared.GetAsync(anew: true, default));
        answers.Count.ShouldBe(2);
        answers[0].SetResult(1);
        answers[1].SetResult(2);
        (await Task.WhenAll(asked)).Select(reading => reading.Value).ShouldBe([1, 2, 2]);
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
