namespace Postern.Domain.Mime;

/// <summary>A message as a mailbox without MIME can show it: the texts to read and the files to attach, in order.</summary>
/// <param name="Texts">Inline text/plain parts, in order; of alternatives the plain one.</param>
/// <param name="Html">The HTML part to turn into text when there is no plain text; also kept when there is.</param>
/// <param name="Files">Every other part that holds content; messages inside the message count as one file each.</param>
public sealed record MessageBody(IReadOnlyList<MimePart> Texts, MimePart? Html, IReadOnlyList<MimePart> Files)
{
    /// <summary>Sorts the parts. Every leaf with content ends up in exactly one place, but for alternatives of a text that is shown
    /// and the signature of a multipart/signed, which is a file.</summary>
    public static MessageBody Of(MimePart root)
    {
        var texts = new List<MimePart>();
        var files = new List<MimePart>();
        MimePart? html = null;
        Sort(root, isAlternative: false, texts, files, ref html);
        return new MessageBody(texts, html, files);
    }

    private static void Sort(MimePart part, bool isAlternative, List<MimePart> texts, List<MimePart> files, ref MimePart? html)
    {
        if (part.ContentType.IsMultipart && !part.IsOpaque)
        {
            var inner = isAlternative || part.ContentType.Subtype == "alternative";
            foreach (var child in part.Children)
            {
                Sort(child, inner, texts, files, ref html);
            }

            return;
        }

        var isShown = part.Disposition.Kind != DispositionKind.Attachment && part.FileName is null && !part.IsOpaque;
        if (isShown && part.ContentType.Is("text", "plain"))
        {
            texts.Add(part);
        }
        else if (isShown && part.ContentType.Is("text", "html") && html is null)
        {
            html = part;
        }
        else if (part.BodyRange.Length > 0 && !(isAlternative && isShown && IsSameText(part.ContentType)))
        {
            files.Add(part);
        }
    }

    /// <summary>Another form of a text that is shown already; a calendar entry is not.</summary>
    private static bool IsSameText(ContentType type) => type.IsText && type.Subtype is "html" or "enriched" or "richtext";
}
