using System.Buffers;
using Postern.Domain.Addresses;
using Postern.Domain.Conversion;

namespace Postern.Domain.Formats.CcMail;

/// <summary>
/// Writes a directory file in PROPADD order (post offices before the users that name them), four lines a record.
/// A name that is too long for cc:Mail is refused and reported, never cut: names are unique over the whole directory.
/// </summary>
public static class DirectoryWriter
{
    /// <summary>No public limit is known; 126 bytes is what fields of this kind held.</summary>
    public const int FieldLimit = 126;

    /// <summary>Writes the records that fit; the losses name those that do not, and what was replaced in others.</summary>
    public static IReadOnlyList<ConversionLoss> Write(IEnumerable<DirectoryRecord> records, CcMailProfile profile, IBufferWriter<byte> output)
    {
        var losses = new List<ConversionLoss>();
        var ordered = records
            .OrderBy(r => DirectoryLetters.Rank(r.Location))
            .ThenBy(r => NameKey.Fold(r.Name), StringComparer.Ordinal);
        foreach (var record in ordered)
        {
            var name = ImportHeader.Address("directory name", record.Name, profile, losses);
            var address = ImportHeader.Address("directory address", record.Address, profile, losses);
            var comment = ImportHeader.Value("directory comment", record.Comment, profile, losses);
            var page = profile.TextEncoding;
            if (name.Length == 0 || page.GetByteCount(name) > FieldLimit || page.GetByteCount(address) > FieldLimit)
            {
                losses.Add(ConversionLoss.Of(LossKind.Dropped, "directory record", record.Name, ""));
                continue;
            }

            var kept = OemText.Cut(comment, FieldLimit, page);
            if (kept.Length < comment.Length)
            {
                losses.Add(ConversionLoss.Of(LossKind.Shortened, "directory comment", comment, kept));
            }

            var text = $"Name: {name}\r\nLocn: {DirectoryLetters.Of(record)}\r\n{Field("Addr", address)}{Field("Cmts", kept)}\r\n";
            output.Write(page.GetBytes(text));
        }

        return losses;
    }

    private static string Field(string keyword, string value) => value.Length > 0 ? $"{keyword}: {value}\r\n" : $"{keyword}:\r\n";
}
