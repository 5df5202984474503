using Postern.Domain.Queue;
using Postern.Infrastructure.Connectors;

namespace Postern.Infrastructure.Queue;

/// <summary>A connector as the dispatcher runs it.</summary>
/// <param name="Schedule">When its deferred deliveries are tried again.</param>
public sealed record ConnectorRuntime(long Id, string Name, string Kind, IConnector Connector, IPickup? Pickup, RetrySchedule Schedule);
