namespace Postern.Domain.Directory.Dirsync;

/// <summary>All that a foreign requestor remembers of its dealings with one synchronisation server: five numbers and three wishes.</summary>
/// <remarks>The numbers never go back by themselves, and nothing is given up before it is confirmed (Q119014, Q241117).</remarks>
public sealed record RequestorState
{
    /// <summary>The number that the last of our records got; the next one gets the next.</summary>
    public long LastNumber { get; init; }

    /// <summary>ReqSync: the last of our records that the server has confirmed. Those after it are sent again.</summary>
    public long Confirmed { get; init; }

    /// <summary>The last of our records that a mail has carried.</summary>
    public long Sent { get; init; }

    /// <summary>SrvSync: the last of the server's records that was applied here.</summary>
    public long ServerSequence { get; init; }

    /// <summary>ImpSync: the full lists that were taken here, as the server counts them.</summary>
    public long ImportSequence { get; init; }

    /// <summary>Send everything with the next mail, as the original's box "Export on next cycle".</summary>
    public bool WantsExport { get; init; }

    /// <summary>Ask for everything with the next mail. The wish stays until the full list is here, whatever else comes before it (Q142841).</summary>
    public bool WantsImport { get; init; }

    /// <summary>When the server was last asked; null when everything was answered.</summary>
    public DateTimeOffset? AskedAt { get; init; }

    /// <summary>When the server last answered.</summary>
    public DateTimeOffset? AnsweredAt { get; init; }

    /// <summary>What last went wrong; empty when nothing did.</summary>
    public RequestorTrouble Trouble { get; init; }

    /// <summary>How many records the trouble concerns, where that is known.</summary>
    public long TroubleCount { get; init; }

    /// <summary>Our records that the server does not have.</summary>
    public long Pending => LastNumber - Confirmed;

    /// <summary>A requestor that has never spoken to its server: everything goes both ways first.</summary>
    public static RequestorState New { get; } = new() { WantsExport = true, WantsImport = true };
}

/// <summary>What can be wrong between a requestor and its server.</summary>
public enum RequestorTrouble
{
    None,

    /// <summary>The server lost confirmed records or counts from the start again: it was restored or set up anew (Q113453, Q103421).</summary>
    ServerWentBack,

    /// <summary>Our own numbers are behind what the server has of us: this side was restored.</summary>
    WeWentBack,

    /// <summary>An answer from before a full list, or from a server that registered us anew (Q99961).</summary>
    OldAnswer,

    /// <summary>The server has thrown away records that we lack (129, 138, 139; Q257740).</summary>
    Purged,

    /// <summary>The full list is larger than the server may send (118, 166; Q119450).</summary>
    TooLarge,

    /// <summary>The server does not know us (120, 158; Q99268).</summary>
    NotRegistered,

    /// <summary>The password is wrong (156).</summary>
    Password,

    /// <summary>The attachment ends inside a record, or is none; what stood before the damage was taken (Q103421).</summary>
    Damaged,
}
