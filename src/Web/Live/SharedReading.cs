namespace Postern.Web.Live;

/// <summary>One reading for all windows that ask within a moment, so that five open dashboards cost what one does.</summary>
/// <remarks>A window that closes does not end the reading of the others.</remarks>
/// <param name="lasts">How long a reading counts as new. A change is told at most four times a second; a quarter of that makes nothing old.</param>
/// <param name="read">Reads it.</param>
public sealed class SharedReading<T>(TimeSpan lasts, TimeProvider clock, Func<CancellationToken, Task<T>> read)
{
    private readonly Lock gate = new();
    private (long Stamp, Task<T> Reading)? latest;

    /// <summary>The reading that runs, the last one while it is new, or a new one.</summary>
    public Task<T> GetAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (latest is not { } known || known.Reading.IsFaulted || known.Reading.IsCanceled
                || (known.Reading.IsCompleted && clock.GetElapsedTime(known.Stamp) >= lasts))
            {
                latest = known = (clock.GetTimestamp(), Task.Run(() => read(CancellationToken.None), CancellationToken.None));
            }

            return known.Reading.WaitAsync(cancellationToken);
        }
    }
}
