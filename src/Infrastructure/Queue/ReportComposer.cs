namespace Postern.Infrastructure.Queue;

/// <summary>A report ready for the queue.</summary>
/// <param name="IsUndeliverable">No route leads to the one it is for: it is kept in quarantine.</param>
public sealed record ComposedReport(IncomingMessage Message, long RouteVersion, bool IsUndeliverable);

public sealed class ReportComposer
{
    public Task<ComposedReport> ComposeAsync(IReadOnlyList<ReportItem> items, CancellationToken cancellationToken) => throw new InvalidOperationException();
    public Task<ComposedReport> ComposeAsync(AssignedMessage message, CancellationToken cancellationToken) => throw new InvalidOperationException();
}
