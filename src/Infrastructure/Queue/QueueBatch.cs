using Postern.Domain.Queue;

namespace Postern.Infrastructure.Queue;

/// <summary>Messages with their ids and deliveries assigned, ready to be inserted in one transaction.</summary>
/// <remarks>The intake fills one from what sessions have ready; the recorder and the operators' actions fill one with reports.</remarks>
public sealed partial class QueueBatch
{
    private readonly List<AssignedMessage> messages = [];

    /// <summary>Identifies the transaction in the ledger; looked up when the answer to the commit was lost.</summary>
    public Guid Id { get; } = Guid.CreateVersion7();

    public IReadOnlyList<AssignedMessage> Messages => messages;

    /// <summary>Takes a message in; its ids begin with <paramref name="firstId"/> and take <see cref="IdsFor"/>.</summary>
    public AssignedMessage Add(IncomingMessage message, long firstId, DateTimeOffset? acceptedAt, TimeSpan expiry, long routeVersion)
    {
        var assigned = new AssignedMessage(message, firstId, acceptedAt, expiry, routeVersion);
        messages.Add(assigned);
        return assigned;
    }

    public static int IdsFor(IncomingMessage message) => 1 + message.Recipients.Count + message.Failed.Count;
}

/// <summary>A message with the ids of its rows.</summary>
public sealed class AssignedMessage
{
    public AssignedMessage(IncomingMessage message, long id, DateTimeOffset? acceptedAt, TimeSpan expiry, long routeVersion)
    {
        Message = message;
        Id = id;
        StoredAt = acceptedAt;
        Expiry = expiry;
        RouteVersion = routeVersion;
        LastId = id + message.Recipients.Count + message.Failed.Count;
        Deliveries = AssignTransfers(message, id);
    }

    public IncomingMessage Message { get; }

    public long Id { get; }

    public long LastId { get; }

    /// <summary>Set when the content was stored beforehand, in chunks under this instant; null: content and instant come with the batch.</summary>
    public DateTimeOffset? StoredAt { get; }

    public TimeSpan Expiry { get; }

    public long RouteVersion { get; }

    public IReadOnlyList<AssignedDelivery> Deliveries { get; }

    /// <summary>Ids of the failed recipients follow those of the deliveries.</summary>
    public long FirstFailedId => Id + 1 + Message.Recipients.Count;

    /// <summary>Set when a worker of this process will get the deliveries straight after the commit.</summary>
    public bool IsBornLeased { get; set; }

    /// <summary>Set for a report that no route takes: it is kept for an operator instead of being lost.</summary>
    public bool IsBornQuarantined { get; set; }

    // A recipient who is not named in the header goes alone where the address lines are the envelope (cc:Mail, MS Mail):
    // nobody may see him in the file of another.
    private static List<AssignedDelivery> AssignTransfers(IncomingMessage message, long messageId)
    {
        var deliveries = new List<AssignedDelivery>(message.Recipients.Count);
        var transfers = new Dictionary<(long, string), long>();
        for (var i = 0; i < message.Recipients.Count; i++)
        {
            var recipient = message.Recipients[i];
            var id = messageId + 1 + i;
            var isHidden = recipient.Class is RecipientClass.Bcc or RecipientClass.NotNamed
                && recipient.Route.Connector.Kind != "smtp";
            var key = (recipient.Route.Connector.Id, recipient.Route.Destination);
            var transferId = isHidden ? id : transfers.GetValueOrDefault(key, id);
            if (!isHidden)
            {
                transfers.TryAdd(key, id);
            }

            deliveries.Add(new AssignedDelivery(id, transferId, recipient));
        }

        return deliveries;
    }
}

/// <summary>A delivery with its id and the transfer it travels in.</summary>
public sealed record AssignedDelivery(long Id, long TransferId, IncomingRecipient Recipient);

/// <summary>Text of <see cref="DeliveryState"/> in SQL.</summary>
public static class DeliveryStateText
{
    private static readonly string[] Words = [.. Enum.GetNames<DeliveryState>().Select(name => name.ToLowerInvariant())];

    public static string ToSql(this DeliveryState state) => Words[(int)state];

    public static DeliveryState Parse(string text)
    {
        var index = Array.IndexOf(Words, text);
        return index >= 0 ? (DeliveryState)index : throw new FormatException($"{text} is not a state of a delivery.");
    }
}
