namespace Postern.Domain.Mime;

/// <summary>What became of a delivery (RFC 3464, 2.3.3).</summary>
public enum ReportAction
{
    Failed,
    Delayed,
    Delivered,
    Relayed,
    Expanded,
}

/// <summary>A value with its type, such as <c>rfc822; jane@site1.example</c> or <c>smtp; 550 5.1.1 unknown</c>.</summary>
public sealed record TypedText(string Type, string Text)
{
    public static TypedText Rfc822(string address) => new("rfc822", address);

    public static TypedText Smtp(string reply) => new("smtp", reply);

    public static TypedText Dns(string host) => new("dns", host);
}

/// <summary>The part of a report that speaks of one recipient (RFC 3464, 2.3).</summary>
public sealed record RecipientReport
{
    public required TypedText FinalRecipient { get; init; }

    /// <summary>The recipient as the sender wrote it, with its type (ORCPT of RFC 3461).</summary>
    public TypedText? OriginalRecipient { get; init; }

    public required ReportAction Action { get; init; }

    /// <summary>Enhanced status code, such as <c>5.1.1</c> (RFC 3463).</summary>
    public required string Status { get; init; }

    public TypedText? DiagnosticCode { get; init; }

    public TypedText? RemoteMta { get; init; }

    public DateTimeOffset? LastAttempt { get; init; }

    public DateTimeOffset? WillRetryUntil { get; init; }
}

/// <summary>A delivery status notification as data (RFC 3464): what is sent to a sender whose mail failed, waits or was relayed,
/// and what is read when a peer sends one.</summary>
public sealed record DeliveryReport
{
    public required TypedText ReportingMta { get; init; }

    /// <summary>ENVID of the original message (RFC 3461), not in xtext.</summary>
    public string? OriginalEnvelopeId { get; init; }

    public DateTimeOffset? ArrivalDate { get; init; }

    public required IReadOnlyList<RecipientReport> Recipients { get; init; }
}
