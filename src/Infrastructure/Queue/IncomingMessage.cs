using Postern.Domain.Addresses;
using Postern.Domain.Queue;
using Postern.Domain.Routing;

namespace Postern.Infrastructure.Queue;

/// <summary>Where the message names a recipient; decides which copies go together in a file.</summary>
public enum RecipientClass
{
    NotNamed = 0, To = 1, Cc = 2, Bcc = 3,
}

/// <summary>One recipient that Postern takes responsibility for.</summary>
/// <param name="Route">Where it goes; a recipient without a route was refused or is in <see cref="IncomingMessage.Failed"/>.</param>
/// <param name="OriginalRecipient">The address before the directory changed it, with RFC 3461 type where ORCPT gave one.</param>
/// <param name="Class">Where the header names it. Ignored for connectors that carry an envelope of their own.</param>
public sealed record IncomingRecipient(
    RouteDecision.Routed Route, string OriginalRecipient, Notify Notify = Notify.Unspecified, RecipientClass Class = RecipientClass.NotNamed);

/// <summary>A recipient of a pickup that cannot be delivered: it is accepted and bounced in one transaction, with a report.</summary>
public sealed record FailedRecipient(MailAddress Address, string Status, string Reason);

/// <summary>Which message of which file this is; unique in the database, so that a file read twice is accepted once.</summary>
public sealed record PickupIdentity(string FileId, int Ordinal);

/// <summary>A message on its way into the queue: content, envelope, and what the intake needs to know of its header.</summary>
public sealed record IncomingMessage
{
    /// <summary>Name of the listener or connector; <c>postern</c> for its own reports.</summary>
    public required string Source { get; init; }

    /// <summary>Client host and address, or the file it was read from.</summary>
    public string Peer { get; init; } = "";

    /// <summary>Null is the null sender, which is never answered.</summary>
    public required MailAddress? Sender { get; init; }

    public required IReadOnlyList<IncomingRecipient> Recipients { get; init; }

    public IReadOnlyList<FailedRecipient> Failed { get; init; } = [];

    /// <summary>Owned by whoever made the message; the intake copies or stores it before it answers.</summary>
    public required MessageContent Content { get; init; }

    public string HeaderId { get; init; } = "";

    public string Subject { get; init; } = "";

    /// <summary>Message-ID of what it answers or reports on; empty when it answers nothing.</summary>
    public string Answers { get; init; } = "";

    /// <summary>Names of its attachments.</summary>
    public IReadOnlyList<string> Attachments { get; init; } = [];

    public bool Is8Bit { get; init; }

    public bool IsUtf8 { get; init; }

    public bool ReturnsHeaders { get; init; }

    public string EnvelopeId { get; init; } = "";

    public int Hops { get; init; }

    public bool IsReport { get; init; }

    public long? ReportOf { get; init; }

    public PickupIdentity? Identity { get; init; }

    /// <summary>What was lost or doubtful when it was read, as JSON; null when nothing was.</summary>
    public string? Notes { get; init; }
}

/// <summary>The intake's answer. Nothing is acknowledged to a peer before <see cref="Accepted"/>.</summary>
public abstract record IntakeResult
{
    /// <summary>Committed; <paramref name="MessageId"/> is Postern's id of the message.</summary>
    public sealed record Accepted(long MessageId) : IntakeResult;

    /// <summary>This file and ordinal were accepted before; nothing was stored now.</summary>
    public sealed record AlreadyAccepted(long MessageId) : IntakeResult;

    /// <summary>Not stored, try again: the database is away, the disk is full, or the outcome of the commit is not known.</summary>
    public sealed record TryLater(string Reason) : IntakeResult
    {
        /// <summary>The disk of the database is full.</summary>
        public bool IsDiskFull { get; init; }
    }

    /// <summary>Not storable, and never will be.</summary>
    public sealed record Unacceptable(string Reason) : IntakeResult;
}

/// <summary>Hands a message to the intake and returns its answer after the commit.</summary>
public delegate Task<IntakeResult> AcceptMessage(IncomingMessage message, CancellationToken cancellationToken);
