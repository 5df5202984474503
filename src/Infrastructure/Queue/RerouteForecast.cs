using Npgsql;
using Postern.Domain.Queue;
using Postern.Domain.Routing;

namespace Postern.Infrastructure.Queue;

/// <summary>Where deliveries would go if they were rerouted now, by the code that would do it.</summary>
/// <param name="Looked">So many deliveries were looked up.</param>
/// <param name="IsWhole">These were all.</param>
/// <param name="Already">Go that way already.</param>
/// <param name="Nowhere">Why some would stay, with how many.</param>
public sealed record RerouteForecast(
    long Looked, bool IsWhole, IReadOnlyList<RerouteWay> Ways, long Already, IReadOnlyList<(string Reason, long Count)> Nowhere);

/// <summary>One way that some of them would take.</summary>
public sealed record RerouteWay(string Connector, string Destination, long Count);

/// <summary>Looks up where deliveries would go, without moving any.</summary>
public sealed class RerouteForecaster(NpgsqlDataSource database, DeliveryRerouting rerouting)
{
    private const int Most = 1_000;
    private const int MostReasons = 5;

    /// <summary>Looks at the named deliveries, or at everything that waits and matches; at the first thousand of them.</summary>
    public async Task<RerouteForecast> LookAsync(IReadOnlyList<long>? ids, QueueFilter filter, string connector, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand();
        var states = QueueView.Add(command.Parameters, DeliveryTransitions.From(DeliveryEvent.Reroute).Select(state => state.ToSql()).ToArray());
        var where = ids is not null ? $"d.id = any({QueueView.Add(command.Parameters, ids.ToArray())})"
            : filter.Live.Count == 0 ? "false" : QueueView.Where(filter, filter.Live, true, command.Parameters);
        command.CommandText =
            $"""
            -- the first of what would be rerouted
              select d.connector_id, d.destination, d.recipient, d.original_recipient, m.source
                from delivery d join message m on m.id = d.message_id and m.accepted_at = d.accepted_at
               where d.state = any({states}::delivery_state[]) and {where}
            order by d.id limit {Most + 1}
            """;
        var ways = new Dictionary<(string, string), long>();
        var nowhere = new Dictionary<string, long>(StringComparer.Ordinal);
        long looked = 0;
        long already = 0;
        var isWhole = true;
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            if (looked == Most)
            {
                isWhole = false;
                break;
            }

            looked++;
            switch (rerouting.Resolve(row.GetString(3), row.GetString(2), connector, row.GetString(4)))
            {
                case RouteDecision.Routed routed when routed.Connector.Id == row.GetInt64(0) && routed.Destination == row.GetString(1) && routed.Target.ToString() == row.GetString(2):
                    already++;
                    break;
                case RouteDecision.Routed routed:
                    ways[(routed.Connector.Name, routed.Destination)] = ways.GetValueOrDefault((routed.Connector.Name, routed.Destination)) + 1;
                    break;
                case RouteDecision.Unroutable unroutable:
                    nowhere[unroutable.Reason] = nowhere.GetValueOrDefault(unroutable.Reason) + 1;
                    break;
            }
        }

        return new RerouteForecast(
            looked, isWhole, [.. ways.OrderByDescending(way => way.Value).Select(way => new RerouteWay(way.Key.Item1, way.Key.Item2, way.Value))], already,
            [.. nowhere.OrderByDescending(reason => reason.Value).Take(MostReasons).Select(reason => (reason.Key, reason.Value))]);
    }
}
