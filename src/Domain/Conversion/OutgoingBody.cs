using System.Buffers;
using System.Text;
using Postern.Domain.Formats;
using Postern.Domain.Formats.CcMail;
using Postern.Domain.Mime;

namespace Postern.Domain.Conversion;

/// <summary>A file of a message with the name its sender gave it; it is decoded when it is written.</summary>
internal sealed record OutgoingFile(string Name, DateTime? Date, ItemContent Content);

/// <summary>
/// The parts of a MIME message sorted for a mailbox that knows texts and files only. Files stay ranges of the message and are decoded
/// when they are written.
/// </summary>
internal sealed class OutgoingBody
{
    /// <summary>A text part above this is carried as a file: nobody reads it in a text item, and it is not decoded in memory.</summary>
    private const int TextLimit = 4 * 1024 * 1024;

    private readonly TimeZoneInfo zone;
    private readonly List<ConversionLoss> losses;
    private readonly StringBuilder text = new();

    private OutgoingBody(TimeZoneInfo zone, List<ConversionLoss> losses)
    {
        this.zone = zone;
        this.losses = losses;
    }

    public string Text => text.ToString();

    public List<OutgoingFile> Files { get; } = [];

    /// <summary>Sorts the parts below one; <paramref name="isLeftOut"/> names parts that the caller renders in another way.</summary>
    public static OutgoingBody Of(
        MimePart root, Func<string, string> htmlToText, TimeZoneInfo zone, List<ConversionLoss> losses, Func<MimePart, bool> isLeftOut)
    {
        var body = new OutgoingBody(zone, losses);
        var sorted = MessageBody.Of(root);
        var isHtmlShown = sorted.Html is { } html && !HasPlainForm(root, html, sorted.Texts);
        foreach (var part in Leaves(root).Where(p => !isLeftOut(p)))
        {
            if (sorted.Texts.Contains(part))
            {
                body.AddText(part);
            }
            else if (part == sorted.Html && isHtmlShown)
            {
                body.AddHtml(part, htmlToText);
            }
            else if (sorted.Files.Contains(part) || IsEmptyFile(part))
            {
                body.AddFile(part);
            }
            else if (part.BodyRange.Length > 0)
            {
                losses.Add(ConversionLoss.Of(LossKind.Dropped, "formatting", part.ContentType.MediaType, "text/plain"));
            }
        }

        return body;
    }

    // A file of no bytes is a file
    private static bool IsEmptyFile(MimePart part) =>
        part.BodyRange.Length == 0 && (part.Disposition.Kind == DispositionKind.Attachment || part.FileName is not null);

    private static IEnumerable<MimePart> Leaves(MimePart part) => part.ContentType.IsMultipart && !part.IsOpaque
        ? part.Children.SelectMany(Leaves)
        : [part];

    // The HTML is another form of a shown text only where both are below one multipart/alternative; a footer beside it is no such text
    private static bool HasPlainForm(MimePart root, MimePart html, IReadOnlyList<MimePart> texts) => root.Walk()
        .Where(p => p.ContentType.Is("multipart", "alternative"))
        .Any(a => Leaves(a).Contains(html) && Leaves(a).Any(texts.Contains));

    private void AddHtml(MimePart part, Func<string, string> htmlToText)
    {
        if (part.BodyRange.Length > TextLimit)
        {
            AddFile(part);
            return;
        }

        AppendText(htmlToText(part.ReadText(TextLimit).Text));
        losses.Add(ConversionLoss.Of(LossKind.Dropped, "formatting", "text/html", "its text"));
    }

    private void AddText(MimePart part)
    {
        var isEncoded = part.Encoding is TransferEncoding.Base64 or TransferEncoding.QuotedPrintable or TransferEncoding.Uuencode;
        if (isEncoded && part.BodyRange.Length > TextLimit)
        {
            AddLongText(part.ContentType.Charset, part.CountDecoded().Length, output => part.Decode(output));
            return;
        }

        var bytes = part.Body;
        if (isEncoded)
        {
            var decoded = new ArrayBufferWriter<byte>();
            part.Decode(decoded);
            bytes = new ReadOnlySequence<byte>(decoded.WrittenMemory);
        }

        var found = Uuencode.Find(bytes);
        foreach (var range in Uuencode.TextBetween(bytes, found))
        {
            var piece = range.In(bytes);
            if (piece.Length > TextLimit)
            {
                var whole = ItemContent.Of(piece);
                AddLongText(part.ContentType.Charset, whole.Length, whole.WriteTo);
            }
            else
            {
                AppendText(Charsets.Decode(part.ContentType.Charset, piece.ToArray(), out _));
            }
        }

        foreach (var file in found)
        {
            var content = ItemContent.Produced(file.CountDecoded(bytes).Length, output => file.Decode(bytes, output));
            Files.Add(new OutgoingFile(file.FileName ?? "Unnamed.bin", null, content));
        }
    }

    private void AddLongText(string? charset, long length, Action<IBufferWriter<byte>> write)
    {
        Files.Add(new OutgoingFile(ImportWriter.LongBodyName, null, ItemContent.Produced(length, write)));
        losses.Add(ConversionLoss.Of(
            LossKind.Moved, "text", $"{length} bytes of text in {charset ?? "an unnamed character set"}", "file " + ImportWriter.LongBodyName));
    }

    private void AddFile(MimePart part)
    {
        var counted = part.CountDecoded();
        var name = NameOf(part);
        if (counted.Faults != MimeFaults.None)
        {
            losses.Add(ConversionLoss.Of(LossKind.Replaced, "file " + name, $"damaged encoding ({counted.Faults})", "what could be decoded"));
        }

        Files.Add(new OutgoingFile(name, DateOf(part), ItemContent.Produced(counted.Length, output => part.Decode(output))));
    }

    private static string NameOf(MimePart part)
    {
        if (part.FileName is { } given)
        {
            return given;
        }

        var subject = part.ContentType.IsMessage && part.Children.Count > 0 ? part.Children[0].Header("Subject") ?? "" : "";
        var stem = subject.Replace('/', '_').Replace('\\', '_').Replace('.', '_').Trim();
        stem = stem.Length > 60 ? OemText.Cut(stem, 60, Encoding.UTF8) : stem;
        return (stem.Length > 0 ? stem : "Unnamed") + FileTypes.ExtensionOf(part.ContentType.MediaType);
    }

    private DateTime? DateOf(MimePart part) =>
        MessageDate.TryParse(part.Disposition.Parameters["modification-date"] ?? "", out var date) && date.Year is >= 1970 and < 2070
            ? TimeZoneInfo.ConvertTime(date, zone).DateTime
            : null;

    private void AppendText(string piece)
    {
        if (text.Length > 0 && piece.Length > 0)
        {
            text.Append(text[^1] == '\n' ? "\r\n" : "\r\n\r\n");
        }

        text.Append(piece);
    }
}
