using Postern.Domain.Queue;

namespace Postern.Infrastructure.Queue;

/// <summary>All that waits, in figures: one pass over the queue answers what every page asks first.</summary>
/// <param name="Cells">By connector, state and age; only what is not empty.</param>
/// <param name="Tried">Deliveries with at least one attempt.</param>
/// <param name="Reports">Deliveries of reports.</param>
/// <param name="Newest">The highest id; 0 when nothing waits.</param>
public sealed record QueueSummary(IReadOnlyList<QueueCell> Cells, long Tried, long Reports, long Newest)
{
    /// <summary>Everything that waits.</summary>
    public long All => Cells.Sum(cell => cell.Count);

    /// <summary>What waits in a state.</summary>
    public long In(DeliveryState state) => Cells.Where(cell => cell.State == state).Sum(cell => cell.Count);

    /// <summary>What stands in this age band or an older one.</summary>
    public long From(int band) => Cells.Where(cell => cell.Band >= band).Sum(cell => cell.Count);
}

/// <summary>What waits at one connector in one state and age.</summary>
/// <param name="Band">Index of the age band: 0 is younger than the first bound.</param>
public sealed record QueueCell(string Connector, DeliveryState State, int Band, long Count);
