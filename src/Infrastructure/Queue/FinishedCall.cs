using Postern.Infrastructure.Connectors;

namespace Postern.Infrastructure.Queue;

/// <summary>A call to a connector that has ended and waits to be recorded.</summary>
public sealed class FinishedCall(ConnectorRuntime runtime, IReadOnlyList<Transfer> transfers, long startedAt)
{
    public ConnectorRuntime Runtime { get; } = runtime;

    public IReadOnlyList<Transfer> Transfers { get; } = transfers;

    /// <summary>Timestamp of the clock, for measuring.</summary>
    public long StartedAt { get; } = startedAt;

    public TimeSpan Elapsed { get; set; }

    /// <summary>One per delivery; a delivery without one was not tried.</summary>
    public IReadOnlyList<DeliveryResult> Results { get; set; } = [];

    public IEnumerable<long> DeliveryIds => Transfers.SelectMany(transfer => transfer.Deliveries).Select(delivery => delivery.Id);

    internal TaskCompletionSource Recorded { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
