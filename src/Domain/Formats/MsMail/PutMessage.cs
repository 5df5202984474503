namespace Postern.Domain.Formats.MsMail;

/// <summary>A file for a message: the name its sender gave it and its bytes.</summary>
public sealed record PutAttachment(string Name, ItemContent Content);

/// <summary>A message for GTWPUT, APPPUT or SMTPPUT. <see cref="MmffWriter"/> makes it fit the post office.</summary>
public sealed record PutMessage
{
    /// <summary>As it stands behind <c>FROM:</c>, with its type; an empty one is written as our postmaster.</summary>
    public required string From { get; init; }

    /// <summary>As they stand behind <c>TO:</c>, with their type; copies among them, because the layout has no other line (Q87223).</summary>
    public required IReadOnlyList<string> Recipients { get; init; }

    /// <summary>Local time of the post office; without it the programs take the time of the put.</summary>
    public DateTime? Date { get; init; }

    public required string Subject { get; init; }

    /// <summary>One digit or letter; null for a normal message.</summary>
    public char? Priority { get; init; }

    public required string Text { get; init; }

    public IReadOnlyList<PutAttachment> Attachments { get; init; } = [];
}
