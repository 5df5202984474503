namespace Postern.Infrastructure.Queue;

/// <summary>Work whose time grows with the queue, and which therefore is not due again before it has rested many times as long as it took: however long the queue, it takes the same small part of a core.</summary>
/// <param name="rest">How many times as long as it took the work rests.</param>
/// <param name="period">It rests at least so long.</param>
internal sealed class RestingWork(TimeProvider clock, int rest, TimeSpan period = default)
{
    /// <summary>Rest of what walks the whole queue.</summary>
    public const int OfQueue = 100;

    private (long Ended, TimeSpan Took)? last;

    /// <summary>Whether it has rested enough.</summary>
    /// <param name="later">Added to the clock; for tests.</param>
    public bool IsDue(TimeSpan later = default) => last is not { } done
        || clock.GetElapsedTime(done.Ended) + later is var rested && rested >= period && rested >= done.Took * rest;

    /// <summary>Does it, and sees how long it takes; what fails is due again at once.</summary>
    public async Task<T> DoAsync<T>(Func<Task<T>> work)
    {
        var start = clock.GetTimestamp();
        var value = await work();
        last = (clock.GetTimestamp(), clock.GetElapsedTime(start));
        return value;
    }
}
