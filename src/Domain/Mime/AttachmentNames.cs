using System.Buffers;

namespace Postern.Domain.Mime;

/// <summary>The names of a message's attachments, for finding it by them.</summary>
public static class AttachmentNames
{
    /// <summary>More than these are not remembered.</summary>
    public const int Most = 50;

    /// <summary>The names in the order of the content, each once.</summary>
    public static IReadOnlyList<string> Of(in ReadOnlySequence<byte> content) =>
        [.. MimeMessage.Read(content).Root.Walk().Select(part => part.FileName).OfType<string>().Distinct().Take(Most)];
}
