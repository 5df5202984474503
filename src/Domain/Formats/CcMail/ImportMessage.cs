namespace Postern.Domain.Formats.CcMail;

/// <summary>A recipient of a message for IMPORT: the address as it shall stand in the file.</summary>
public sealed record ImportRecipient(RecipientClass Class, string Address);

/// <summary>An item of a message for IMPORT, before the limits of the post office are applied to it.</summary>
public abstract record ImportItem
{
    private ImportItem()
    {
    }

    /// <summary>Text; longer than the post office takes in one item it becomes a file (Q190555).</summary>
    public sealed record Text(string Title, string Content) : ImportItem;

    /// <summary>A file with the name its sender gave it and the date for its title; without a date the message's own is used.</summary>
    public sealed record File(string Name, DateTime? Date, ItemContent Content) : ImportItem;
}

/// <summary>A message for IMPORT in the words of cc:Mail. <see cref="ImportWriter"/> makes it fit the post office.</summary>
public sealed record ImportMessage
{
    /// <summary>An empty sender is written as the postmaster of the site (Q192594).</summary>
    public required string From { get; init; }

    /// <summary>Local time of the post office.</summary>
    public required DateTime Date { get; init; }

    public required IReadOnlyList<ImportRecipient> Recipients { get; init; }

    public required string Subject { get; init; }

    public required IReadOnlyList<ImportItem> Items { get; init; }

    /// <summary>Written only where the profile says so: <c>Urgent</c>, <c>Low</c>.</summary>
    public string Priority { get; init; } = "";
}
