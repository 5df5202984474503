namespace Postern.Domain.Formats.CcMail;

/// <summary>What was wrong with a block of an EXPORT or undeliverable file. Faults are facts about the file, never exceptions.</summary>
[Flags]
public enum ReadFault
{
    None = 0,

    /// <summary>Bytes that belong to no message stood between two messages; they are kept as a block of their own.</summary>
    Skipped = 1,

    /// <summary>The file ends inside the message (Q202240).</summary>
    Truncated = 1 << 1,

    /// <summary>The mandatory <c>Contents:</c> line is absent (Q234745).</summary>
    MissingContents = 1 << 2,

    /// <summary>A message, contents or item size does not agree with what follows (Q233054).</summary>
    WrongSize = 1 << 3,

    /// <summary>Blanks stand where a size should be (Q287056).</summary>
    BlankSize = 1 << 4,

    /// <summary>A section with an unknown name, or bytes that are no section at all (Q176375).</summary>
    UnknownSection = 1 << 5,

    /// <summary>No <c>From:</c> line, or an empty one (Q192594).</summary>
    MissingFrom = 1 << 6,

    /// <summary>A recipient without a name, as Export 8.3 writes it (Q249133).</summary>
    EmptyRecipient = 1 << 7,

    /// <summary>The date cannot exist or cannot be read (Q233325).</summary>
    InvalidDate = 1 << 8,

    /// <summary>A header line or the whole header is longer than any cc:Mail program writes.</summary>
    HeaderTooLong = 1 << 9,

    /// <summary>More items than a message may hold; what follows the last one is kept as one block.</summary>
    TooManyItems = 1 << 10,

    /// <summary>A line in the header is neither a keyword line nor a reason.</summary>
    StrayLine = 1 << 11,

    /// <summary>The file holds no recipient line at all.</summary>
    NoRecipients = 1 << 12,

    /// <summary>Faults after which the content cannot be trusted to be whole: the message goes to quarantine.</summary>
    Unreadable = Skipped | Truncated | MissingContents | HeaderTooLong | TooManyItems,
}

/// <summary>One fault with its place in the file and a sentence for the operator.</summary>
public sealed record ReadNote(ReadFault Fault, long Offset, string Text);
