using Npgsql;
using Postern.Domain.Queue;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Queue;

namespace Postern.Web.Api;

/// <summary>Reads one delivery with what explains it, for programs and for the command line.</summary>
public sealed class DeliveryReader(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Null when there is no such delivery.</summary>
    public async Task<DeliveryDetails?> FindAsync(long id, CancellationToken cancellationToken)
    {
        if (await new QueueView(database).RowsAsync([id], cancellationToken) is not [var delivery])
        {
            return null;
        }

        var steps = await new DeliveryTimeline(database).ReadAsync(id, cancellationToken);
        var connector = await new ConnectorView(database).SituationAsync(delivery.Connector, cancellationToken);
        return new DeliveryDetails(delivery, DeliveryExplanation.Of(delivery, connector, clock.GetUtcNow()), steps);
    }
}
