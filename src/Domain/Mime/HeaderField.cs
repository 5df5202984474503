namespace Postern.Domain.Mime;

/// <summary>One field of a header as it lies in the content.</summary>
/// <param name="Kind">Which field it is, if Postern reads it itself.</param>
/// <param name="NameLength">Length of the name at the start of <paramref name="Line"/>, blanks before the colon left out.</param>
/// <param name="Line">The whole field with its continuation lines and its last line end.</param>
/// <param name="Value">What follows the colon, folds included, without the last line end.</param>
public readonly record struct HeaderField(KnownField Kind, int NameLength, ByteRange Line, ByteRange Value)
{
    public ByteRange Name => new(Line.Offset, NameLength);
}
