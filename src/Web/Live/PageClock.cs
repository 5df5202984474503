namespace Postern.Web.Live;

/// <summary>The one timer of a browser window: ages tick once a second from it, and only those whose text changes are drawn again.</summary>
public sealed class PageClock : IDisposable
{
    private readonly TimeProvider clock;
    private readonly ITimer timer;

    /// <summary>Starts ticking.</summary>
    public PageClock(TimeProvider clock)
    {
        this.clock = clock;
        timer = clock.CreateTimer(_ => Ticked?.Invoke(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    /// <summary>Raised each second on a thread of the pool.</summary>
    public event Action? Ticked;

    /// <summary>The time that ages are counted to.</summary>
    public DateTimeOffset Now => clock.GetUtcNow();

    /// <inheritdoc/>
    public void Dispose() => timer.Dispose();
}
