using System.Buffers;
using System.Text;
using Postern.Domain.Formats.CcMail;
using Postern.Domain.Mime;

namespace Postern.Domain.Conversion;

/// <summary>
/// The items of a cc:Mail message as parts of an internet message: texts joined in order and unchanged, everything else a file byte for byte.
/// </summary>
internal sealed class IncomingItems
{
    /// <summary>A text item above this is damage or an attack (the limit is 20 KB) and is carried as a file.</summary>
    private const long TextLimit = 4 * 1024 * 1024;

    private readonly FromCcMailRequest request;
    private readonly List<ConversionLoss> losses;
    private readonly StringBuilder text = new();
    private readonly List<DraftPart.File> files = [];
    private string lastTitle = "";
    private int nameless;

    private IncomingItems(FromCcMailRequest request, List<ConversionLoss> losses)
    {
        this.request = request;
        this.losses = losses;
    }

    public string Text => text.ToString();

    public IReadOnlyList<DraftPart.File> Files => files;

    public static IncomingItems Of(FromCcMailRequest request, List<ConversionLoss> losses)
    {
        var items = new IncomingItems(request, losses);
        foreach (var item in request.Message.Items)
        {
            items.Add(item);
        }

        return items;
    }

    private void Add(CcMailItem item)
    {
        switch (item.Kind)
        {
            case ItemKind.Text when item.IsRichText:
                AddFile(NamedAs(item.Title, "Unnamed", ".rtf"), item.Data, null);
                losses.Add(ConversionLoss.Of(LossKind.Moved, "rich text", "a text item", "an attached file"));
                break;
            case ItemKind.Text when item.Data.Length <= TextLimit:
                AddText(item);
                break;
            case ItemKind.Text:
                AddFile(NamedAs(item.Title, "Unnamed", ".txt"), item.Data, null);
                losses.Add(ConversionLoss.Of(LossKind.Moved, "text", $"a text item of {item.Data.Length} bytes", "an attached file"));
                break;
            case ItemKind.File:
                AddFileItem(item);
                break;
            case ItemKind.Fax:
                AddFax(item);
                break;
            default:
                AddOther(item);
                break;
        }
    }

    // Long texts are split over items that repeat the title; another title begins another text and is kept as a line
    private void AddText(CcMailItem item)
    {
        if (text.Length > 0 && text[^1] != '\n')
        {
            text.Append("\r\n");
        }

        if (item.Title.Length > 0 && item.Title != lastTitle)
        {
            text.Append(text.Length > 0 ? "\r\n" : "").Append(item.Title).Append("\r\n\r\n");
        }

        lastTitle = item.Title;
        text.Append(request.Profile.Decode(item.Data));
    }

    private void AddFileItem(CcMailItem item)
    {
        var title = FileTitle.Parse(item.Title);
        var date = title.TryDate(request.Profile.DateOrder, out var local) ? SentDate.At(local, request.Zone) : (DateTimeOffset?)null;
        if (request.Profile.UnwrapsMacBinary && MacBinary.TryRead(item.Data, out var macintosh))
        {
            AddFile(title.Name.Length > 0 ? title.Name : macintosh.Name, macintosh.Data, date);
            if (macintosh.ResourceLength > 0)
            {
                AddFile((title.Name.Length > 0 ? title.Name : macintosh.Name) + ".bin", item.Data, date);
                losses.Add(ConversionLoss.Of(LossKind.Added, "file " + title.Name, "a Macintosh file", "its data, and the whole as MacBinary"));
            }

            return;
        }

        AddFile(title.Name, item.Data, date);
    }

    // A fax is a picture whose name mostly lacks the extension that opens it (Q184053)
    private void AddFax(CcMailItem item)
    {
        var extension = FaxExtension(item.Data);
        var name = FileTitle.Parse(item.Title).Name;
        AddFile(FileTypes.IsKnownExtension(name) ? name : NamedAs(name, "Fax", extension), item.Data, null);
    }

    private void AddOther(CcMailItem item)
    {
        var isRichText = item.IsRichText;
        var name = FileTitle.Parse(item.Title).Name;
        AddFile(NamedAs(name, item.Label.Length > 0 ? item.Label : "Unreadable", isRichText ? ".rtf" : ".bin"), item.Data, null);
        losses.Add(ConversionLoss.Of(
            LossKind.Moved,
            item.Label.Length > 0 ? item.Label : "bytes between items",
            $"{item.Data.Length} bytes of a kind that has no place in internet mail",
            "an attached file"));
    }

    private void AddFile(string name, ReadOnlySequence<byte> data, DateTimeOffset? date)
    {
        // Only what has no name at all is NONAMEn.TXT (Q237886)
        var given = FileNames.Clean(name) ?? string.Create(null, $"NONAME{++nameless}.TXT");
        files.Add(new DraftPart.File(given, FileTypes.MediaTypeOf(given), data, date));
    }

    private static string NamedAs(string name, string otherwise, string extension)
    {
        var stem = name.Length > 0 ? name : otherwise;
        return FileTypes.IsKnownExtension(stem) ? stem : stem + extension;
    }

    private static string FaxExtension(ReadOnlySequence<byte> data)
    {
        Span<byte> start = stackalloc byte[4];
        data.Slice(0, Math.Min(4, data.Length)).CopyTo(start);
        return start switch
        {
            [0xB1, 0x68, 0xDE, 0x3A] => ".dcx",
            [(byte)'I', (byte)'I', 42, 0] or [(byte)'M', (byte)'M', 0, 42] => ".tif",
            _ => ".pcx",
        };
    }
}
