using Npgsql;
using Postern.Infrastructure.Connectors;

namespace Postern.Infrastructure.Queue;

public sealed partial class DeliveryDispatcher
{
    /// <summary>From now on these connectors deliver nothing; what they have begun they finish, the rest waits in the queue.</summary>
    public async Task PauseAsync(IReadOnlyCollection<long> connectorIds)
    {
        var waiting = new List<Transfer>();
        lock (gate)
        {
            if (paused.SetEquals(connectorIds))
            {
                return;
            }

            paused = [.. connectorIds];
            foreach (var (key, lane) in lanes)
            {
                if (paused.Contains(key.Item1))
                {
                    waiting.AddRange(lane.TakeBack());
                }
            }
        }

        await GiveBackAsync(waiting);
        Wake();
    }

    /// <summary>From now on these connectors let go only what was accepted up to the instant beside them; what is in hand is given back and claimed again.</summary>
    public async Task DrainAsync(IReadOnlyDictionary<long, DateTimeOffset> until)
    {
        var waiting = new List<Transfer>();
        lock (gate)
        {
            var begun = until.Where(drain => !draining.TryGetValue(drain.Key, out var known) || known != drain.Value).Select(drain => drain.Key).ToHashSet();
            if (begun.Count == 0 && draining.Count == until.Count)
            {
                return;
            }

            draining = until.ToDictionary();
            foreach (var (key, lane) in lanes)
            {
                if (begun.Contains(key.Item1))
                {
                    waiting.AddRange(lane.TakeBack());
                }
            }
        }

        await GiveBackAsync(waiting);
        Wake();
    }

    // Not to be cancelled: a claim whose answer nobody waits for would leave its leases to run out.
    private async Task<IReadOnlyList<(long ConnectorId, Transfer Transfer)>> ClaimAsync(List<(long ConnectorId, string Destination, int Room)> wanted)
    {
        Dictionary<long, DateTimeOffset> drains;
        lock (gate)
        {
            drains = draining;
        }

        var claimed = new List<(long, Transfer)>();
        foreach (var group in wanted.GroupBy(lane => drains.TryGetValue(lane.ConnectorId, out var until) ? until : (DateTimeOffset?)null))
        {
            claimed.AddRange(await claims.ClaimAsync([.. group], null, CancellationToken.None, group.Key));
        }

        return claimed;
    }

    private static IEnumerable<(long ConnectorId, string Destination)> TransfersOf(AssignedMessage message) =>
        message.Deliveries
            .DistinctBy(delivery => delivery.TransferId)
            .Select(delivery => (delivery.Recipient.Route.Connector.Id, delivery.Recipient.Route.Destination));

    private static Transfer FreshTransfer(
        AssignedMessage message, DateTimeOffset acceptedAt, IReadOnlyList<AssignedDelivery> deliveries, string destination) => new()
        {
            Id = deliveries[0].TransferId,
            MessageId = message.Id,
            AcceptedAt = acceptedAt,
            Destination = destination,
            Sender = message.Message.Sender,
            Deliveries = [.. deliveries.Select(delivery => new TransferDelivery(
                delivery.Id,
                delivery.Recipient.Route.Target,
                delivery.Recipient.OriginalRecipient,
                delivery.Recipient.Class,
                delivery.Recipient.Notify,
                0))],
            Size = message.Message.Content.Length,
            Is8Bit = message.Message.Is8Bit,
            IsUtf8 = message.Message.IsUtf8,
            ReturnsHeaders = message.Message.ReturnsHeaders,
            EnvelopeId = message.Message.EnvelopeId,
            IsReport = message.Message.IsReport,
            Content = message.Message.Content,
        };

    // The lane of a destination of a running connector; made when it is first met.
    private Lane? LaneOf(long connectorId, string destination)
    {
        if (!running.TryGetValue(connectorId, out var runtime))
        {
            return null;
        }

        if (!lanes.TryGetValue((connectorId, destination), out var lane))
        {
            lanes[(connectorId, destination)] = lane = new Lane(runtime, destination);
        }

        return lane;
    }

