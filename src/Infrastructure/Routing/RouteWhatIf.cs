using Npgsql;
using Postern.Domain.Addresses;
using Postern.Domain.Routing;
using Postern.Infrastructure.Watch.Canaries;

namespace Postern.Infrastructure.Routing;

/// <summary>What another routing would do to mail.</summary>
public enum WhatIfKind
{
    /// <summary>It takes another path.</summary>
    OtherPath,

    /// <summary>It has a way and would have none.</summary>
    Stops,

    /// <summary>It has no way and would have one.</summary>
    Begins,
}

/// <summary>Mail that would fare otherwise, all of one way.</summary>
/// <param name="Before">Connector and destination, or why there is no way.</param>
/// <param name="After">The same with the other routing.</param>
/// <param name="Past">Deliveries of the past days.</param>
/// <param name="Queued">Deliveries that wait now.</param>
/// <param name="Addresses">Different addresses among them.</param>
public sealed record WhatIfWay(WhatIfKind Kind, string Before, string After, long Past, long Queued, long Addresses);

/// <summary>One address whose mail would fare otherwise.</summary>
/// <param name="Source">What the mail came by.</param>
public sealed record WhatIfAddress(WhatIfKind Kind, string Address, string Source, string Before, string After, long Past, long Queued);

/// <summary>How far a what-if is.</summary>
public sealed record WhatIfProgress(long Deliveries, long Changed);

/// <summary>What another routing would have done to the mail of the past days, and would do to what waits.</summary>
/// <param name="Past">Deliveries of the past days that were looked up.</param>
/// <param name="Queued">Waiting ones.</param>
/// <param name="Ways">What changes, by way, the largest first.</param>
/// <param name="Addresses">What changes, by address, the largest first; at most <see cref="RouteWhatIf.MostAddresses"/>.</param>
/// <param name="IsWhole">These are all addresses.</param>
public sealed record WhatIfResult(TimeSpan Back, long Past, long Queued, IReadOnlyList<WhatIfWay> Ways, IReadOnlyList<WhatIfAddress> Addresses, bool IsWhole)
{
    public long Count(WhatIfKind kind) => Ways.Where(way => way.Kind == kind).Sum(way => way.Past + way.Queued);
}

/// <summary>Runs another routing against real traffic: history by address, and everything that waits. Nothing is changed.</summary>
public sealed class RouteWhatIf(NpgsqlDataSource database)
{
    public const int MostAddresses = 1_000;

    private const int TellEach = 5_000;

    private const string PastSql =
        """
        -- to whom mail went in the past days, and what it came by
          select h.recipient, coalesce(m.source, ''), count(*)
            from delivery_history h left join message m on m.id = h.message_id and m.accepted_at = h.accepted_at
           where h.accepted_at >= now() - $1 and h.state <> 'expanded' and h.connector_id >= 0
        group by 1, 2
        """;

    private const string QueuedSql =
        """
        -- what waits, but for what an operator sends by a connector of his choice
          select d.recipient, coalesce(m.source, ''), count(*)
            from delivery d left join message m on m.id = d.message_id and m.accepted_at = d.accepted_at
           where d.route_version >= 0 and d.connector_id >= 0
        group by 1, 2
        """;

    /// <summary>Compares two tables over the traffic of the past days.</summary>
    /// <param name="back">How far to look back.</param>
    /// <param name="progress">Told now and then while it runs.</param>
    public async Task<WhatIfResult> RunAsync(RoutingTable active, RoutingTable other, TimeSpan back, Action<WhatIfProgress>? progress, CancellationToken cancellationToken)
    {
        var count = new Counting(active, other, progress);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await ReadAsync(new NpgsqlCommand(QueuedSql, connection), (address, source, mails) => count.Add(address, source, 0, mails), cancellationToken);
        await ReadAsync(
            new NpgsqlCommand(PastSql, connection) { Parameters = { new() { Value = back } } }, (address, source, mails) => count.Add(address, source, mails, 0), cancellationToken);
        return count.Result(back);
    }

