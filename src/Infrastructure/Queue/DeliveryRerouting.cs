using Npgsql;
using Postern.Domain.Addresses;
using Postern.Domain.Queue;
using Postern.Domain.Routing;
using Postern.Infrastructure.Routing;

namespace Postern.Infrastructure.Queue;

/// <summary>Sends waiting deliveries another way: by the routing table as it is now, or by a connector that an operator names.</summary>
/// <remarks>A transfer goes to one destination as a whole, so those that leave it become transfers of their own, and those that stay too.</remarks>
public sealed partial class DeliveryRerouting(LiveRouting routing)
{
    /// <summary>Where one delivery would go now.</summary>
    /// <param name="original">The recipient as the sender wrote it (RFC 3461 ORCPT), or the address before the directory changed it.</param>
    /// <param name="recipient">The address at the next system, as it was routed.</param>
    /// <param name="connector">Empty asks the routing table.</param>
    /// <param name="source">What the message came by; the table never sends it back there.</param>
    public RouteDecision Resolve(string original, string recipient, string connector, string source)
    {
        var table = routing.Current;
        RouteDecision? first = null;
        foreach (var text in (ReadOnlySpan<string>)[Bare(original), recipient])
        {
            if (text.Length > 0 && MailAddress.TryParse(text, out var address, out _))
            {
                var decision = connector.Length > 0 ? table.ResolveBy(connector, address) : table.Resolve(address, source);
                if (decision is RouteDecision.Routed)
                {
                    return decision;
                }

                first ??= decision;
            }
        }

        return first ?? new RouteDecision.Unroutable("5.1.3", $"{recipient} is no address.", []);
    }

    /// <summary>Moves those of the deliveries that are in one of the states and that a way leads from; the rest stays, each with why.</summary>
    /// <param name="connection">With the transaction of the act open and the rows locked.</param>
    internal async Task<(IReadOnlyList<long> Moved, Dictionary<long, string> Stays, IReadOnlyList<long> Nowhere)> MoveAsync(
        NpgsqlConnection connection, IReadOnlyList<long> ids, IReadOnlyList<DeliveryState> states, DeliveryAct act, string actor, string reason,
        CancellationToken cancellationToken)
    {
        var ways = new List<(Waiting Delivery, RouteDecision.Routed Route)>();
        var stays = new Dictionary<long, string>();
        var nowhere = new List<long>();
        foreach (var delivery in await ReadAsync(connection, ids, states, cancellationToken))
        {
            switch (Resolve(act.AsRouted ? "" : delivery.Original, delivery.Recipient, act.Connector, delivery.Source))
            {
                case RouteDecision.Routed routed when routed.Connector.Id == delivery.ConnectorId && routed.Destination == delivery.Destination
                    && routed.Target.ToString() == delivery.Recipient:
                    stays[delivery.Id] = $"It goes by {routed.Connector.Name} to {routed.Destination} already.";
                    break;
                case RouteDecision.Routed routed:
                    ways.Add((delivery, routed));
                    break;
                case RouteDecision.Unroutable unroutable:
                    stays[delivery.Id] = unroutable.Reason;
                    nowhere.Add(delivery.Id);
                    break;
            }
        }

        if (ways.Count == 0)
        {
            return ([], stays, nowhere);
        }

        var leaders = ways.GroupBy(way => (way.Delivery.MessageId, way.Route.Connector.Id, way.Route.Destination))
            .SelectMany(group => group.Select(way => (way.Delivery.Id, Leader: group.Min(member => member.Delivery.Id)))).ToDictionary();
        await using var command = new NpgsqlCommand(MoveSql, connection);
        command.Parameters.Add(new() { Value = ways.Select(way => way.Delivery.Id).ToArray() });
        command.Parameters.Add(new() { Value = ways.Select(way => way.Route.Connector.Id).ToArray() });
        command.Parameters.Add(new() { Value = ways.Select(way => way.Route.Destination).ToArray() });
        command.Parameters.Add(new() { Value = ways.Select(way => way.Route.Target.ToString()).ToArray() });
        command.Parameters.Add(new() { Value = ways.Select(way => leaders[way.Delivery.Id]).ToArray() });
        command.Parameters.Add(new() { Value = ways.Select(way => Storable.Text($"Now by {way.Route.Connector.Name} to {way.Route.Destination}.{(reason.Length > 0 ? $" {reason}" : "")}")).ToArray() });
        // Where an operator named the connector, later versions leave it alone.
        command.Parameters.Add(new() { Value = act.Connector.Length > 0 ? -routing.Current.Version : routing.Current.Version });
        command.Parameters.Add(new() { Value = actor });
        await command.ExecuteNonQueryAsync(cancellationToken);
        await SplitAsync(connection, [.. ways.Select(way => way.Delivery.Id)], cancellationToken);
        return ([.. ways.Select(way => way.Delivery.Id)], stays, nowhere);
    }

    /// <summary>Holds those of the queued deliveries that the table in force has no way for.</summary>
    internal async Task HoldAsync(NpgsqlConnection connection, long[] ids, string actor, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(HoldSql, connection);
        command.Parameters.Add(new() { Value = ids });
        command.Parameters.Add(new() { Value = $"Held by {actor}: {RouteFollowing.HoldReason(routing.Current.Version)}" });
        command.Parameters.Add(new() { Value = actor });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Gives what stays behind a transfer of its own, where the delivery that its transfer is named after has left it.</summary>
    internal static async Task SplitAsync(NpgsqlConnection connection, long[] moved, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(SplitSql, connection);
        command.Parameters.Add(new() { Value = moved });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<List<Waiting>> ReadAsync(
        NpgsqlConnection connection, IReadOnlyList<long> ids, IReadOnlyList<DeliveryState> states, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(ReadSql, connection);
        command.Parameters.Add(new() { Value = ids.ToArray() });
        command.Parameters.Add(new() { Value = states.Select(state => state.ToSql()).ToArray() });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<Waiting>();
        while (await row.ReadAsync(cancellationToken))
        {
            found.Add(new Waiting(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetString(3), row.GetString(4), row.GetString(5), row.GetString(6)));
        }

        return found;
    }

    // RFC 3461 writes the type in front: rfc822;jane@site1.example. What is of another type is nothing we can read.
    private static string Bare(string original) => original.IndexOf(';', StringComparison.Ordinal) switch
    {
        < 0 => original,
        var semicolon when original.StartsWith("rfc822;", StringComparison.OrdinalIgnoreCase) => original[(semicolon + 1)..],
        _ => "",
    };

    private sealed record Waiting(long Id, long MessageId, long ConnectorId, string Destination, string Recipient, string Original, string Source);
}
