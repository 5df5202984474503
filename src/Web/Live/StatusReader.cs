using System.Reflection;
using Npgsql;
using Postern.Domain.Queue;
using Postern.Infrastructure.Queue;
using Postern.Web.Components.Layout;
using Postern.Web.Components.Shared;

namespace Postern.Web.Live;

/// <summary>Reads what stands around every page, once for all windows, and checks the books.</summary>
/// <remarks>
/// Counts are read at most once a second. The books walk every row that is kept, so they are checked so seldom that it takes a
/// hundredth of the time. Without changes they are checked every half minute: a row that is deleted by hand tells nobody.
/// </remarks>
public sealed partial class StatusReader(
    ChangeFeed feed, StatusFeed status, Books books, QueueFigures figures, QueueViewTraffic traffic, QueueViewHouse house, QueueOperations operations, TimeProvider clock,
    ILogger<StatusReader> logger) : BackgroundService
{
    private const int RestOfChecking = 100;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestCheck = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan IdleCheck = TimeSpan.FromSeconds(30);

    private static readonly string Version =
        typeof(StatusReader).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    private int isChanged = 1;
    private long checkedStamp;
    private TimeSpan checkTook;
    private BooksBalance? balance;
    private BooksFigures? shown;
    private IReadOnlyList<string> workers = [];

    /// <summary>One round.</summary>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var waiting = (await figures.SummaryAsync(anew: false, cancellationToken)).Value;
        // Where no process tells of changes, the counts do.
        var hasChanged = Interlocked.Exchange(ref isChanged, 0) != 0 || waiting.All != balance?.InQueue;
        if (IsCheckDue(hasChanged))
        {
            var start = clock.GetTimestamp();
            balance = await books.CheckAsync(cancellationToken);
            shown = Figures(balance, await traffic.TodayAsync(cancellationToken));
            checkedStamp = clock.GetTimestamp();
            checkTook = clock.GetElapsedTime(start);
        }
        else if (hasChanged)
        {
            // Checked later; until then it is remembered.
            Volatile.Write(ref isChanged, 1);
        }

        var around = await house.ReadAsync(cancellationToken);
        // What says the same stays the same object, so that nobody draws it again.
        workers = workers.SequenceEqual(around.Workers) ? workers : around.Workers;
        status.Publish(new ConsoleStatus(
            around.Site, shown, balance?.CheckedAt, around.OpenAlerts, around.Connectors, workers, Version)
        {
            Balance = balance,
            InQueue = waiting.All,
            Quarantined = waiting.In(DeliveryState.Quarantined),
            Awaiting = await operations.AwaitingAsync(cancellationToken),
            PlansWaiting = around.PlansWaiting,
        });
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        feed.Changed += NoteChange;
        using var timer = new PeriodicTimer(Period, clock);
        do
        {
            try
            {
                await RunOnceAsync(stoppingToken);
            }
            catch (NpgsqlException e)
            {
                Log.Failed(logger, e.Message);
            }
            catch (QueueViewTimeoutException e)
            {
                Log.Failed(logger, e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private bool IsCheckDue(bool hasChanged)
    {
        if (balance is null)
        {
            return true;
        }

        var since = clock.GetElapsedTime(checkedStamp);
        return since >= (hasChanged ? ShortestCheck : IdleCheck) && since >= checkTook * RestOfChecking;
    }

    private void NoteChange() => Volatile.Write(ref isChanged, 1);

    private static BooksFigures Figures(BooksBalance b, TrafficToday t) => new(
        b.Accepted, b.Delivered, b.Bounced, b.Removed, b.Expanded, b.Queued, b.Leased, b.Held, b.Quarantined,
        new BooksToday(t.Accepted, t.Delivered, t.Bounced, t.Removed, t.Expanded),
        [.. b.Differences.Select(d => new Components.Shared.BooksDifference(Sentence(d), Urls.Books(d.Day)))]);

    private static string Sentence(Infrastructure.Queue.BooksDifference difference) =>
        $"{difference.Sentence}{(difference.Ids.Count > 0 ? " " : "")}{string.Join(", ", difference.Ids.Take(3))}{(difference.Ids.Count > 3 ? $" and {Quantity.Text(difference.Ids.Count - 3)} more" : "")}";

    private static partial class Log
    {
        [LoggerMessage(7002, LogLevel.Warning, "The figures of the console could not be read and are tried again: {Fault}")]
        public static partial void Failed(ILogger logger, string fault);
    }
}
