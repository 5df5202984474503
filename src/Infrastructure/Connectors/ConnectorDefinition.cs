using Postern.Domain.Queue;

namespace Postern.Infrastructure.Connectors;

/// <summary>A connector as it is configured.</summary>
/// <param name="Settings">JSON of the settings record of its kind.</param>
/// <param name="IsStarted">Does the operator want it to run?</param>
/// <param name="SecretsSetAt">When a secret that the settings name was last set; a connector that runs with an older one starts anew.</param>
public sealed record ConnectorDefinition(
    long Id, string Name, string Kind, string Settings, bool IsStarted, DateTimeOffset? SecretsSetAt = null);

/// <summary>A connector made from its definition, ready to run.</summary>
/// <param name="Recover">
/// Settles what the process before this one left half done: for each delivery of an interrupted run, whether it was taken.
/// Called once, before any delivery is handed to it; null for kinds that have nothing to settle.
/// </param>
public sealed record BuiltConnector(
    IConnector Connector,
    IPickup? Pickup,
    RetrySchedule Schedule,
    Func<CancellationToken, Task<IReadOnlyList<DeliveryResult>>>? Recover = null);
