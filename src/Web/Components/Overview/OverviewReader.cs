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

/// <summary>Reads the overview, once for all windows that look at the same moment.</summary>
public sealed class OverviewReader
{
    /// <summary>Causes that are shown at first.</summary>
    public const int FewCauses = 4;

    private const int AllCauses = 100;
    private const int MostOldest = 4;
    private const int MostEvents = 5;

    // Half of the shortest time between two updates of a page.
    private static readonly TimeSpan Shared = TimeSpan.FromMilliseconds(125);

    // The last band has no upper bound.
    private static readonly TimeSpan[] Bounds = [.. AgeBand.All.Skip(1).Select(band => band.From)];

    // What is set aside has its own row and page; the oldest of what waits must not hide behind it.
    private static readonly QueueFilter NotSetAside = new() { States = [DeliveryState.Queued, DeliveryState.Leased, DeliveryState.Held] };

    private readonly QueueView queue;
    private readonly ConnectorView connectors;
    private readonly EventView events;
    private readonly Throughput throughput;
    private readonly CanaryView canaries;
    private readonly SharedReading<OverviewSeen> few;
    private readonly SharedReading<OverviewSeen> all;

    /// <summary>A reader for all windows of the process.</summary>
    public OverviewReader(QueueView queue, ConnectorView connectors, EventView events, Throughput throughput, CanaryView canaries, TimeProvider clock)
    {
        (this.queue, this.connectors, this.events, this.throughput, this.canaries) = (queue, connectors, events, throughput, canaries);
        few = new SharedReading<OverviewSeen>(Shared, clock, token => ReadAsync(FewCauses, token));
        all = new SharedReading<OverviewSeen>(Shared, clock, token => ReadAsync(AllCauses, token));
    }

    /// <summary>Reads everything.</summary>
    /// <param name="hasAllCauses">All causes are wanted, not only the largest.</param>
    public async Task<OverviewSeen> ReadAsync(bool hasAllCauses, ThroughputScale scale, CancellationToken cancellationToken)
    {
        var seen = await (hasAllCauses ? all : few).GetAsync(cancellationToken);
        return scale == ThroughputScale.Hour ? seen : seen with { Throughput = await throughput.ReadAsync(scale, cancellationToken) };
    }

    private async Task<OverviewSeen> ReadAsync(int mostCauses, CancellationToken cancellationToken)
    {
        var known = await connectors.ListAsync(cancellationToken);
        var shape = await queue.ShapeAsync(Bounds, cancellationToken);
        var (causes, allCauses) = await queue.CausesAsync(mostCauses, cancellationToken);
        var oldest = await queue.PageAsync(NotSetAside, QueueOrder.Default, cancellationToken, MostOldest);
        var hour = await throughput.ReadAsync(ThroughputScale.Hour, cancellationToken);
        var (lately, _) = await events.PageAsync(new EventFilter(), cancellationToken, MostEvents);
        return new OverviewSeen(Rows(known, shape), known, causes, allCauses, oldest.Rows, lately) 
        {
            LastHour = hour.Lines,
            Throughput = hour,
            Canaries = await canaries.ListAsync(cancellationToken),
        };
    }

    internal static IReadOnlyList<ShapeRow> Rows(IReadOnlyList<ConnectorRow> connectors, IReadOnlyList<QueueCell> cells)
    {
        var rows = connectors
            .Select(connector => new ShapeRow(
                connector.Name, Leads(connector), $"state=queued,leased,held&connector={Uri.EscapeDataString(connector.Name)}",
                Counts(cells.Where(cell => !cell.IsQuarantined && cell.Connector == connector.Name))))
            .ToList();
        foreach (var gone in cells.Where(cell => !cell.IsQuarantined && connectors.All(connector => connector.Name != cell.Connector)).GroupBy(cell => cell.Connector))
        {
            rows.Add(new ShapeRow(gone.Key, "no longer configured", $"state=queued,leased,held&connector={Uri.EscapeDataString(gone.Key)}", Counts(gone)));
        }

        if (rows.Count > 0 || cells.Count > 0)
        {
            rows.Add(new ShapeRow("quarantine", "any connector", "state=quarantined", Counts(cells.Where(cell => cell.IsQuarantined))));
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
