using Postern.Infrastructure.Connectors;

namespace Postern.Infrastructure.Queue;

/// <summary>What this process has in hand for one destination: transfers that wait, calls that run, and whether it is worth trying.</summary>
/// <remarks>Not for concurrent use: the dispatcher holds its gate around every member.</remarks>
internal sealed class Lane(ConnectorRuntime runtime, string destination)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly LinkedList<Transfer> ready = new();
    private int reserved;
    private int failures;
    private long storedEpoch;

    public ConnectorRuntime Runtime { get; } = runtime;

    public string Destination { get; } = destination;

    /// <summary>Calls that run now.</summary>
    public int Running { get; private set; }

    /// <summary>Until then nothing is tried, because the last try failed for the destination and not for the message.</summary>
    public DateTimeOffset DownUntil { get; private set; }

    /// <summary>Are there deliveries in the database that must go before anything that comes in now?</summary>
    public bool HasStored { get; private set; } = true;

    public int Ready => ready.Count;

    /// <summary>How many transfers may be in hand beyond the running calls.</summary>
    public int Capacity => Math.Max(64, Runtime.Connector.Limits.CallsPerDestination * 50);

    public int Room => Math.Max(0, Capacity - ready.Count - reserved);

    public long StoredEpoch => storedEpoch;

    public bool TryReserve(DateTimeOffset now)
    {
        // A post office gets its mail in order of acceptance. Where many calls run side by side order means nothing, and
        // fresh mail shares the lane with what is stored.
        var keepsOrder = Runtime.Connector.Limits.CallsPerDestination == 1;
        if (DownUntil > now || Room == 0 || (HasStored && (keepsOrder || Room <= Capacity / 4)))
        {
            return false;
        }

        reserved++;
        return true;
    }

    public void Release() => reserved--;

    public void Hand(Transfer transfer)
    {
        reserved--;
        ready.AddLast(transfer);
    }

    public void AddClaimed(Transfer transfer) => ready.AddLast(transfer);

    /// <summary>Deliveries for this destination were, or are about to be, stored for claim.</summary>
    public void NoteStored()
    {
        HasStored = true;
        storedEpoch++;
    }

    /// <summary>A claim that began at <paramref name="epoch"/> found nothing more.</summary>
    public void NoteDrained(long epoch)
    {
        if (epoch == storedEpoch)
        {
            HasStored = false;
        }
    }

    /// <summary>The transfers of the next call, or none when it has to wait.</summary>
    public IReadOnlyList<Transfer> TakeNext(DateTimeOffset now)
    {
        // After a failure one call probes; the others follow when it has succeeded.
        var calls = failures > 0 ? 1 : Runtime.Connector.Limits.CallsPerDestination;
        if (ready.Count == 0 || Running >= calls || DownUntil > now)
        {
            return [];
        }

        var taken = new List<Transfer>();
        while (ready.First is { } first && taken.Count < Runtime.Connector.Limits.TransfersPerCall)
        {
            if (first.Value.RunsAlone && taken.Count > 0)
            {
                break;
            }

            taken.Add(first.Value);
            ready.RemoveFirst();
            if (first.Value.RunsAlone)
            {
                break;
            }
        }

        Running++;
        return taken;
    }

    /// <summary>A call ended; <paramref name="downFor"/> is set when the destination itself did not answer.</summary>
    public void Finish(DateTimeOffset now, bool isDown, TimeSpan? downFor)
    {
        Running--;
        if (!isDown)
        {
            failures = 0;
            DownUntil = default;
            return;
        }

        if (DownUntil > now)
        {
            return; // a call that ran beside this one has said so already
        }

        failures++;
        var pause = downFor ?? TimeSpan.FromSeconds(
            Math.Min(FirstPause.TotalSeconds * Math.Pow(2, Math.Min(failures - 1, 10)), LongestPause.TotalSeconds));
        DownUntil = now + pause;
        HasStored = true;
    }

    /// <summary>An operator asked to try now.</summary>
    public void ForgetFailures()
    {
        failures = 0;
        DownUntil = default;
        NoteStored();
    }

    /// <summary>Takes out everything that has not begun, to be given back to the queue.</summary>
    public IReadOnlyList<Transfer> TakeBack()
    {
        var waiting = ready.ToArray();
        ready.Clear();
        if (waiting.Length > 0)
        {
            NoteStored();
        }

        return waiting;
    }
}
