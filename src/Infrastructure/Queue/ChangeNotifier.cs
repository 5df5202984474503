using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Postern.Infrastructure.Queue;

/// <summary>Tells the consoles that the queue has changed: one connection of its own, at most four times a second.</summary>
/// <remarks>NOTIFY takes a server-wide lock at commit, so it never stands in an intake, claim or record transaction.</remarks>
public sealed partial class ChangeNotifier(
    NpgsqlDataSource database, Intake intake, DeliveryRecorder recorder, DeliveryActions actions, TimeProvider clock, ILogger<ChangeNotifier> logger)
    : BackgroundService
{
    /// <summary>The channel the consoles listen on.</summary>
    public const string Channel = "postern_queue";

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    private int isDirty;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        intake.Changed += MarkDirty;
        recorder.Changed += MarkDirty;
        actions.Acted += MarkDirty;
        using var timer = new PeriodicTimer(Period, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (Interlocked.Exchange(ref isDirty, 0) == 0)
            {
                continue;
            }

            try
            {
                await using var command = database.CreateCommand($"notify {Channel}");
                await command.ExecuteNonQueryAsync(stoppingToken);
            }
            catch (NpgsqlException e)
            {
                Log.NotifyFailed(logger, e.Message);
            }
        }
    }

    private void MarkDirty() => Volatile.Write(ref isDirty, 1);

    private static partial class Log
    {
        [LoggerMessage(2080, LogLevel.Warning, "The consoles could not be told of a change: {Fault}")]
        public static partial void NotifyFailed(ILogger logger, string fault);
    }
}
