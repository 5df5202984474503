using FsCheck;
using FsCheck.Fluent;
using Postern.Domain.Queue;

namespace Postern.Domain.Tests.Queue;

public sealed class RetryScheduleTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1, 60)]
    [InlineData(2, 120)]
    [InlineData(3, 240)]
    [InlineData(5, 900)]
    [InlineData(500, 900)]
    public void Doubles_from_a_minute_to_a_quarter_of_an_hour(int attempts, int seconds)
    {
        var next = RetrySchedule.Default.Next(attempts, Now, jitter: 1);

        next.ShouldBe(Now.AddSeconds(seconds));
    }

    [Fact]
    public void Is_never_in_the_past_and_never_longer_than_the_longest_wait()
    {
        Prop.ForAll<int, double>((attempts, jitter) =>
        {
            var wait = RetrySchedule.Default.Next(attempts, Now, double.IsFinite(jitter) ? jitter : 0) - Now;
            return wait > TimeSpan.Zero && wait <= RetrySchedule.Default.Longest;
        }).QuickCheckThrowOnFailure();
    }
}
