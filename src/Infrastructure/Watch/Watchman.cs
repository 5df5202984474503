using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Postern.Domain.Watch;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Watch;

/// <summary>Looks for silence: what has stopped, hangs, only ages, is full or does not add up becomes an alert, and closes by itself when it is over (promise P3).</summary>
/// <remarks>
/// Every process looks at its own folders and disks; the oldest one also at what all see. The books and the history are walked so seldom that it takes
/// a twentieth of the time at most.
/// </remarks>
public sealed partial class Watchman(
    NpgsqlDataSource database, WorkerIdentity worker, WatchPlaces places, StorageRoom room, AlertStore alerts, Books books, TimeProvider clock, ILogger<Watchman> logger)
    : BackgroundService
{
    private const int RestOfWalking = 20;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan WalkPeriod = TimeSpan.FromMinutes(5);
    private static readonly AlertKind[] Local = [AlertKind.FolderUnusable, AlertKind.DiskLow, AlertKind.ClockOff];
    private static readonly AlertKind[] Walked = [AlertKind.BooksOff, AlertKind.ReportMissing];

    private readonly WatchFacts facts = new(database, clock);
    private readonly FolderProbe folders = new();
    private readonly AlertBook book = new();
    private readonly RestingWork walking = new(clock, RestOfWalking, WalkPeriod);
    private string? databaseFolder;

    /// <summary>One look at everything; how many alerts opened, closed or became worse.</summary>
    /// <param name="later">Added to the clock; for tests.</param>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken, TimeSpan later = default)
    {
        var before = clock.GetUtcNow();
        var seen = await facts.LookAsync(worker.Id, later, cancellationToken);
        var now = seen.Now + later;
        var open = await alerts.OpenAsync(worker.Node, seen.IsLeader, cancellationToken);
        var keys = open.Select(alert => alert.Key).ToHashSet(StringComparer.Ordinal);
        var suspicions = await OfThisNodeAsync(seen, keys, cancellationToken);
        suspicions.AddRange(WatchRules.OfClock(before - seen.Now, worker.Node));
        var looked = Local.ToHashSet();
        if (seen.IsLeader)
        {
            looked.UnionWith(Enum.GetValues<AlertKind>().Except(Walked));
            suspicions.AddRange(OfAll(seen, suspicions, keys, now));
            if (walking.IsDue(later))
            {
                looked.UnionWith(Walked);
                suspicions.AddRange(await walking.DoAsync(() => WalkAsync(cancellationToken)));
            }
        }

        var changed = await alerts.ApplyAsync(book.Judge(suspicions, open, looked, now), cancellationToken);
        if (seen.IsLeader)
        {
            await alerts.CloseOfLostNodesAsync(cancellationToken);
            await alerts.RemindAsync(cancellationToken);
        }

        return changed;
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
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // Whatever goes wrong here must not end the process that is watched.
                Log.Failed(logger, e.Message);
            }
        }
    }

    private async Task<List<Suspicion>> OfThisNodeAsync(Sighting seen, HashSet<string> open, CancellationToken cancellationToken)
    {
        var here = seen.Connectors.Where(connector => connector.IsWanted && connector.WorkerId == worker.Id).ToList();
        var tried = new List<WatchedFolder>();
        foreach (var (connector, path, isWritten) in places.Own.Select(place => ("", place.Path, place.IsWritten))
            .Concat(here.SelectMany(connector => places.Of(connector).Select(place => (connector.Name, place.Path, place.IsWritten)))))
        {
            // Below a folder that is gone everything is gone: one alert.
            if (!tried.Any(folder => folder.Fault.Length > 0 && path.StartsWith(folder.Path + "/", StringComparison.Ordinal)))
            {
                tried.Add(new WatchedFolder(path, connector, isWritten ? "read and written" : "read", await folders.FaultAsync(path, isWritten, cancellationToken)));
            }
        }

        databaseFolder ??= await DatabaseFolder.FindAsync(database, cancellationToken);
        return
        [
            .. WatchRules.OfFolders(tried, worker.Node),
            .. WatchRules.OfDisks(places.Disks(here, databaseFolder, room), worker.Node, open.Contains),
        ];
    }

    private static IEnumerable<Suspicion> OfAll(Sighting seen, List<Suspicion> local, HashSet<string> open, DateTimeOffset now)
    {
        var troubled = local.Where(found => found.Kind == AlertKind.FolderUnusable).Select(found => found.Connector).Concat(seen.Troubled).ToHashSet();
        var ofConnectors = WatchRules.OfConnectors(seen.Connectors.Select(connector => connector.Seen), troubled, open.Contains, now).ToList();
        return [.. ofConnectors, .. OfTheRest(seen, [.. troubled, .. ofConnectors.Select(found => found.Connector)], open, now)];
    }

    private static IEnumerable<Suspicion> OfTheRest(Sighting seen, HashSet<string> accused, HashSet<string> open, DateTimeOffset now) =>
    [
        .. CanaryRules.Of(seen.Canaries, accused, open.Contains),
        .. CanaryEntryRules.Of(seen.CanaryEntries, now),
        .. WatchRules.OfRuns(seen.Runs),
        .. WatchRules.OfOperations(seen.Operations),
        .. WatchRules.OfPartitions(seen.DefaultPartitions),
        .. WatchRules.OfPoison(seen.Poison),
    ];

    private async Task<IEnumerable<Suspicion>> WalkAsync(CancellationToken cancellationToken)
    {
        var balance = await books.CheckAsync(cancellationToken);
        var (missing, first) = await facts.ReportsAsync(cancellationToken);
        return
        [
            .. WatchRules.OfBooks(balance.Differences.Select(difference => (difference.Day, difference.What, difference.Ids.Count, difference.Ids.Count > 0 ? difference.Ids[0] : 0L))),
            .. WatchRules.OfReports(missing, first) is { } lacking ? [lacking] : Array.Empty<Suspicion>(),
        ];
    }

    private static partial class Log
    {
        [LoggerMessage(2300, LogLevel.Warning, "The watchdogs could not look and try again: {Fault}")]
        public static partial void Failed(ILogger logger, string fault);
    }
}
