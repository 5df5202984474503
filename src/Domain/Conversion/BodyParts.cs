using Postern.Domain.Mime;

namespace Postern.Domain.Conversion;

/// <summary>The parts of an internet message that is made from a text and files.</summary>
internal static class BodyParts
{
    /// <summary>Files alone need no empty text before them; a message of nothing is an empty text.</summary>
    public static IReadOnlyList<DraftPart> Of(string text, IReadOnlyList<DraftPart.File> files) =>
        text.Length > 0 || files.Count == 0 ? [new DraftPart.Text(text), .. files] : [.. files];
}
