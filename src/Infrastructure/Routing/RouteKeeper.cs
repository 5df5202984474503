using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Postern.Domain.Access;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Watch.Canaries;

namespace Postern.Infrastructure.Routing;

/// <summary>Lets waiting mail follow each new version of routing, and keeps what is known of post offices in step with the mail and the canaries that come through.</summary>
/// <remarks>
/// Deliveries that go another way are moved, those without a way held, and those that an earlier version had held released, each as an operation:
/// in batches, with progress, to be taken back. What comes in meanwhile by an older table is caught when it is claimed.
/// </remarks>
/// <param name="canaries">Wakes it where a canary comes back to this process; null where none does.</param>
public sealed partial class RouteKeeper(
    NpgsqlDataSource database, LiveRouting routing, QueueOperations operations, RouteKnowledge knowledge, TimeProvider clock, ILogger<RouteKeeper> logger,
    CanaryConnector? canaries = null) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LapsePeriod = TimeSpan.FromHours(1);

    private const string NextSql =
        """
        -- the newest version that waiting mail has not followed, where this process routes by it or a later one; taken by one process at a time
          select version, actor from route_activation
           where followed_at is null and version <= $1 and pg_try_advisory_xact_lock(hashtext('postern routes'), 0)
        order by version desc limit 1
        """;

    private const string WaitingSql =
        """
        -- what waits and was routed by an earlier version
          select d.id, d.connector_id, d.destination, d.recipient, d.state = 'held', d.reason ~ ': No way since routing version [0-9]+\.$', coalesce(m.source, '')
            from delivery d left join message m on m.id = d.message_id and m.accepted_at = d.accepted_at
           where d.state in ('queued', 'held') and d.route_version >= 0 and d.route_version < $1
        order by d.id
        """;

    private const string FollowedSql =
        """
        -- this version and all before it are followed
        update route_activation set followed_at = now(), operations = case when version = $1 then $2 else operations end where version <= $1 and followed_at is null
        """;

    private long nextLapse;

    /// <summary>Lets waiting mail follow the newest version; the operations that do it, none when nothing had to move. Null when there was no version to follow.</summary>
    public async Task<IReadOnlyList<long>?> FollowAsync(CancellationToken cancellationToken)
    {
        var started = await StartAsync(routing.Current, cancellationToken);
        foreach (var id in started ?? [])
        {
            await operations.RunAsync(id, null, cancellationToken);
        }

        return started;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var changed = new SemaphoreSlim(1, 1);
        routing.Changed += Wake;
        canaries?.CameBack += Wake;
        try
        {
            while (true)
            {
                await changed.WaitAsync(Period, stoppingToken);
                await TryAsync(stoppingToken);
            }
        }
        finally
        {
            routing.Changed -= Wake;
            canaries?.CameBack -= Wake;
        }

        void Wake()
        {
            // From two threads: a new table, and a canary that came back.
            lock (changed)
            {
                if (changed.CurrentCount == 0)
                {
                    changed.Release();
                }
            }
        }
    }

    private async Task TryAsync(CancellationToken stoppingToken)
    {
        try
        {
            await FollowAsync(stoppingToken);
            await SeeAsync(stoppingToken);
            if (clock.GetTimestamp() >= nextLapse)
            {
                nextLapse = clock.GetTimestamp() + (long)(LapsePeriod.TotalSeconds * clock.TimestampFrequency);
                if (await knowledge.LapseAsync(stoppingToken) is > 0 and var lapsed)
                {
                    Log.Lapsed(logger, lapsed);
                }
            }
        }
        catch (NpgsqlException e)
        {
            Log.Failed(logger, e.Message);
        }
    }

    private async Task<IReadOnlyList<long>?> StartAsync(Domain.Routing.RoutingTable table, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await NextAsync(connection, table.Version, cancellationToken) is not var (version, actor))
        {
            return null;
        }

        var (moves, stops, starts) = await LookAsync(connection, table, cancellationToken);
        var why = string.Create(CultureInfo.InvariantCulture, $"Routing version {version}.");
        var who = new Operator(actor, [Role.RoutingEditor], why);
        var started = new List<long>();
        foreach (var (act, ids, reason) in ((DeliveryAct, List<long>, string)[])
            [(new DeliveryAct(DeliveryVerb.Reroute) { AsRouted = true }, moves, why), (DeliveryVerb.Hold, stops, RouteFollowing.HoldReason(version)), (DeliveryVerb.Release, starts, why)])
        {
            if (ids.Count > 0)
            {
                started.Add((await operations.StartFollowingAsync(act, ids, who with { Reason = reason }, cancellationToken)).Id);
            }
        }

        await using var followed = new NpgsqlCommand(FollowedSql, connection) { Parameters = { new() { Value = version }, new() { Value = started.ToArray() } } };
        await followed.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        Log.Followed(logger, version, moves.Count, stops.Count, starts.Count);
        return started;
    }

    private static async Task<(long Version, string Actor)?> NextAsync(NpgsqlConnection connection, long current, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(NextSql, connection) { Parameters = { new() { Value = current } } };
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? (row.GetInt64(0), row.GetString(1)) : null;
    }

    private static async Task<(List<long> Moves, List<long> Stops, List<long> Starts)> LookAsync(
        NpgsqlConnection connection, Domain.Routing.RoutingTable table, CancellationToken cancellationToken)
    {
        var (moves, stops, starts) = (new List<long>(), new List<long>(), new List<long>());
        await using var command = new NpgsqlCommand(WaitingSql, connection) { Parameters = { new() { Value = table.Version } }, CommandTimeout = 0 };
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            var (isHeld, isHeldByRouting) = (row.GetBoolean(4), row.GetBoolean(5));
            var fate = RouteFollowing.FateOf(table, row.GetInt64(1), row.GetString(2), row.GetString(3), row.GetString(6));
            if (fate == RouteFate.Moves)
            {
                moves.Add(row.GetInt64(0));
            }
            else if (fate == RouteFate.Stops && !isHeld)
            {
                stops.Add(row.GetInt64(0));
            }

            if (isHeld && isHeldByRouting && fate != RouteFate.Stops)
            {
                starts.Add(row.GetInt64(0));
            }
        }

        return (moves, stops, starts);
    }

    private static partial class Log
    {
        [LoggerMessage(1013, LogLevel.Information, "Waiting mail follows routing version {Version}: {Moves} go another way, {Stops} have none and are held, {Starts} have one again")]
        public static partial void Followed(ILogger logger, long version, int moves, int stops, int starts);

        [LoggerMessage(1014, LogLevel.Warning, "{Rows} definitions of post offices have not been shown for too long and count as stale")]
        public static partial void Lapsed(ILogger logger, int rows);

        [LoggerMessage(1015, LogLevel.Warning, "Waiting mail could not follow the routing and is tried again: {Fault}")]
        public static partial void Failed(ILogger logger, string fault);
    }
}
