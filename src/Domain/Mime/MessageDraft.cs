using System.Buffers;

namespace Postern.Domain.Mime;

/// <summary>A message to be written: what the header says and the parts in their order.</summary>
public sealed record MessageDraft
{
    public required Mailbox From { get; init; }

    public Mailbox? Sender { get; init; }

    public IReadOnlyList<Mailbox> ReplyTo { get; init; } = [];

    public IReadOnlyList<Mailbox> To { get; init; } = [];

    public IReadOnlyList<Mailbox> Cc { get; init; } = [];

    public IReadOnlyList<Mailbox> Bcc { get; init; } = [];

    public string Subject { get; init; } = "";

    public required DateTimeOffset Date { get; init; }

    /// <summary>With its angle brackets; the caller makes it, so that a message written twice is the same message.</summary>
    public required string MessageId { get; init; }

    public string? InReplyTo { get; init; }

    public string? References { get; init; }

    /// <summary>Further fields of free text, written behind the known ones.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> MoreFields { get; init; } = [];

    /// <summary>One text alone makes a plain message; anything else a multipart/mixed.</summary>
    public IReadOnlyList<DraftPart> Parts { get; init; } = [];

    /// <summary>What the boundary is drawn from; the message id when nothing is given.</summary>
    public string? BoundarySeed { get; init; }
}

/// <summary>A part of a message to be written.</summary>
public abstract record DraftPart
{
    private DraftPart()
    {
    }

    /// <summary>Text to be shown, in UTF-8; line ends become CRLF.</summary>
    /// <param name="Content">The text.</param>
    /// <param name="Name">Title of the text item, if it had one.</param>
    public sealed record Text(string Content, string? Name = null) : DraftPart;

    /// <summary>A file, carried byte for byte.</summary>
    /// <param name="FileName">As the sender named it.</param>
    /// <param name="MediaType">Such as image/png; anything that cannot be carried in base64 becomes application/octet-stream.</param>
    /// <param name="Content">May be any number of segments, of any length.</param>
    /// <param name="ModifiedAt">When the file was last changed, if the source knows.</param>
    public sealed record File(string? FileName, string MediaType, ReadOnlySequence<byte> Content, DateTimeOffset? ModifiedAt = null)
        : DraftPart;

    /// <summary>A whole message, carried as it is: 8bit when it holds such bytes.</summary>
    public sealed record Message(ReadOnlySequence<byte> Content) : DraftPart;

    /// <summary>The fields of a delivery status (RFC 3464), ASCII.</summary>
    internal sealed record Status(byte[] Content) : DraftPart;

    /// <summary>The header of a message that is not returned whole (RFC 6522, 4).</summary>
    internal sealed record Headers(ReadOnlySequence<byte> Content) : DraftPart;
}
