namespace Postern.Domain.Queue;

/// <summary>One delivery as its row has it, waiting or past: what lists show and explanations are made from.</summary>
/// <param name="Connector">Name of the connector; empty for what never had one.</param>
public sealed record DeliverySnapshot(
    long Id, long MessageId, DeliveryState State, string Connector, string Destination, string Recipient, string Sender, string Subject)
{
    /// <summary>As the sender wrote it, where the directory changed it.</summary>
    public string OriginalRecipient { get; init; } = "";

    /// <summary>Bytes of the message's content.</summary>
    public long Size { get; init; }

    public bool IsReport { get; init; }

    public Notify Notify { get; init; }

    public int Attempts { get; init; }

    /// <summary>Attempts that ended with the process; above 0 it runs alone.</summary>
    public int Crashes { get; init; }

    /// <summary>An earlier attempt may have been taken without our learning of it.</summary>
    public bool MayRepeat { get; init; }

    public DateTimeOffset AcceptedAt { get; init; }

    public DateTimeOffset? FirstAttemptAt { get; init; }

    public DateTimeOffset? LastAttemptAt { get; init; }

    /// <summary>The next attempt; null once it is final.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>When Postern gives up; null once it is final.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>RFC 3463, of the last attempt.</summary>
    public string Status { get; init; } = "";

    /// <summary>The peer's own words at the last attempt.</summary>
    public string Reply { get; init; } = "";

    /// <summary>Our sentence on the last attempt, or on who stopped it.</summary>
    public string Reason { get; init; } = "";

    public string Remote { get; init; } = "";

    /// <summary><c>sent</c>, or why no report was: <c>not asked</c>, <c>no sender</c>, <c>operator</c>. Empty where none was due.</summary>
    public string Report { get; init; } = "";

    /// <summary>Message id of the report.</summary>
    public long? ReportId { get; init; }

    public bool IsFinal => DeliveryTransitions.IsFinal(State);
}

/// <summary>How the connector of a delivery is doing, as far as it explains why the delivery waits.</summary>
/// <param name="IsWanted">The operator wants it to run.</param>
/// <param name="State">What its process last said: running, stopped, starting, waiting, failed; empty when none has it.</param>
/// <param name="Detail">The process's sentence on that.</param>
public sealed record ConnectorSituation(bool IsWanted, string State, string Detail)
{
    /// <summary>An operator has paused its deliveries; null when nobody has.</summary>
    public ConnectorPause? DeliveryPause { get; init; }

    /// <summary>An operator drains it: what was accepted after that waits; null when nobody does.</summary>
    public ConnectorPause? Drain { get; init; }

    /// <summary>It runs and nothing is known against it.</summary>
    public static readonly ConnectorSituation Running = new(true, "running", "");

    /// <summary>It has been taken out of the configuration.</summary>
    public static readonly ConnectorSituation Deleted = new(false, "deleted", "");
}

/// <summary>Who has paused a connector, why, and until when.</summary>
/// <param name="Until">It goes on by itself then; null: when somebody resumes it.</param>
public sealed record ConnectorPause(string By, string Reason, DateTimeOffset Since, DateTimeOffset? Until);
