using Npgsql;

namespace Postern.Web.Api;

/// <summary>Carries on what a program has started after its request is over; what is left when the process ends is carried on by the keeper of operations.</summary>
public sealed partial class RequestedOperations(TimeProvider clock, IHostApplicationLifetime lifetime, ILogger<RequestedOperations> logger)
{
    // Most are over by then, and their program need not ask again.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Does it, and comes back when it is done or after a moment, whichever is first.</summary>
    /// <returns>What it ended with; null while it still runs.</returns>
    public async Task<T?> RunAsync<T>(long id, Func<CancellationToken, Task<T>> work)
        where T : class
    {
        var running = GuardAsync(id, work);
        using var over = new CancellationTokenSource();
        await Task.WhenAny(running, Task.Delay(Patience, clock, over.Token));
        await over.CancelAsync();
        return running.IsCompleted ? await running : null;
    }

    private async Task<T?> GuardAsync<T>(long id, Func<CancellationToken, Task<T>> work)
        where T : class
    {
        // Away from the request at once: its end must not end this.
        await Task.Yield();
        try
        {
            return await work(lifetime.ApplicationStopping);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return null;
        }
        catch (NpgsqlException e)
        {
            Log.Interrupted(logger, id, e.Message);
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(7052, LogLevel.Warning, "Operation {Id} was interrupted and is carried on later: {Fault}")]
        public static partial void Interrupted(ILogger logger, long id, string fault);
    }
}
