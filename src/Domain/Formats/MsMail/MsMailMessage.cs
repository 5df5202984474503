using System.Buffers;

namespace Postern.Domain.Formats.MsMail;

/// <summary>A recipient of a message and the line of the message it stands on, counted from 1 as the gateway programs do.</summary>
public sealed record MsMailRecipient(RecipientClass Class, MsMailAddressText Address, int Line);

/// <summary>A header line whose token this reader gives no meaning to.</summary>
public sealed record ExtraLine(string Token, string Value);

/// <summary>A file inside a message. Its data is a range of the file that was read; nothing is copied.</summary>
public sealed record MsMailAttachment
{
    public required string Name { get; init; }

    public required ReadOnlySequence<byte> Data { get; init; }

    /// <summary>Where the data begins, in bytes from the start of the file.</summary>
    public required long Offset { get; init; }

    /// <summary>The size the line declared; null when it is no number.</summary>
    public long? DeclaredSize { get; init; }

    /// <summary>The content lies in a file of the gateway's machine (<c>XATTACH:</c>) and did not come along.</summary>
    public bool IsExternal { get; init; }
}

/// <summary>
/// One message of an MMFF basic file. Text is decoded with the post office's code page; body and attachments stay where they are in the file.
/// </summary>
/// <remarks>
/// A block of bytes that is no message is returned in the same form with <see cref="MmffFault.Skipped"/>, so that <see cref="Raw"/> of all
/// messages together covers every byte of the file that is not blank.
/// </remarks>
public sealed record MsMailMessage
{
    /// <summary>The number of the message in its file, from 1, as error lines name it.</summary>
    public required int Ordinal { get; init; }

    /// <summary>Bytes from the start of the file.</summary>
    public required long Offset { get; init; }

    /// <summary>The whole message as it stands in the file, for quarantine and for capture.</summary>
    public required ReadOnlySequence<byte> Raw { get; init; }

    /// <summary>What stands behind <c>VERSION:</c>.</summary>
    public string Version { get; init; } = "";

    public LineEnd LineEnd { get; init; }

    public IReadOnlyList<MsMailRecipient> Recipients { get; init; } = [];

    /// <summary>Null when the line is absent or empty.</summary>
    public MsMailAddressText? From { get; init; }

    public string DateText { get; init; } = "";

    public string TimeText { get; init; } = "";

    /// <summary>Local time at the post office, of submission or, with programs before 3.0, of extraction (Q85057); null without a date that can be read.</summary>
    public DateTime? Date { get; init; }

    public string Subject { get; init; } = "";

    /// <summary>One character, in capitals; null when there is none.</summary>
    public char? Priority { get; init; }

    public IReadOnlyList<ExtraLine> ExtraLines { get; init; } = [];

    /// <summary>The text, every counted byte of it.</summary>
    public ReadOnlySequence<byte> Body { get; init; }

    /// <summary>The size the <c>TEXT:</c> line declared; null when it is no number or absent.</summary>
    public long? DeclaredBodySize { get; init; }

    public IReadOnlyList<MsMailAttachment> Attachments { get; init; } = [];

    public MmffFault Faults { get; init; }

    public IReadOnlyList<MmffNote> Notes { get; init; } = [];

    /// <summary>What this message shows about a line end before the body; <see cref="BodyGap.Unknown"/> when it shows nothing.</summary>
    public BodyGap BodyGap { get; init; }

    /// <summary>False when the content cannot be trusted to be whole; such a message is set aside, not delivered.</summary>
    public bool IsReadable => (Faults & MmffFault.Unreadable) == 0;

    /// <summary>
    /// From a mailbox that no person reads, or itself a receipt (priority C): nothing may ever be sent back for it, no report and no receipt.
    /// </summary>
    public bool IsNeverAnswered => Priority == 'C' || From is null or { IsSystem: true };
}
