using Postern.Domain.Addresses;
using Postern.Domain.Queue;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Connectors;

/// <summary>Takes mail out by one kind of link.</summary>
/// <remarks>
/// The worker calls <see cref="DeliverAsync"/> with transfers of one destination. Every delivery of every transfer must be in
/// the answer exactly once; what is missing counts as <see cref="AttemptOutcome.NotTried"/>. Exceptions are surprises: the
/// worker turns one into a deferral of the whole call. A cancelled token means stop: finish what the peer has begun to take.
/// </remarks>
public interface IConnector : IAsyncDisposable
{
    /// <summary>How many transfers one call may carry, and how many calls may run at once per destination.</summary>
    ConnectorLimits Limits { get; }

    Task<IReadOnlyList<DeliveryResult>> DeliverAsync(IReadOnlyList<Transfer> transfers, CancellationToken cancellationToken);
}

/// <summary>Brings mail in by polling.</summary>
public interface IPickup
{
    /// <summary>Wait between two rounds that did not find a full batch.</summary>
    TimeSpan PollInterval { get; }

    /// <summary>The folder that what is fetched comes to lie in; empty for none.</summary>
    string Folder => "";

    /// <summary>One round. Environment faults (folder away, program missing) come out as exceptions and are shown on the connector.</summary>
    Task<PickupRound> PickUpAsync(CancellationToken cancellationToken);
}

/// <summary>What a round brought. <paramref name="IsFull"/>: more is waiting, the next round follows at once (Q168211).</summary>
public sealed record PickupRound(int Messages, bool IsFull);

/// <param name="TransfersPerCall">IMPORT takes 5 files a run, an SMTP transaction one message.</param>
/// <param name="CallsPerDestination">1 for a post office, which only one program may open.</param>
public sealed record ConnectorLimits(int TransfersPerCall, int CallsPerDestination);

/// <summary>The deliveries of one message that go together: one SMTP transaction, or one file.</summary>
public sealed record Transfer
{
    public required long Id { get; init; }

    public required long MessageId { get; init; }

    public required DateTimeOffset AcceptedAt { get; init; }

    public required string Destination { get; init; }

    /// <summary>Null is the null sender.</summary>
    public required MailAddress? Sender { get; init; }

    public required IReadOnlyList<TransferDelivery> Deliveries { get; init; }

    /// <summary>Bytes of content.</summary>
    public required long Size { get; init; }

    public bool Is8Bit { get; init; }

    public bool IsUtf8 { get; init; }

    public bool ReturnsHeaders { get; init; }

    public string EnvelopeId { get; init; } = "";

    public bool IsReport { get; init; }

    /// <summary>An earlier attempt may have been taken without our learning of it; this one may be a repeat.</summary>
    public bool MayRepeat { get; init; }

    /// <summary>An earlier attempt ended with the process: nothing else runs beside it.</summary>
    public bool RunsAlone { get; init; }

    /// <summary>The changed copy that goes out in place of what was accepted; null where nobody changed anything.</summary>
    public ContentVersion? Version { get; init; }

    /// <summary>Bytes of the message as it was accepted; 0 where that is <see cref="Size"/>.</summary>
    public long OriginalSize { get; init; }

    /// <summary>The content, when the intake handed it over with the lease; else null, and <see cref="ContentStore"/> has it.</summary>
    public MessageContent? Content { get; init; }
}

/// <summary>A changed copy of a message.</summary>
/// <param name="Id">What its bytes are stored under.</param>
public sealed record ContentVersion(long Id, DateTimeOffset MadeAt);

public sealed record TransferDelivery(
    long Id, MailAddress Recipient, string OriginalRecipient, RecipientClass Class, Notify Notify, int Attempts);

/// <summary>How the attempt at one delivery ended, and what the conversion lost or changed on the way (promise P7).</summary>
/// <param name="Notes">Losses as JSON, kept on the delivery's timeline; null when nothing was lost.</param>
/// <param name="MayRepeat">The next attempt, if any, may repeat one that was taken.</param>
public sealed record DeliveryResult(long DeliveryId, AttemptOutcome Outcome, string? Notes = null, bool MayRepeat = false)
{
    /// <summary>Everything that has no result yet waits, for a reason that is nobody's fault and concerns the whole destination.</summary>
    internal static void AllWait(IReadOnlyList<Transfer> transfers, List<DeliveryResult> results, string reason)
    {
        var known = results.Select(result => result.DeliveryId).ToHashSet();
        results.AddRange(transfers
            .SelectMany(transfer => transfer.Deliveries)
            .Where(delivery => !known.Contains(delivery.Id))
            .Select(delivery => new DeliveryResult(delivery.Id, new AttemptOutcome.Deferred("4.3.1", "", reason, "", DestinationDown: true))));
    }
}
