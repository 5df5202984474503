using System.Globalization;
using Npgsql;
using Postern.Domain.Queue;
using Postern.Domain.Routing;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Routing;
using Postern.Infrastructure.Watch.Canaries;

namespace Postern.Infrastructure.Queue;

/// <summary>Deliveries that were routed by an earlier version go the way of the one in force when they are claimed; those that no way leads from any more are held.</summary>
public sealed class RouteFollowing(NpgsqlDataSource database, LiveRouting routing, DeliveryRerouting rerouting)
{
    /// <summary>Who did it, as the timeline shows it.</summary>
    public const string Actor = "postern";

    /// <summary>The version in force.</summary>
    public long Version => routing.Current.Version;

    /// <summary>Why waiting mail is held by a version of routing; what begins so is released by a version that has a way.</summary>
    public static string HoldReason(long version) => string.Create(CultureInfo.InvariantCulture, $"No way since routing version {version}.");

    /// <summary>What the table in force says about a delivery that was routed before.</summary>
    internal static RouteFate FateOf(RoutingTable table, long connectorId, string destination, string recipient, string source)
    {
        // A canary proves the connector it was given to.
        if (source == CanaryMail.Source || !Domain.Addresses.MailAddress.TryParse(recipient, out var address, out _))
        {
            return RouteFate.Stays;
        }

        return table.Resolve(address, source) switch
        {
            RouteDecision.Routed routed => routed.Connector.Id == connectorId && routed.Destination == destination && routed.Target.ToString() == recipient ? RouteFate.Stays : RouteFate.Moves,
            // Somebody who left the directory, or is not known there, keeps the way their mail had; only a route that is gone stops it.
            RouteDecision.Unroutable { Status: "5.4.4" or "5.4.6" } => RouteFate.Stops,
            _ => RouteFate.Stays,
        };
    }

    /// <summary>Does a claimed delivery go another way now, or none?</summary>
    internal bool Leaves(long connectorId, Transfer transfer, string source) =>
        FateOf(routing.Current, connectorId, transfer.Destination, transfer.Deliveries[0].Recipient.ToString(), source) != RouteFate.Stays;

    /// <summary>Gives leased deliveries back and sends them their new way, in one transaction.</summary>
    internal async Task MoveAsync(long[] ids, long workerId, CancellationToken cancellationToken)
    {
        if (ids.Length == 0)
        {
            return;
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var giveBack = new NpgsqlCommand(DeliveryClaims.GiveBackSql, connection) { Parameters = { new() { Value = ids }, new() { Value = workerId } } };
        await giveBack.ExecuteNonQueryAsync(cancellationToken);
        var reason = string.Create(CultureInfo.InvariantCulture, $"Routing version {Version}.");
        var (_, _, nowhere) = await rerouting.MoveAsync(
            connection, ids, [DeliveryState.Queued], new DeliveryAct(DeliveryVerb.Reroute) { AsRouted = true }, Actor, reason, cancellationToken);
        await rerouting.HoldAsync(connection, [.. nowhere], Actor, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}

/// <summary>What a version of routing does with a delivery that was routed before.</summary>
internal enum RouteFate
{
    Stays, Moves, Stops,
}
