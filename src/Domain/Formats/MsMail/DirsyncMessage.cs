namespace Postern.Domain.Formats.MsMail;

/// <summary>What a directory synchronisation mail asks for.</summary>
public enum DirsyncTask
{
    /// <summary>No task line: so servers answer.</summary>
    None,

    /// <summary><c>EXPORT</c>: here are the sender's changes.</summary>
    Export,

    /// <summary><c>IMPORTREQ</c>: the sender wants changes.</summary>
    ImportRequest,

    /// <summary>A task that is not known here (155).</summary>
    Unknown,
}

/// <summary>How the records travel.</summary>
public enum TransactionForm
{
    Unknown,

    /// <summary>In the same text; the server makes it in memory, and large lists fail (Q123857).</summary>
    InBody,

    /// <summary>In a text attachment: what is always asked for.</summary>
    InAttachment,

    /// <summary>MS Mail's own binary form, which is not public: never asked for.</summary>
    Internal,
}

/// <summary>A directory synchronisation mail to or from <c>$SYSTEM</c> in the text form for foreign mail systems, without its records.</summary>
public sealed record DirsyncMessage
{
    public DirsyncTask Task { get; init; }

    /// <summary>The task as it is written, for one that is not known.</summary>
    public string TaskText { get; init; } = "";

    /// <summary>The requestor: <c>PCM:NETWORK/POSTOFFICE</c>; a type alone is only registered for gateways of a known type (Q99268).</summary>
    public string Requestor { get; init; } = "";

    /// <summary>Address types that the requestor takes, in capitals.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    /// <summary>Whether fields are wanted; servers send them all the same (Q118298).</summary>
    public bool? WantsTemplate { get; init; }

    public TransactionForm Form { get; init; }

    /// <summary>SRVSEQ: the last of the server's records that the requestor has; in an answer, the last that there is.</summary>
    public long? ServerSequence { get; init; }

    /// <summary>REQSEQ: the last of the requestor's records; in an answer, the last that the server has.</summary>
    public long? RequestorSequence { get; init; }

    /// <summary>IMPSEQ: how many full lists were sent.</summary>
    public long? ImportSequence { get; init; }

    /// <summary>All keys as they stood there, those with a meaning of their own included.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Keys { get; init; } = [];

    /// <summary>What is wrong with the mail as a whole, with DIRSYNC.LOG's numbers.</summary>
    public IReadOnlyList<ImportFault> Faults { get; init; } = [];

    /// <summary>The mail says what it is. Its records may have faults of their own.</summary>
    public bool IsUsable => Faults.Count == 0;
}
