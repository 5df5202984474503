using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Postern.Domain.Routing;

namespace Postern.Infrastructure.Routing;

/// <summary>The routing table in force: an immutable snapshot that is replaced when the configuration's version moves.</summary>
/// <remarks>The version is polled; whoever has changed the configuration in this process can ask for it at once.</remarks>
public sealed partial class LiveRouting(RoutingLoader loader, TimeProvider clock, ILogger<LiveRouting> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private RoutingTable current = RoutingTable.Empty;

    /// <summary>Never null; empty until the first load, which <see cref="StartAsync"/> waits for.</summary>
    public RoutingTable Current => Volatile.Read(ref current);

    /// <summary>A table that never changes, for what runs without a database.</summary>
    public static LiveRouting Fixed(RoutingTable table) => new(null!, TimeProvider.System, null!) { current = table };

    /// <summary>Loads the table when its version has moved; true when it had.</summary>
    public async Task<bool> RunOnceAsync(CancellationToken cancellationToken)
    {
        if (Current.Version == await loader.VersionAsync(cancellationToken))
        {
            return false;
        }

        Volatile.Write(ref current, await loader.LoadAsync(cancellationToken));
        Log.Loaded(logger, Current.Version, Current.Book.Count);
        return true;
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await RunOnceAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RunOnceAsync(stoppingToken);
            }
            catch (NpgsqlException e)
            {
                Log.LoadFailed(logger, e.Message);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1010, LogLevel.Information, "Routing by configuration {Version} with {Entries} directory entries")]
        public static partial void Loaded(ILogger logger, long version, int entries);

        [LoggerMessage(1011, LogLevel.Warning, "The configuration could not be read; routing goes on as before: {Fault}")]
        public static partial void LoadFailed(ILogger logger, string fault);
    }
}
