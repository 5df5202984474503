using System.Buffers;
using System.Globalization;
using System.Text;
using Postern.Domain.Conversion;

namespace Postern.Domain.Formats.CcMail;

/// <summary>A message file for IMPORT whose every size is known before the first byte is written.</summary>
public sealed class ImportFile
{
    private readonly byte[] head;
    private readonly IReadOnlyList<PreparedItem> items;
    private readonly byte[] blockEnd;

    internal ImportFile(byte[] head, IReadOnlyList<PreparedItem> items, byte[] blockEnd, long length, IReadOnlyList<ConversionLoss> losses)
    {
        this.head = head;
        this.items = items;
        this.blockEnd = blockEnd;
        Length = length;
        Losses = losses;
    }

    /// <summary>Bytes of the whole file.</summary>
    public long Length { get; }

    /// <summary>What the limits of the post office changed.</summary>
    public IReadOnlyList<ConversionLoss> Losses { get; }

    /// <summary>Writes the file; may be called again. Attachments pass through in the pieces their content comes in.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        output.Write(head);
        foreach (var item in items)
        {
            output.Write(item.Head);
            item.Content.WriteTo(output);
            output.Write(blockEnd);
        }

        output.Write(blockEnd);
        output.Write(blockEnd);
    }
}

internal sealed record PreparedItem(byte[] Head, ItemContent Content);

/// <summary>
/// Writes messages in the sized dialect for IMPORT, within the limits of the post office. One message per file, as the original connector did.
/// </summary>
/// <remarks>
/// Sizes are computed inside out from exact lengths. Model A pads a size to 10 columns and ends each block with a line end that the
/// enclosing block counts; model B pads to 12 and ends none (see docs/formats/ccmail.md). Splitting recipients over several messages is
/// the caller's step (<see cref="RecipientGroups"/>); this writer never leaves one out.
/// </remarks>
public static class ImportWriter
{
    /// <summary>The name under which a long body travels (Q190555).</summary>
    public const string LongBodyName = "Unnamed.txt";

    public static ImportFile Prepare(ImportMessage message, CcMailProfile profile)
    {
        var losses = new List<ConversionLoss>();
        var blockEnd = profile.SizeModel == SizeModel.B ? [] : "\r\n"u8.ToArray();
        var header = ImportHeader.Lines(message, profile, losses);
        var items = new List<PreparedItem>(message.Items.Count);
        var titles = new ItemTitles(message.Date, profile, losses);
        long contents = 0;
        foreach (var item in message.Items)
        {
            var prepared = Item(item, profile, titles, losses);
            items.Add(prepared);
            contents += prepared.Head.Length + prepared.Content.Length + blockEnd.Length;
        }

        var width = LearnedModel.Width(profile.SizeModel);
        var contentsHead = Encoding.ASCII.GetBytes($"Contents:\r\n{Size(contents, width)}\r\n");
        var headerLength = header.Sum(line => line.Length);
        var inside = headerLength + contentsHead.Length + contents + blockEnd.Length;
        var messageHead = Encoding.ASCII.GetBytes($"Message:\r\n{Size(inside, width)}\r\n");
        byte[] head = [.. messageHead, .. header.SelectMany(line => line), .. contentsHead];
        return new ImportFile(head, items, blockEnd, messageHead.Length + inside + blockEnd.Length, losses);
    }

    private static PreparedItem Item(ImportItem item, CcMailProfile profile, ItemTitles titles, List<ConversionLoss> losses)
    {
        if (item is ImportItem.File file)
        {
            return Prepared("File item:", titles.File(file), file.Content, profile);
        }

        var text = (ImportItem.Text)item;
        var fitted = Fitted(text.Content, profile, losses);
        var bytes = Bytes(fitted, profile.LineLimit, profile);
        if (bytes.Length <= profile.TextItemLimit)
        {
            return Prepared("Text item:", ImportHeader.Title(text.Title, profile, losses), ItemContent.Of(bytes), profile);
        }

        losses.Add(ConversionLoss.Of(
            LossKind.Moved, "text", $"{bytes.Length} bytes of text, more than {profile.TextItemLimit}", "file " + LongBodyName));
        var content = ItemContent.Of(Bytes(fitted, int.MaxValue, profile));
        return Prepared("File item:", titles.File(new ImportItem.File(LongBodyName, null, content)), content, profile);
    }

    private static byte[] Bytes(string text, int lineLimit, CcMailProfile profile) =>
        profile.TextEncoding.GetBytes(TextLines.Break(text, lineLimit, profile.TextEncoding));

    private static string Fitted(string text, CcMailProfile profile, List<ConversionLoss> losses)
    {
        // A highlight code, an end-of-file mark or a NUL in a text would be obeyed, not shown
        if (text.Any(IsUnwanted))
        {
            losses.Add(ConversionLoss.Of(LossKind.Dropped, "text", $"{text.Count(IsUnwanted)} control characters", ""));
            text = string.Concat(text.Where(c => !IsUnwanted(c)));
        }

        var fitted = OemText.Fit(text, profile.CodePage, out var replaced);
        if (replaced.Length > 0)
        {
            losses.Add(ConversionLoss.Of(LossKind.Characters, "text", replaced, OemText.Fit(replaced, profile.CodePage, out _)));
        }

        return fitted;
    }

    private static PreparedItem Prepared(string keyword, string title, ItemContent content, CcMailProfile profile)
    {
        var heading = title.Length > 0 ? $"{keyword} {title}\r\n" : $"{keyword}\r\n";
        var size = Size(content.Length, LearnedModel.Width(profile.SizeModel)) + "\r\n";
        return new PreparedItem(profile.TextEncoding.GetBytes(heading + size), content);
    }

    private static string Size(long size, int width) => size.ToString(CultureInfo.InvariantCulture).PadRight(width);

    private static bool IsUnwanted(char c) => (c < ' ' && c is not ('\r' or '\n' or '\t' or '\f')) || c == '\u007F';
}