    // Row by row on a thread that may wait: a million rows are not a million awaits.
    private static async Task ReadAsync(NpgsqlCommand command, Action<string, string, long> add, CancellationToken cancellationToken)
    {
        await using (command)
        {
            command.CommandTimeout = 0;
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            await Task.Run(
                () =>
                {
                    while (row.Read())
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                        add(row.GetString(0), row.GetString(1), row.GetInt64(2));
                    }
                },
                cancellationToken);
        }
    }

    private sealed class Counting(RoutingTable active, RoutingTable other, Action<WhatIfProgress>? progress)
    {
        private readonly Dictionary<(WhatIfKind, string, string), (long Past, long Queued, long Addresses)> ways = [];
        private readonly Dictionary<(string, string), WhatIfAddress> waiting = [];
        private readonly PriorityQueue<WhatIfAddress, long> largest = new();
        private (long Past, long Queued, long Changed, int Rows, bool IsCut) so;

        public void Add(string text, string source, long past, long queued)
        {
            so = so with { Past = so.Past + past, Queued = so.Queued + queued, Rows = so.Rows + 1 };
            if (so.Rows % TellEach == 0)
            {
                progress?.Invoke(new WhatIfProgress(so.Past + so.Queued, so.Changed));
            }

            if (source == CanaryMail.Source || !MailAddress.TryParse(text, out var address, out _) || Change(active.Resolve(address, source), other.Resolve(address, source)) is not var (kind, before, after))
            {
                return;
            }

            so = so with { Changed = so.Changed + past + queued };
            var isKnown = waiting.Remove((text, source), out var known);
            var way = ways.GetValueOrDefault((kind, before, after));
            ways[(kind, before, after)] = (way.Past + past, way.Queued + queued, way.Addresses + (isKnown ? 0 : 1));
            var line = new WhatIfAddress(kind, text, source, before, after, past + (known?.Past ?? 0), queued + (known?.Queued ?? 0));
            // What waits comes first and is joined by its past.
            if (queued > 0)
            {
                waiting[(text, source)] = line;
            }
            else
            {
                Keep(line);
            }
        }

        public WhatIfResult Result(TimeSpan back)
        {
            foreach (var line in waiting.Values)
            {
                Keep(line);
            }

            var lines = new List<WhatIfAddress>(largest.Count);
            while (largest.TryDequeue(out var line, out _))
            {
                lines.Add(line);
            }

            lines.Reverse();
            return new WhatIfResult(
                back, so.Past, so.Queued,
                [.. ways.Select(way => new WhatIfWay(way.Key.Item1, way.Key.Item2, way.Key.Item3, way.Value.Past, way.Value.Queued, way.Value.Addresses)).OrderByDescending(way => way.Past + way.Queued)],
                lines, !so.IsCut);
        }

        private void Keep(WhatIfAddress line)
        {
            largest.Enqueue(line, line.Past + line.Queued);
            if (largest.Count > MostAddresses)
            {
                largest.Dequeue();
                so = so with { IsCut = true };
            }
        }

        private static (WhatIfKind Kind, string Before, string After)? Change(RouteDecision before, RouteDecision after) => (before, after) switch
        {
            (RouteDecision.Routed old, RouteDecision.Routed now) => old.Connector.Id == now.Connector.Id && old.Destination == now.Destination ? null : (WhatIfKind.OtherPath, Told(old), Told(now)),
            (RouteDecision.Routed old, RouteDecision.Unroutable no) => (WhatIfKind.Stops, Told(old), Told(no)),
            (RouteDecision.Unroutable no, RouteDecision.Routed now) => (WhatIfKind.Begins, Told(no), Told(now)),
            _ => null,
        };

        private static string Told(RouteDecision.Routed routed) => $"{routed.Connector.Name} to {routed.Destination}";

        // Each unknown recipient has a reason of its own; a way that is missing has one for all.
        private static string Told(RouteDecision.Unroutable no) => no.Status == "5.1.1" ? "unknown recipient" : no.Reason;
    }
}
