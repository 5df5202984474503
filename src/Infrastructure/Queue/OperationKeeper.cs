using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Postern.Infrastructure.Queue;

/// <summary>Carries on what a process that is gone has left half-way.</summary>
public sealed partial class OperationKeeper(QueueOperations operations, TimeProvider clock, ILogger<OperationKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    /// <summary>One round.</summary>
    public async Task CarryOnAsync(CancellationToken cancellationToken)
    {
        await operations.ForgetUnconfirmedAsync(cancellationToken);
        foreach (var id in await operations.UnendedAsync(cancellationToken))
        {
            await operations.RunAsync(id, null, cancellationToken);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        do
        {
            try
            {
                await CarryOnAsync(stoppingToken);
            }
            catch (NpgsqlException e)
            {
                Log.Failed(logger, e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private static partial class Log
    {
        [LoggerMessage(2090, LogLevel.Warning, "An operation that was left half-way could not be carried on and is tried again: {Fault}")]
        public static partial void Failed(ILogger logger, string fault);
    }
}
