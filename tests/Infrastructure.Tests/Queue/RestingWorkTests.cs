using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Queue;

public sealed class RestingWorkTests
{
    private readonly TestClock clock = new();

    [Fact]
    public async Task Work_rests_a_hundred_times_as_long_as_it_took()
    {
        var work = new RestingWork(clock, RestingWork.OfQueue);
        work.IsDue().ShouldBeTrue();

        await TakeAsync(work, TimeSpan.FromSeconds(2));

        work.IsDue().ShouldBeFalse();
        work.IsDue(TimeSpan.FromSeconds(200)).ShouldBeTrue("a test may look ahead");
        clock.Advance(TimeSpan.FromSeconds(199));
        work.IsDue().ShouldBeFalse();
        clock.Advance(TimeSpan.FromSeconds(1));
        work.IsDue().ShouldBeTrue();
    }

    [Fact]
    public async Task Quick_work_rests_for_its_period()
    {
        var work = new RestingWork(clock, 20, TimeSpan.FromMinutes(5));

        await TakeAsync(work, TimeSpan.FromSeconds(1));

        clock.Advance(TimeSpan.FromSeconds(299));
        work.IsDue().ShouldBeFalse();
        clock.Advance(TimeSpan.FromSeconds(1));
        work.IsDue().ShouldBeTrue();
    }

    [Fact]
    public async Task Work_that_failed_is_due_at_once()
    {
        var work = new RestingWork(clock, RestingWork.OfQueue);

        await Should.ThrowAsync<TimeoutException>(() => work.DoAsync<int>(() => throw new TimeoutException("the database is away")));

        work.IsDue().ShouldBeTrue();
    }

    private Task<int> TakeAsync(RestingWork work, TimeSpan time) => work.DoAsync(() =>
    {
        clock.Advance(time);
        return Task.FromResult(0);
    });
}
