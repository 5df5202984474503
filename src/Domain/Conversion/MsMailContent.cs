using System.Buffers;
using Postern.Domain.Formats.MsMail;
using Postern.Domain.Mime;

namespace Postern.Domain.Conversion;

/// <summary>The text and the files of an MS Mail message as parts of an internet message.</summary>
internal sealed record MsMailContent(string Text, IReadOnlyList<DraftPart.File> Files)
{
    /// <summary>A body above this is nothing a person reads in a text and is carried as a file.</summary>
    private const long TextLimit = 4 * 1024 * 1024;

    private const string PlacementFile = "WINMAIL.DAT";

    private static ReadOnlySpan<byte> TnefSignature => [0x78, 0x9F, 0x3E, 0x22];

    public static MsMailContent Of(MsMailMessage message, MsMailProfile profile, List<ConversionLoss> losses)
    {
        var files = new List<DraftPart.File>(message.Attachments.Count);
        var nameless = 0;
        foreach (var attachment in message.Attachments)
        {
            if (attachment.IsExternal)
            {
                losses.Add(ConversionLoss.Of(LossKind.Dropped, "file " + attachment.Name, "a file beside the message", ""));
            }
            else if (IsPlacement(attachment))
            {
                losses.Add(ConversionLoss.Of(LossKind.Dropped, "formatting", PlacementFile, "the files at the end"));
            }
            else
            {
                var name = FileNames.Clean(attachment.Name) ?? string.Create(null, $"NONAME{++nameless}.DAT");
                files.Add(new DraftPart.File(name, FileTypes.MediaTypeOf(name), attachment.Data));
            }
        }

        if (message.Body.Length > TextLimit)
        {
            files.Insert(0, new DraftPart.File("Unnamed.txt", FileTypes.MediaTypeOf("Unnamed.txt"), message.Body));
            losses.Add(ConversionLoss.Of(LossKind.Moved, "text", $"a text of {message.Body.Length} bytes", "an attached file"));
            return new MsMailContent("", files);
        }

        return new MsMailContent(Shown(profile.Decode(message.Body), profile, losses), files);
    }

    private static string Shown(string text, MsMailProfile profile, List<ConversionLoss> losses)
    {
        var shown = profile.StripsFirstEmptyLine ? WithoutFirstEmptyLine(text) : text;
        if (profile.StripsClientHeader && ClientHeader.TryTake(shown, out var messageClass, out var rest))
        {
            losses.Add(ConversionLoss.Of(LossKind.Dropped, "header in the text", messageClass, ""));
            shown = rest;
        }

        return shown;
    }

    private static string WithoutFirstEmptyLine(string text) => text switch
    {
        ['\r', '\n', ..] => text[2..],
        ['\r' or '\n', ..] => text[1..],
        _ => text,
    };

    // It says where in the text a Windows client shows the files; people see a file they cannot open (Q94180)
    private static bool IsPlacement(MsMailAttachment attachment)
    {
        if (!attachment.Name.Equals(PlacementFile, StringComparison.OrdinalIgnoreCase) || attachment.Data.Length < TnefSignature.Length)
        {
            return false;
        }

        Span<byte> start = stackalloc byte[TnefSignature.Length];
        attachment.Data.Slice(0, start.Length).CopyTo(start);
        return start.SequenceEqual(TnefSignature);
    }
}
