namespace Postern.Web.Tests.Support;

/// <summary>A clock that stands until a test moves it; its timers fire when they are moved past.</summary>
internal sealed class TestClock : TimeProvider
{
    private readonly List<Tick> ticks = [];

    public DateTimeOffset Now { get; private set; } = new(2026, 11, 23, 9, 41, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => Now;

    public override long GetTimestamp() => Now.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var tick = new Tick(callback, state);
        ticks.Add(tick);
        return tick;
    }

    /// <summary>Moves the time and fires every timer once.</summary>
    public void Move(TimeSpan by)
    {
        Now += by;
        ticks.ForEach(t => t.Fire());
    }

    private sealed class Tick(TimerCallback callback, object? state) : ITimer
    {
        private bool isOver;

        public void Fire()
        {
            if (!isOver)
            {
                callback(state);
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose() => isOver = true;

        public ValueTask DisposeAsync()
        {
            isOver = true;
            return ValueTask.CompletedTask;
        }
    }
}
