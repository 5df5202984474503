using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Postern.Domain.Routing;

namespace Postern.Infrastructure.Routing;

/// <summary>The routing table in force: an immutable snapshot that is replaced when the configuration's version moves.</summary>
/// <remarks>
/// A notification wakes it; the look at the version each second is what it relies on. While the database is away, routing goes on as it
/// was: routes do not become wrong because they cannot be read.
/// </remarks>
public sealed partial class LiveRouting(RoutingLoader loader, TimeProvider clock, ILogger<LiveRouting> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private RoutingTable current = RoutingTable.Empty;

    /// <summary>Raised after <see cref="Current"/> was replaced.</summary>
    public event Action? Changed;

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

        var loaded = await loader.LoadAsync(cancellationToken);
        foreach (var fault in loaded.Faults)
        {
            Log.LeftOut(logger, fault);
        }

        Volatile.Write(ref current, loaded.Table);
        Log.Loaded(logger, Current.Version, Current.Book.Count);
        Changed?.Invoke();
        return true;
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await RunOnceAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await FollowAsync(stoppingToken);
            }
            catch (NpgsqlException e)
            {
                Log.LoadFailed(logger, e.Message);
                await Task.Delay(Period, clock, stoppingToken);
            }
        }
    }

    // Looks once more after listening has begun, so that no change falls between the two.
    private async Task FollowAsync(CancellationToken stoppingToken)
    {
        await using var bell = await loader.ListenAsync(stoppingToken);
        while (true)
        {
            await RunOnceAsync(stoppingToken);
            await bell.WaitAsync(Period, stoppingToken);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1010, LogLevel.Information, "Routing by configuration {Version} with {Entries} directory entries")]
        public static partial void Loaded(ILogger logger, long version, int entries);

        [LoggerMessage(1012, LogLevel.Warning, "Left out of routing: {Fault}")]
        public static partial void LeftOut(ILogger logger, string fault);

        [LoggerMessage(1011, LogLevel.Warning, "The configuration could not be read; routing goes on as before: {Fault}")]
        public static partial void LoadFailed(ILogger logger, string fault);
    }
}
