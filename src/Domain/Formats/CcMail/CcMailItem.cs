using System.Buffers;

namespace Postern.Domain.Formats.CcMail;

/// <summary>What an item of a cc:Mail message is; the file knows no content types.</summary>
public enum ItemKind
{
    Text,
    File,
    Fax,
    Other,
}

/// <summary>One item inside <c>Contents:</c>. Its data is a range of the file that was read; nothing is copied.</summary>
public sealed record CcMailItem
{
    public required ItemKind Kind { get; init; }

    /// <summary>The keyword as it stood in the file, without the colon: <c>Text item</c>; empty for bytes that had none.</summary>
    public required string Label { get; init; }

    /// <summary>The text after the keyword, decoded; for a file its name, date and time (see <see cref="FileTitle"/>).</summary>
    public required string Title { get; init; }

    public required ReadOnlySequence<byte> Data { get; init; }

    /// <summary>Where the data begins, in bytes from the start of the file.</summary>
    public required long Offset { get; init; }

    /// <summary>The size the file declared; null when it was blank or the dialect has none.</summary>
    public long? DeclaredSize { get; init; }

    public ReadFault Faults { get; init; }

    /// <summary>A rich text item of a Release 8 client, whatever the item is called (Q216473).</summary>
    public bool IsRichText => Kind != ItemKind.File && StartsWith(@"{\rtf"u8);

    private bool StartsWith(ReadOnlySpan<byte> signature)
    {
        if (Data.Length < signature.Length)
        {
            return false;
        }

        Span<byte> start = stackalloc byte[signature.Length];
        Data.Slice(0, signature.Length).CopyTo(start);
        return start.SequenceEqual(signature);
    }
}
