using System.Globalization;
using Postern.Domain.Queue;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Quarantine;
using Postern.Infrastructure.Queue;
using Postern.Web.Components.Shared;

namespace Postern.Web.Components.Messages;

/// <summary>The content of a message as far as a page can show it.</summary>
/// <param name="Reading">Null when it could not be read.</param>
/// <param name="Missing">Why there is nothing to show; empty when there is.</param>
/// <param name="IsDamaged">What is stored is not what was accepted.</param>
public sealed record MessageContentSeen(MessageReading? Reading, string Missing, bool IsDamaged)
{
    /// <summary>What the message says of its author.</summary>
    public string From => Reading?.Fields.FirstOrDefault(line => line.Name.Equals("From", StringComparison.OrdinalIgnoreCase))?.Value ?? "";
}

/// <summary>Reads what the page of a message shows.</summary>
public sealed class MessageReader(
    MessageView messages, MessageViewContent contents, ConnectorView connectors, MessageTrace trace, MessageVersions versions, IServiceProvider services)
{
    // A console without connectors beside it has no folders to look into.
    private readonly KeptFiles? kept = services.GetService<KeptFiles>();

    /// <summary>What the message belongs to and went by.</summary>
    public async Task<TraceSeen> TraceAsync(MessageDetails details, CancellationToken cancellationToken)
    {
        var found = await trace.FollowAsync(details.Message, details.Deliveries, cancellationToken);
        var runs = new List<RunSeen>();
        foreach (var run in found.Runs)
        {
            runs.Add(new RunSeen(run, kept is null ? "Its files lie with another process." : await kept.WhyNotAsync(run.Connector, run.RunId, run.FileName, cancellationToken)));
        }

        return new TraceSeen(found, runs, await versions.ListAsync(details.Message, cancellationToken));
    }

    /// <summary>The message of that number, or that the delivery of that number belongs to.</summary>
    public Task<MessageDetails?> FindAsync(long id, CancellationToken cancellationToken) => messages.FindAsync(id, cancellationToken);

    /// <summary>How the connector of a delivery is doing.</summary>
    public Task<ConnectorSituation> SituationAsync(string connector, CancellationToken cancellationToken) =>
        connectors.SituationAsync(connector, cancellationToken);

    /// <summary>Names of the connectors.</summary>
    public async Task<IReadOnlyList<string>> ConnectorsAsync(CancellationToken cancellationToken) =>
        [.. (await connectors.ListAsync(cancellationToken)).Select(connector => connector.Name)];

    /// <summary>What is in it.</summary>
    public async Task<MessageContentSeen> ContentAsync(MessageRow message, CancellationToken cancellationToken)
    {
        try
        {
            var reading = await contents.ReadAsync(message, cancellationToken);
            return reading is null
                ? new MessageContentSeen(null, Gone(await contents.RemovedAsync(message, cancellationToken)), false)
                : new MessageContentSeen(reading, "", false);
        }
        catch (ContentDamagedException e)
        {
            return new MessageContentSeen(null, $"{char.ToUpperInvariant(e.Message[0])}{e.Message[1..]}.", true);
        }
    }

    internal static string Gone((DateTimeOffset At, int Days)? removed) => removed is var (at, days)
        ? $"The content was removed on {at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}, {Quantity.Of(days, "day", "days")} after the last delivery had ended. Envelope and history stay."
        : "The content is kept no longer. Envelope and history stay.";
}
