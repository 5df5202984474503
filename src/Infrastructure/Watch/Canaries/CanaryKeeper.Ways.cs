using Npgsql;
using Postern.Domain.Addresses;
using Postern.Domain.Routing;
using Postern.Infrastructure.Routing;

namespace Postern.Infrastructure.Watch.Canaries;

public sealed partial class CanaryKeeper
{
    // Of one connector in one interval: ten thousand post offices are not to be asked all at once.
    private const int MostWays = 10;

    private const string TriedSql =
        """
        -- when each way behind a connector was last tried, and whether that was within the interval
        select distinct on (post_office, shadow) post_office, shadow, sent_at, sent_at > now() - $2
          from canary where connector_id = $1 and post_office <> '' order by post_office, shadow, sent_at desc
        """;

    private (RouteState State, string Connectors, ILookup<string, UnprovenWay> Ways)? unproven;

    // What post offices must know is seen by what comes back from them. A way that nothing has shown may be missing, so a canary that is lost there accuses nobody.
    private async Task<int> TryWaysAsync(NpgsqlConnection connection, IReadOnlyList<CanaryRow> wanted, HashSet<long> wished, CancellationToken cancellationToken)
    {
        List<CanaryRow> behind = [.. wanted.Where(canary => canary.Kind != "smtp")];
        if (behind.Count == 0)
        {
            return 0;
        }

        var ways = await WaysAsync([.. behind.Select(canary => canary.Connector)], cancellationToken);
        var sent = 0;
        foreach (var canary in behind.Where(canary => ways.Contains(canary.Connector)))
        {
            var isWished = wished.Contains(canary.ConnectorId);
            var (tried, isRecent) = await TriedAsync(connection, canary, cancellationToken);
            var budget = MostWays - (isWished ? 0 : isRecent.Count);
            var due = ways[canary.Connector].Where(way => !IsItsOwn(canary, way) && (isWished || !isRecent.Contains((way.PostOffice.Key, way.Shadow))));
            foreach (var way in due.OrderBy(way => tried.GetValueOrDefault((way.PostOffice.Key, way.Shadow))))
            {
                if (budget <= 0)
                {
                    break;
                }

                var (isSent, _) = await SendAsync(connection, canary, way, isWished, cancellationToken);
                (sent, budget) = isSent ? (sent + 1, budget - 1) : (sent, budget);
            }
        }

        return sent;
    }

    // The canary of the connector goes that way anyhow.
    private bool IsItsOwn(CanaryRow canary, UnprovenWay way) =>
        MailAddress.TryParse(canary.Settings.Recipient, out var recipient, out _) && recipient.HomeKey == way.PostOffice.Key
        && routing.Current.Connectors.FirstOrDefault(connector => connector.Id == canary.ConnectorId) is { } connector
        && routing.Current.GateOf(connector) is { SmtpDomains.Count: > 0 } gate && gate.Name == way.Site.Name;

    // Worked out when routing or knowledge has moved: with ten thousand post offices it takes a second.
    private async Task<ILookup<string, UnprovenWay>> WaysAsync(HashSet<string> connectors, CancellationToken cancellationToken)
    {
        var state = await models.CurrentAsync(cancellationToken);
        var names = string.Join('\n', connectors.Order(StringComparer.Ordinal));
        if (unproven is not { } known || known.State != state || known.Connectors != names)
        {
            known = (state, names, await Task.Run(() => UnprovenWay.Of(state.Model, connectors).ToLookup(way => way.Connector, StringComparer.Ordinal), cancellationToken));
            unproven = known;
        }

        return known.Ways;
    }

    private static async Task<(Dictionary<(string PostOffice, string Shadow), DateTime> Tried, HashSet<(string PostOffice, string Shadow)> Recent)> TriedAsync(
        NpgsqlConnection connection, CanaryRow canary, CancellationToken cancellationToken)
    {
        var (tried, recent) = (new Dictionary<(string, string), DateTime>(), new HashSet<(string, string)>());
        await using var command = Command(connection, TriedSql, [canary.ConnectorId, canary.Settings.Interval]);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            var way = (row.GetString(0), row.GetString(1));
            tried[way] = row.GetDateTime(2);
            if (row.GetBoolean(3))
            {
                recent.Add(way);
            }
        }

        return (tried, recent);
    }
}
