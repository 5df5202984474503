namespace Postern.Web.Live;

/// <summary>What a shared reading gave, and whether something has changed since it began.</summary>
public readonly record struct Reading<T>(T Value, bool IsBehind);

/// <summary>A question to the database that many windows ask: one answer serves all of them.</summary>
/// <remarks>
/// An answer is given again for a hundred times as long as it took, so that however many windows are open and however long the queue,
/// asking takes a hundredth of the time; <see cref="Reading{T}.IsBehind"/> tells a window to ask once more. Who has just opened a
/// page or acted gets an answer of that moment; only where that takes long, who opens a page is content with one that is a few
/// seconds old: several windows opened at once, or one opened again and again, are no load either.
/// </remarks>
/// <param name="changes">Counts what has changed so far.</param>
/// <param name="lastsTimes">How many times as long as it took an answer is given again.</param>
public sealed class SharedReading<T>(Func<CancellationToken, Task<T>> read, Func<long> changes, TimeProvider clock, int lastsTimes = SharedReading<T>.LastsTimes)
{
    // What takes longer is not asked anew for everybody who opens a page.
    private static readonly TimeSpan Long = TimeSpan.FromMilliseconds(250);

    private const int LastsTimesForOpening = 20;

    /// <summary>How many times as long as it took an answer is given again, where nothing else is said.</summary>
    public const int LastsTimes = 100;

    private readonly Lock gate = new();
    private (Task<Answer> Answer, long Began)? latest;

    /// <summary>The answer.</summary>
    /// <param name="anew">Of this moment, or nearly; else an earlier one does while it lasts.</param>
    /// <param name="cancellationToken">Ends this wait, not the reading: others may wait for it.</param>
    public async Task<Reading<T>> GetAsync(bool anew, CancellationToken cancellationToken)
    {
        var answer = await Latest(anew).WaitAsync(cancellationToken);
        return new Reading<T>(answer.Value, answer.Changes != changes());
    }

    /// <summary>The next who asks gets an answer of that moment.</summary>
    public void Forget()
    {
        lock (gate)
        {
            latest = null;
        }
    }

    private Task<Answer> Latest(bool anew)
    {
        lock (gate)
        {
            if (latest is not { } last || !Serves(last, anew))
            {
                var began = clock.GetTimestamp();
                latest = last = (ReadAsync(), began);
            }

            return last.Answer;
        }
    }

    private bool Serves((Task<Answer> Answer, long Began) last, bool anew)
    {
        if (last.Answer.IsFaulted || last.Answer.IsCanceled)
        {
            return false;
        }

        if (!last.Answer.IsCompleted)
        {
            return !anew || clock.GetElapsedTime(last.Began) > Long;
        }

        var answer = last.Answer.Result;
        var lasts = !anew ? answer.Took * lastsTimes : answer.Took > Long ? answer.Took * Math.Min(LastsTimesForOpening, lastsTimes) : TimeSpan.Zero;
        return clock.GetElapsedTime(answer.Ended) < lasts;
    }

    private async Task<Answer> ReadAsync()
    {
        var (began, before) = (clock.GetTimestamp(), changes());
        var value = await read(CancellationToken.None);
        return new Answer(value, before, clock.GetTimestamp(), clock.GetElapsedTime(began));
    }

    private sealed record Answer(T Value, long Changes, long Ended, TimeSpan Took);
}
