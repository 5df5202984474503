using Microsoft.Extensions.Logging;
using Postern.Domain.Routing;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Smtp.Listening;

/// <summary>What all sessions of one running listener share.</summary>
internal sealed record ListenerContext(
    string Name,
    string HostName,
    ListenerSettings Settings,
    RelayNetworkSet RelayNetworks,
    ListenerCertificate? Certificate,
    Func<RoutingTable> Routes,
    AcceptMessage Accept,
    string SpoolFolder,
    TimeProvider Clock,
    ILogger Logger,
    FullStorage? FullStorage = null,
    StorageRoom? Room = null)
{
    /// <summary>A message was put off because it cannot be stored.</summary>
    public Task NoteFullAsync(string reason) => FullStorage?.NoteAsync(Name, reason) ?? Task.CompletedTask;
}
