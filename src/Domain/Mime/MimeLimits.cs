namespace Postern.Domain.Mime;

/// <summary>How much structure a peer may make us keep. Beyond a bound the rest is one block of bytes and a fault.</summary>
public sealed record MimeLimits
{
    public static MimeLimits Standard { get; } = new();

    /// <summary>Multiparts and messages inside each other.</summary>
    public int Depth { get; init; } = 50;

    /// <summary>Parts of one message, containers included.</summary>
    public int Parts { get; init; } = 1_000;

    /// <summary>Bytes of one header; 7,000 recipients in a To field fit.</summary>
    public int HeaderBytes { get; init; } = 512 * 1024;

    /// <summary>Fields of one header.</summary>
    public int Fields { get; init; } = 2_000;

    /// <summary>Fields of all headers of one message together.</summary>
    public int TotalFields { get; init; } = 20_000;

    /// <summary>Faults that are kept one by one; the kinds of all of them are kept anyway.</summary>
    public int Faults { get; init; } = 100;
}
