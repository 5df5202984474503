using System.Buffers;

namespace Postern.Domain.Formats.CcMail;

/// <summary>A recipient of a cc:Mail message; in an undeliverable file with the reasons that stood beside it.</summary>
public sealed record CcMailRecipient(RecipientClass Class, CcMailAddressText Address)
{
    public IReadOnlyList<string> Reasons { get; init; } = [];
}

/// <summary>A header line whose keyword this reader gives no meaning to (<c>RRT:</c>, <c>Priority:</c>; Q262989).</summary>
public sealed record ExtraHeader(string Name, string Value);

/// <summary>Which of the two forms of message file was read.</summary>
public enum Dialect
{
    /// <summary>Keywords only; an item runs to the next keyword.</summary>
    Plain,

    /// <summary>A byte count after each block keyword (<c>/ITEMSIZE</c>).</summary>
    Sized,
}

/// <summary>
/// One message of an EXPORT or undeliverable file. Text is decoded with the post office's code page; item data stays where it is in the file.
/// </summary>
/// <remarks>
/// A block of bytes that is no message is returned in the same form with <see cref="ReadFault.Skipped"/>, so that <see cref="Raw"/> of all
/// messages together covers every byte of the file that is not blank.
/// </remarks>
public sealed record CcMailMessage
{
    /// <summary>Bytes from the start of the file.</summary>
    public required long Offset { get; init; }

    /// <summary>The whole message as it stands in the file, for quarantine and for capture.</summary>
    public required ReadOnlySequence<byte> Raw { get; init; }

    public Dialect Dialect { get; init; }

    /// <summary>Null when the line is absent or empty.</summary>
    public CcMailAddressText? From { get; init; }

    public string DateText { get; init; } = "";

    /// <summary>Local time at the post office; null when the text cannot be read as a date (Q233325).</summary>
    public DateTime? Date { get; init; }

    public IReadOnlyList<CcMailRecipient> Recipients { get; init; } = [];

    public string Subject { get; init; } = "";

    public IReadOnlyList<ExtraHeader> ExtraHeaders { get; init; } = [];

    /// <summary>Reason lines in the header that stand before any recipient (undeliverable files).</summary>
    public IReadOnlyList<string> Reasons { get; init; } = [];

    public IReadOnlyList<CcMailItem> Items { get; init; } = [];

    public ReadFault Faults { get; init; }

    public IReadOnlyList<ReadNote> Notes { get; init; } = [];

    /// <summary>What this message shows about the peer's way of counting sizes.</summary>
    public SizeModel SizeModel { get; init; }

    /// <summary>False when the content cannot be trusted to be whole; such a message is set aside, not delivered.</summary>
    public bool IsReadable => (Faults & ReadFault.Unreadable) == 0;

    public IEnumerable<CcMailRecipient> To => Recipients.Where(r => r.Class == RecipientClass.To);

    public IEnumerable<CcMailRecipient> Cc => Recipients.Where(r => r.Class == RecipientClass.Cc);

    public IEnumerable<CcMailRecipient> Bcc => Recipients.Where(r => r.Class == RecipientClass.Bcc);
}
