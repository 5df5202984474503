using System.Collections.Concurrent;
using Postern.Domain.Queue;
using Postern.Infrastructure.Connectors;

namespace Postern.Infrastructure.Tests.Support;

/// <summary>A connector whose answers a test decides; it keeps what it was given.</summary>
public sealed class ScriptedConnector(Func<Transfer, AttemptOutcome> answer) : IConnector
{
    public static readonly AttemptOutcome Taken = new AttemptOutcome.Delivered("2.0.0", "250 2.0.0 Ok", "Taken.", "peer");

    public ConnectorLimits Limits { get; init; } = new(1, 4);

    /// <summary>Every transfer it was given, in order of arrival.</summary>
    public ConcurrentQueue<Transfer> Seen { get; } = new();

    /// <summary>When set, calls wait for it before they answer.</summary>
    public TaskCompletionSource? Gate { get; set; }

    public static ScriptedConnector ThatTakes() => new(_ => Taken);

    public async Task<IReadOnlyList<DeliveryResult>> DeliverAsync(IReadOnlyList<Transfer> transfers, CancellationToken cancellationToken)
    {
        foreach (var transfer in transfers)
        {
            Seen.Enqueue(transfer);
        }

        if (Gate is { } gate)
        {
            await gate.Task.WaitAsync(cancellationToken);
        }

        return [.. transfers.SelectMany(transfer => transfer.Deliveries.Select(delivery => new DeliveryResult(delivery.Id, answer(transfer))))];
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
