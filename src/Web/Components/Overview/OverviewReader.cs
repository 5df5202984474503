using System.Collections.Concurrent;
using Postern.Domain.Queue;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Watch.Canaries;
using Postern.Web.Components.Shared;
using Postern.Web.Live;

namespace Postern.Web.Components.Overview;

/// <summary>All of the overview at one moment.</summary>
public sealed record OverviewSeen(
    IReadOnlyList<ShapeRow> Shape,
    IReadOnlyList<ConnectorRow> Connectors,
    IReadOnlyList<QueueCause> Causes,
    long AllCauses,
    IReadOnlyList<DeliverySnapshot> Oldest,
    IReadOnlyList<EventRow> Events)
{
    /// <summary>What came and went in the last hour, for the small lines beside the connectors.</summary>
    public IReadOnlyList<ThroughputLine> LastHour { get; init; } = [];

    /// <summary>How the canaries are doing.</summary>
    public IReadOnlyList<CanaryRow> Canaries { get; init; } = [];

    /// <summary>What came and went in the time that was asked for.</summary>
    public required ThroughputChart Throughput { get; init; }
}

/// <summary>Reads the overview; its figures are read once for all windows.</summary>
public sealed class OverviewReader(QueueView queue, QueueFigures figures, ConnectorView connectors, EventView events, Throughput throughput, CanaryView canaries)
{
    private const int MostOldest = 4;
    private const int MostEvents = 5;

    // What is set aside has its own row and page; the oldest of what waits must not hide behind it.
    private static readonly QueueFilter NotSetAside = new() { States = [DeliveryState.Queued, DeliveryState.Leased, DeliveryState.Held] };

    private readonly ConcurrentDictionary<(int MostCauses, ThroughputScale Scale), SharedReading<OverviewSeen>> shared = new();

    /// <summary>Everything; the same object while nobody has read it again.</summary>
    /// <param name="mostCauses">Causes that are wanted at most.</param>
    /// <param name="scale">How far back the throughput is wanted.</param>
    /// <param name="anew">Of this moment; else what other windows have read of late does.</param>
    public async Task<Reading<OverviewSeen>> ReadAsync(int mostCauses, ThroughputScale scale, bool anew, CancellationToken cancellationToken)
    {
        var summary = await figures.SummaryAsync(anew, cancellationToken);
        var causes = await figures.CausesAsync(anew, cancellationToken);
        var seen = await shared.GetOrAdd((mostCauses, scale), _ => figures.Share(cancellation => ReadAsync(mostCauses, scale, cancellation)))
            .GetAsync(anew, cancellationToken);
        return seen with { IsBehind = seen.IsBehind || summary.IsBehind || causes.IsBehind };
    }

    private async Task<OverviewSeen> ReadAsync(int mostCauses, ThroughputScale scale, CancellationToken cancellationToken)
    {
        var known = await connectors.ListAsync(cancellationToken);
        var summary = await figures.SummaryAsync(anew: false, cancellationToken);
        var causes = await figures.CausesAsync(anew: false, cancellationToken);
        var oldest = await queue.PageAsync(NotSetAside, QueueOrder.Default, cancellationToken, MostOldest);
        var hour = await throughput.ReadAsync(ThroughputScale.Hour, cancellationToken);
        var chart = scale == ThroughputScale.Hour ? hour : await throughput.ReadAsync(scale, cancellationToken);
        var (lately, _) = await events.PageAsync(new EventFilter(), cancellationToken, MostEvents);
        return new OverviewSeen(
            Rows(known, summary.Value.Cells), known, [.. causes.Value.Causes.Take(mostCauses)], causes.Value.All, oldest.Rows, lately)
        {
            LastHour = hour.Lines,
            Throughput = chart,
            Canaries = await canaries.ListAsync(cancellationToken),
        };
    }

    internal static IReadOnlyList<ShapeRow> Rows(IReadOnlyList<ConnectorRow> connectors, IReadOnlyList<QueueCell> cells)
    {
        var rows = connectors
            .Select(connector => new ShapeRow(
                connector.Name, Leads(connector), $"state=queued,leased,held&connector={Uri.EscapeDataString(connector.Name)}",
                Counts(cells.Where(cell => cell.State != DeliveryState.Quarantined && cell.Connector == connector.Name))))
            .ToList();
        foreach (var gone in cells.Where(cell => cell.State != DeliveryState.Quarantined && connectors.All(connector => connector.Name != cell.Connector)).GroupBy(cell => cell.Connector))
        {
            rows.Add(new ShapeRow(gone.Key, "no longer configured", $"state=queued,leased,held&connector={Uri.EscapeDataString(gone.Key)}", Counts(gone)));
        }

        if (rows.Count > 0 || cells.Count > 0)
        {
            rows.Add(new ShapeRow("quarantine", "any connector", "state=quarantined", Counts(cells.Where(cell => cell.State == DeliveryState.Quarantined))));
        }

        return rows;
    }

    private static string Leads(ConnectorRow connector) => connector.PostOffices switch
    {
        [] => connector.Kind == "smtp" ? "smart hosts" : connector.Kind,
        [var only] => only,
        [var first, var second] => $"{first}, {second}",
        [var first, ..] => $"{first} and {connector.PostOffices.Count - 1} more",
    };

    private static long[] Counts(IEnumerable<QueueCell> cells)
    {
        var counts = new long[AgeBand.All.Count];
        foreach (var cell in cells)
        {
            counts[Math.Clamp(cell.Band, 0, counts.Length - 1)] += cell.Count;
        }

        return counts;
    }
}
