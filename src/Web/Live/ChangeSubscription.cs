namespace Postern.Web.Live;

/// <summary>Calls a page back when something has changed, never more than four times a second and never faster than the page can read.</summary>
/// <remarks>Calls do not overlap. A page whose reading takes long is called less often: it spends at most a fifth of the time reading.</remarks>
public sealed class ChangeSubscription : IAsyncDisposable
{
    private const int PauseOfReading = 4;

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly ChangeFeed feed;
    private readonly TimeProvider clock;
    private readonly TimeSpan atLeastEvery;
    private readonly Func<Task> changed;
    private readonly SemaphoreSlim signal = new(0, 1);
    private readonly CancellationTokenSource gone = new();
    private readonly Task loop;

    /// <summary>Begins at once.</summary>
    /// <param name="atLeastEvery">Called after so long without a change too: what no change is told of gets old otherwise.</param>
    /// <param name="changed">Must not throw.</param>
    public ChangeSubscription(ChangeFeed feed, TimeProvider clock, TimeSpan atLeastEvery, Func<Task> changed)
    {
        this.feed = feed;
        this.clock = clock;
        this.atLeastEvery = atLeastEvery;
        this.changed = changed;
        feed.Changed += Signal;
        loop = Task.Run(RunAsync);
    }

    /// <summary>Ends; a call that runs is waited for.</summary>
    public async ValueTask DisposeAsync()
    {
        feed.Changed -= Signal;
        await gone.CancelAsync();
        await loop;
        gone.Dispose();
        signal.Dispose();
    }

    /// <summary>Calls once more, though nothing has changed.</summary>
    public void Signal()
    {
        try
        {
            signal.Release();
        }
        catch (SemaphoreFullException)
        {
            // A change is waiting to be told already.
        }
        catch (ObjectDisposedException)
        {
            // The page has gone in this moment.
        }
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                using (var wait = CancellationTokenSource.CreateLinkedTokenSource(gone.Token))
                {
                    var timer = Task.Delay(atLeastEvery, clock, wait.Token);
                    var change = signal.WaitAsync(wait.Token);
                    await Task.WhenAny(timer, change);
                    gone.Token.ThrowIfCancellationRequested();
                    await wait.CancelAsync();
                }

                var start = clock.GetTimestamp();
                await changed();
                var took = clock.GetElapsedTime(start) * PauseOfReading;
                await Task.Delay(took < Shortest ? Shortest : took > Longest ? Longest : took, clock, gone.Token);
            }
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            // The page has gone.
        }
    }
}
