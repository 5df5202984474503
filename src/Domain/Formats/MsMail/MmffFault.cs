namespace Postern.Domain.Formats.MsMail;

/// <summary>What was wrong with a message of an MS Mail file. Faults are facts about the file, never exceptions.</summary>
[Flags]
public enum MmffFault
{
    None = 0,

    /// <summary>Bytes that belong to no message stood between two messages; they are kept as a block of their own.</summary>
    Skipped = 1,

    /// <summary>The file ends inside the message (Q100703).</summary>
    Truncated = 1 << 1,

    /// <summary>No <c>TEXT:</c> or <c>XTEXT:</c> line ends the header.</summary>
    MissingText = 1 << 2,

    /// <summary>Behind the last counted byte stands neither a message nor the end of the file.</summary>
    WrongSize = 1 << 3,

    /// <summary>What should be a number of bytes is none, so that nobody knows where the content ends.</summary>
    NoSize = 1 << 4,

    /// <summary>A body or attachment lies in a file beside this one and did not come with it.</summary>
    ExternalContent = 1 << 5,

    /// <summary>A header line or the whole header is longer than any program writes.</summary>
    HeaderTooLong = 1 << 6,

    /// <summary>More attachments than a message may hold.</summary>
    TooManyAttachments = 1 << 7,

    /// <summary>A header line with a token this reader gives no meaning to; it is kept.</summary>
    UnknownToken = 1 << 8,

    /// <summary>A header line without a token, or a blank one.</summary>
    StrayLine = 1 << 9,

    /// <summary>A line that may stand only once stands again; the first one counts.</summary>
    RepeatedLine = 1 << 10,

    /// <summary>A header line ends otherwise than the first line of its message.</summary>
    MixedLineEnds = 1 << 11,

    /// <summary>No <c>FROM:</c> line, or an empty one.</summary>
    MissingFrom = 1 << 12,

    /// <summary>The message holds no recipient line at all.</summary>
    NoRecipients = 1 << 13,

    /// <summary>A recipient line without an address.</summary>
    EmptyRecipient = 1 << 14,

    /// <summary>A date or time that cannot exist or cannot be read (Q170137).</summary>
    InvalidDate = 1 << 15,

    /// <summary>The sizes fit with and without a line end before the body; the better of two guesses was taken.</summary>
    UncertainGap = 1 << 16,

    /// <summary>Faults after which the content cannot be trusted to be whole: the message goes to quarantine.</summary>
    Unreadable = Skipped | Truncated | MissingText | WrongSize | NoSize | ExternalContent | HeaderTooLong | TooManyAttachments,
}

/// <summary>
/// One fault with its place: bytes from the start of the file, and the line of the message as the gateway programs count it, 0 where none is
/// meant (Q118533).
/// </summary>
public sealed record MmffNote(MmffFault Fault, long Offset, int Line, string Text);
