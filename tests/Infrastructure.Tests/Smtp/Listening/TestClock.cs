namespace Postern.Infrastructure.Tests.Smtp.Listening;

/// <summary>A clock that moves only when a test moves it; its timers run on the thread that does.</summary>
internal sealed class TestClock : TimeProvider
{
    private readonly Lock moving = new();
    private readonly List<TestTimer> timers = [];
    private DateTimeOffset now = new(2026, 11, 24, 10, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (moving)
        {
            return now;
        }
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new TestTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        lock (moving)
        {
            timers.Add(timer);
        }

        return timer;
    }

    public void Advance(TimeSpan span)
    {
        List<TestTimer> due;
        lock (moving)
        {
            now += span;
            due = [.. timers.Where(timer => timer.IsDue(now))];
        }

        due.ForEach(timer => timer.Run());
    }

    private sealed class TestTimer(TestClock clock, Action run) : ITimer
    {
        private DateTimeOffset? dueAt;
        private TimeSpan interval;

        public bool IsDue(DateTimeOffset at) => dueAt <= at;

        public void Run()
        {
            dueAt = interval > TimeSpan.Zero ? clock.GetUtcNow() + interval : null;
            run();
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            dueAt = dueTime == Timeout.InfiniteTimeSpan ? null : clock.GetUtcNow() + dueTime;
            interval = period;
            return true;
        }

        public void Dispose()
        {
            lock (clock.moving)
            {
                clock.timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
