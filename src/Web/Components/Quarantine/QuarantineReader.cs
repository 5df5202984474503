using Postern.Domain.Queue;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Quarantine;
using Postern.Infrastructure.Queue;

namespace Postern.Web.Components.Quarantine;

/// <summary>What the quarantine page shows at one moment.</summary>
/// <param name="Group">The chosen cause; null when nothing is set aside.</param>
/// <param name="Ids">All its deliveries that are acted on together.</param>
/// <param name="Rows">Those that are listed.</param>
/// <param name="Passed">So many the same connector has delivered since the first of them.</param>
public sealed record QuarantineSeen(
    IReadOnlyList<QuarantineGroup> Groups, QuarantineGroup? Group, IReadOnlyList<long> Ids, IReadOnlyList<DeliverySnapshot> Rows, long Passed, QuarantineOpen? Open)
{
    /// <summary>Everything that is set aside.</summary>
    public long Count => Groups.Sum(group => group.Count);
}

/// <summary>The delivery that is looked into.</summary>
/// <param name="Reading">Null when its content cannot be read.</param>
/// <param name="Unreadable">Why not.</param>
public sealed record QuarantineOpen(DeliverySnapshot Delivery, ConnectorSituation Connector, RawReading? Reading, string Unreadable);

/// <summary>Reads what the quarantine page shows.</summary>
public sealed class QuarantineReader(QuarantineView view, QuarantineReplay replay, QueueView queue, ConnectorView connectors)
{
    private const int Listed = 100;

    /// <summary>The causes, the chosen one, and the delivery of it that is open; the first of each where none is named.</summary>
    public async Task<QuarantineSeen> ReadAsync(string cause, long? open, QuarantineOpen? before, CancellationToken cancellationToken)
    {
        var groups = await view.GroupsAsync(cancellationToken);
        var group = groups.FirstOrDefault(found => found.Key == cause) ?? (groups.Count > 0 ? groups[0] : null);
        if (group is null)
        {
            return new QuarantineSeen(groups, null, [], [], 0, null);
        }

        var ids = await view.IdsAsync(group, QuarantineView.MostOfGroup, cancellationToken);
        var rows = (await queue.RowsAsync([.. ids.Take(Listed)], cancellationToken)).OrderByDescending(row => row.Id).ToList();
        var chosen = rows.FirstOrDefault(row => row.Id == open) ?? (rows.Count > 0 ? rows[0] : null);
        return new QuarantineSeen(
            groups, group, ids, rows, await view.PassedAsync(group, cancellationToken), chosen is null ? null : await OpenAsync(chosen, before, cancellationToken));
    }

    /// <summary>What replaying these would come to.</summary>
    public Task<IReadOnlyList<ReplayTrial>> TryAsync(ReplayFix fix, IReadOnlyList<long> ids, CancellationToken cancellationToken) =>
        replay.TryAsync(fix, ids, cancellationToken);

    // Content never changes while a delivery lies here; it is read once.
    private async Task<QuarantineOpen> OpenAsync(DeliverySnapshot delivery, QuarantineOpen? before, CancellationToken cancellationToken)
    {
        var situation = await connectors.SituationAsync(delivery.Connector, cancellationToken);
        if (before?.Delivery.Id == delivery.Id && before.Delivery.Size == delivery.Size)
        {
            return before with { Delivery = delivery, Connector = situation };
        }

        try
        {
            return new QuarantineOpen(delivery, situation, await view.ReadAsync(delivery.Id, cancellationToken), "");
        }
        catch (ContentDamagedException e)
        {
            return new QuarantineOpen(delivery, situation, null, $"{char.ToUpperInvariant(e.Message[0])}{e.Message[1..]}.");
        }
    }
}