    private Dictionary<(long, string), long> Epochs()
    {
        lock (gate)
        {
            return lanes.ToDictionary(pair => pair.Key, pair => pair.Value.StoredEpoch);
        }
    }

    // How much to claim for each destination that has something due; lanes with nothing due are free for fresh mail.
    private List<(long ConnectorId, string Destination, int Room)> Wanted(
        IReadOnlyList<(long ConnectorId, string Destination)> ready, Dictionary<(long, string), long> epochs)
    {
        var wanted = new List<(long, string, int)>();
        var hasDue = ready.ToHashSet();
        lock (gate)
        {
            foreach (var (connectorId, destination) in ready)
            {
                if (LaneOf(connectorId, destination) is { Room: > 0 } lane && lane.DownUntil <= clock.GetUtcNow())
                {
                    wanted.Add((connectorId, destination, lane.Room));
                }
            }

            foreach (var (key, lane) in lanes.Where(pair => !hasDue.Contains(pair.Key) && !paused.Contains(pair.Key.Item1)))
            {
                lane.NoteDrained(epochs.GetValueOrDefault(key, -1));
                StartCalls(lane); // a pause may have run out
            }
        }

        return wanted;
    }

    private async Task PlaceAsync(IReadOnlyList<(long ConnectorId, Transfer Transfer)> claimed)
    {
        var orphans = new List<Transfer>();
        lock (gate)
        {
            foreach (var (connectorId, transfer) in claimed)
            {
                // a drain may have begun while this was claimed
                var isLate = draining.TryGetValue(connectorId, out var until) && transfer.AcceptedAt > until;
                if (!isStopping && !isLate && !paused.Contains(connectorId) && LaneOf(connectorId, transfer.Destination) is { } lane)
                {
                    lane.AddClaimed(transfer);
                    Keep(transfer);
                    StartCalls(lane);
                }
                else
                {
                    orphans.Add(transfer);
                }
            }
        }

        await GiveBackAsync(orphans);
    }

    private void Keep(Transfer transfer)
    {
        inHand[transfer.Id] = (transfer, clock.GetUtcNow());
        if (transfer.Content is not null)
        {
            Interlocked.Add(ref cachedBytes, transfer.Size);
        }
    }

    private void Drop(Transfer transfer)
    {
        if (inHand.Remove(transfer.Id) && transfer.Content is not null)
        {
            Interlocked.Add(ref cachedBytes, -transfer.Size);
        }
    }

    // For callers that cannot wait; a stop does.
    private void GiveBackAside(IReadOnlyList<Transfer> transfers)
    {
        if (transfers.Count > 0)
        {
            lock (gate)
            {
                Track(Task.Run(() => GiveBackAsync(transfers)));
            }
        }
    }

    private async Task GiveBackAsync(IReadOnlyList<Transfer> transfers)
    {
        if (transfers.Count == 0)
        {
            return;
        }

        lock (gate)
        {
            foreach (var transfer in transfers)
            {
                Drop(transfer);
            }
        }

        try
        {
            await claims.GiveBackAsync([.. transfers.SelectMany(transfer => transfer.Deliveries).Select(delivery => delivery.Id)], CancellationToken.None);
        }
        catch (NpgsqlException e)
        {
            Log.GiveBackFailed(logger, e.Message);
        }
    }

    private async Task ExtendLongOnesAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        long[] ids;
        lock (gate)
        {
            var old = inHand.Values.Where(held => now - held.Since > ExtendAfter).Select(held => held.Transfer).ToArray();
            foreach (var transfer in old)
            {
                inHand[transfer.Id] = (transfer, now);
            }

            ids = [.. old.SelectMany(transfer => transfer.Deliveries).Select(delivery => delivery.Id)];
        }

        if (ids.Length > 0)
        {
            await claims.ExtendAsync(ids, cancellationToken);
        }
    }

    private async Task WaitAsync(Task[] open)
    {
        try
        {
            await Task.WhenAll(open).WaitAsync(StopLimit, clock);
        }
        catch (TimeoutException)
        {
            // the next process on this data folder returns the leases
        }
    }
}
