namespace Postern.Infrastructure.Tests.Support;

/// <summary>A clock that moves only when told to, and that says when somebody waits for a given time.</summary>
internal sealed class TestClock : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<Timer> timers = [];
    private readonly List<(TimeSpan Due, TaskCompletionSource Waiter)> waiters = [];
    private TimeSpan elapsed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddYears(50) + elapsed;

    public override long GetTimestamp() => elapsed.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state, period);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Returns when a time limit of exactly this length is set; several at once are fine.</summary>
    public Task WhenWaitingFor(TimeSpan due)
    {
        lock (gate)
        {
            if (timers.Exists(timer => timer.Due - elapsed == due))
            {
                return Task.CompletedTask;
            }

            var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiters.Add((due, waiter));
            return waiter.Task.WaitAsync(TimeSpan.FromSeconds(10));
        }
    }

    public void Advance(TimeSpan by)
    {
        Timer[] due;
        lock (gate)
        {
            elapsed += by;
            due = [.. timers.Where(timer => timer.Due <= elapsed)];
        }

        Array.ForEach(due, timer => timer.Fire());
    }

    private sealed class Timer(TestClock clock, TimerCallback callback, object? state, TimeSpan period) : ITimer
    {
        private TimeSpan every = period;

        public TimeSpan? Due { get; private set; }

        public void Fire()
        {
            Change(every, every);
            callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock.gate)
            {
                every = period;
                clock.timers.Remove(this);
                Due = dueTime == Timeout.InfiniteTimeSpan ? null : clock.elapsed + dueTime;
                if (Due is not null)
                {
                    clock.timers.Add(this);
                }

                foreach (var (_, waiter) in clock.waiters.Where(waiter => waiter.Due == dueTime))
                {
                    waiter.TrySetResult();
                }

                clock.waiters.RemoveAll(waiter => waiter.Due == dueTime);
                return true;
            }
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
