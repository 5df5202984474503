using System.Data.Common;
using Npgsql;
using Postern.Domain.Directory.Canaries;
using Postern.Domain.Watch;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Dirsync;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Watch.Canaries;

namespace Postern.Infrastructure.Watch;

/// <summary>A connector with what the watchdogs need to know of it.</summary>
internal sealed record ConnectorFacts(long Id, string Name, FileLink? Link, bool IsWanted, long WorkerId, WatchedConnector Seen);

/// <summary>What one look at the database shows.</summary>
/// <param name="Now">The instant of the look, by the database's clock, which is that of all other instants.</param>
/// <param name="Troubled">Connectors of which a folder is known to be unusable, on whichever machine.</param>
/// <param name="IsLeader">This process is the oldest that is alive; it speaks of what all see.</param>
internal sealed record Sighting(
    DateTimeOffset Now, bool IsLeader, IReadOnlyList<ConnectorFacts> Connectors, IReadOnlyList<WatchedRun> Runs,
    IReadOnlyList<WatchedOperation> Operations, IReadOnlyList<string> DefaultPartitions, IReadOnlyList<string> Troubled, IReadOnlyList<WatchedPoison> Poison, IReadOnlyList<WatchedCanary> Canaries,
    IReadOnlyList<(CanarySight Sight, int OldAfterDays)> CanaryEntries);

/// <summary>Reads what the watchdogs judge.</summary>
/// <remarks>What waits is counted so seldom, when it is much, that counting takes a hundredth of the time.</remarks>
internal sealed partial class WatchFacts(NpgsqlDataSource database, TimeProvider clock)
{
    private const long Much = 50_000;

    private readonly Dictionary<long, DateTimeOffset> wantedSince = [];
    private readonly RestingWork counting = new(clock, RestingWork.OfQueue);
    private IReadOnlyDictionary<long, WaitingHere> waiting = new Dictionary<long, WaitingHere>();
    private readonly CanaryView canaries = new(database);

    /// <summary>One look.</summary>
    /// <param name="later">Added to the clock; for tests.</param>
    public async Task<Sighting> LookAsync(long workerId, TimeSpan later, CancellationToken cancellationToken)
    {
        await using var connection = await OneProcess.OpenAsync(database, cancellationToken);
        var (now, isLeader) = (await ReadAsync(connection, TurnSql, row => (row.GetFieldValue<DateTimeOffset>(0), row.GetBoolean(1)), cancellationToken, workerId))[0];
        if (counting.IsDue(later) || waiting.Values.Sum(here => here.Waiting + here.Poison) < Much)
        {
            waiting = await counting.DoAsync(() => CountAsync(connection, cancellationToken));
        }

        var connectors = await ReadAsync(connection, ConnectorsSql, row => ConnectorOf(row, now), cancellationToken);
        var limits = connectors.Where(connector => connector.IsWanted).ToDictionary(connector => connector.Id);
        var runs = await ReadAsync(
            connection, RunsSql, row => (Connector: row.GetInt64(0), Run: new WatchedRun(row.GetInt64(1), "", row.GetString(2), row.GetFieldValue<DateTimeOffset>(3), TimeSpan.Zero)), cancellationToken);
        return new Sighting(
            now,
            isLeader,
            connectors,
            [.. runs.Where(run => limits.ContainsKey(run.Connector)).Select(run => run.Run with { Connector = limits[run.Connector].Name, Limit = FileLink.LimitOf(limits[run.Connector].Link, run.Run.Program) })],
            await ReadAsync(connection, OperationsSql, row => new WatchedOperation(row.GetInt64(0), row.GetString(1), row.GetInt32(2), row.GetInt32(3), row.GetString(4)), cancellationToken),
            await ReadAsync(connection, PartitionsSql, row => row.GetString(0), cancellationToken),
            await ReadAsync(connection, TroubledSql, row => row.GetString(0), cancellationToken),
            [.. waiting.Values.Where(here => here.Poison > 0).Select(here => new WatchedPoison(here.Connector, here.Poison, here.First, here.Since!.Value))],
            [.. (await canaries.ListAsync(cancellationToken)).Where(canary => canary.IsWanted)
                .Select(canary => new WatchedCanary(canary.Connector, canary.Settings.Wait, canary.Missing?.SentAt, canary.Missing?.MessageId ?? 0, canary.BackAt))],
            [.. await PartnerStore.CanariesAsync(connection, null, cancellationToken)]);
    }

    /// <summary>Bounced deliveries of the last day without a report and without a word why: how many, and the first.</summary>
    public async Task<(long Missing, long First)> ReportsAsync(CancellationToken cancellationToken)
    {
        await using var connection = await OneProcess.OpenAsync(database, cancellationToken);
        return (await ReadAsync(connection, ReportsSql, row => (row.GetInt64(0), row.GetInt64(1)), cancellationToken))[0];
    }

    private ConnectorFacts ConnectorOf(DbDataReader row, DateTimeOffset now)
    {
        var (id, isWanted) = (row.GetInt64(0), row.GetBoolean(4));
        var link = FileLink.Of(row.GetString(2), row.GetString(3));
        // What an operator has paused is silent because somebody wants it so; afterwards its time begins anew.
        // So is one that fetches nothing for lack of room: the alert of the disk says so.
        var (pickupRests, deliveryRests) = (row.GetBoolean(17) || row.GetString(5) == ConnectorStatusBoard.Waiting, row.GetBoolean(18));
        if (!isWanted || pickupRests)
        {
            wantedSince.Remove(id);
        }

        wantedSince.TryAdd(id, now);
        var (started, ended, isClean) = (Instant(row, 12), Instant(row, 13), row.GetBoolean(14));
        var alive = Instant(row, 9);
        var here = waiting.GetValueOrDefault(id);
        return new ConnectorFacts(id, row.GetString(1), link, isWanted, row.GetInt64(16), new WatchedConnector(
            row.GetString(1), isWanted, row.GetString(5), row.GetString(6), row.GetString(7), Instant(row, 8),
            isClean && (alive is null || ended > alive) ? ended : alive,
            Instant(row, 10),
            pickupRests ? null : link?.Poll,
            wantedSince[id],
            started is { } since && ended is null ? since + FileLink.LimitOf(link, row.GetString(15)) : null,
            row.GetBoolean(11),
            deliveryRests ? 0 : here?.Waiting ?? 0,
            deliveryRests ? null : here?.Oldest));
    }

    private async Task<IReadOnlyDictionary<long, WaitingHere>> CountAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        (await ReadAsync(
            connection,
            QueueSql,
            row => (Id: row.GetInt64(0), Here: new WaitingHere(
                row.GetString(1), row.GetInt64(2), Instant(row, 3), row.GetInt64(4), row.IsDBNull(5) ? "" : row.GetString(5), Instant(row, 6))),
            cancellationToken)).ToDictionary(row => row.Id, row => row.Here);

    private static DateTimeOffset? Instant(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);

    private static async Task<List<T>> ReadAsync<T>(
        NpgsqlConnection connection, string sql, Func<DbDataReader, T> read, CancellationToken cancellationToken, params object[] parameters)
    {
        await using var command = connection.Command(sql, parameters);
        return await command.RowsAsync(read, cancellationToken);
    }

    /// <summary>What waits for a connector, and what of its mail is poison.</summary>
    private sealed record WaitingHere(string Connector, long Waiting, DateTimeOffset? Oldest, long Poison, string First, DateTimeOffset? Since);
}
