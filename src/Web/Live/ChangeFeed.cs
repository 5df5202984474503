using Npgsql;
using Postern.Infrastructure.Queue;

namespace Postern.Web.Live;

/// <summary>Tells the pages of this process that the queue has changed: one connection that listens, however many windows are open.</summary>
/// <remarks>A lost connection is opened again with growing pauses; meanwhile pages read by their own clock.</remarks>
public sealed partial class ChangeFeed(NpgsqlDataSource database, TimeProvider clock, ILogger<ChangeFeed> logger) : BackgroundService
{
    // A connection that a firewall has dropped says nothing; a question now and then finds out.
    private const int QuietMilliseconds = 30_000;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>Raised on a thread of the pool after something changed. Handlers must be quick and must not throw.</summary>
    public event Action? Changed;

    internal void Raise() => Changed?.Invoke();

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = FirstPause;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(() => pause = FirstPause, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is NpgsqlException or IOException or TimeoutException)
            {
                Log.Lost(logger, e.Message);
            }

            await Task.Delay(pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = TimeSpan.FromSeconds(Math.Min(pause.TotalSeconds * 2, LongestPause.TotalSeconds));
        }
    }

    private async Task ListenAsync(Action listening, CancellationToken stoppingToken)
    {
        await using var connection = await database.OpenConnectionAsync(stoppingToken);
        connection.Notification += (_, _) => Raise();
        await using (var listen = new NpgsqlCommand($"listen {ChangeNotifier.Channel}", connection))
        {
            await listen.ExecuteNonQueryAsync(stoppingToken);
        }

        listening();
        // What happened before the connection stood is not told; the pages read once.
        Raise();
        while (true)
        {
            if (!await connection.WaitAsync(QuietMilliseconds, stoppingToken))
            {
                await using var ask = new NpgsqlCommand("select 1", connection);
                await ask.ExecuteNonQueryAsync(stoppingToken);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(7001, LogLevel.Warning, "The console cannot hear of changes and tries again: {Fault}")]
        public static partial void Lost(ILogger logger, string fault);
    }
}
