namespace Postern.Lab.CcMail;

/// <summary>A line between the size of a message and its <c>Contents:</c>. A reason line of an .und file has no keyword.</summary>
internal sealed record HeaderLine(string Keyword, string Value)
{
    /// <summary>To, cc or Bcc.</summary>
    public bool IsRecipient => Is("To") || Is("cc") || Is("Bcc");

    /// <summary>The line that tells why the recipient above it failed (formats 6, U4).</summary>
    public static HeaderLine Reason(string reason) => new("", $"***  {reason}  ***");

    public bool Is(string keyword) => Keyword.Equals(keyword, StringComparison.OrdinalIgnoreCase);

    public override string ToString() => (Keyword, Value) switch
    {
        ("", _) => Value,
        (_, "") => $"{Keyword}:",
        _ => $"{Keyword}: {Value}",
    };
}

/// <summary>One part of the contents: <c>Text item</c>, <c>File item</c> or another kind, its title and its bytes.</summary>
internal sealed record Item(string Kind, string Title, ReadOnlyMemory<byte> Data)
{
    public const string TextKind = "Text item";
    public const string FileKind = "File item";

    public bool IsText => Kind.Equals(TextKind, StringComparison.OrdinalIgnoreCase);

    public static Item Text(byte[] data) => new(TextKind, "", data);
}

/// <summary>A cc:Mail message as IMPORT and EXPORT see it (formats 3).</summary>
internal sealed record Message(IReadOnlyList<HeaderLine> Header, IReadOnlyList<Item> Items)
{
    /// <summary>False for the damaged form that has no <c>Contents:</c> (Q234745).</summary>
    public bool HasContents { get; init; } = true;

    public string From => Value("From") ?? "";

    public string Subject => Value("Subject") ?? "";

    public IEnumerable<HeaderLine> Recipients => Header.Where(line => line.IsRecipient);

    public string? Value(string keyword) => Header.FirstOrDefault(line => line.Is(keyword))?.Value;

    /// <summary>All addresses of one kind, in order.</summary>
    public List<string> Values(string keyword) => [.. Header.Where(line => line.Is(keyword)).Select(line => line.Value)];
}
