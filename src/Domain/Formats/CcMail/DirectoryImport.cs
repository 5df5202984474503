using System.Buffers;
using System.Globalization;
using System.Text;
using Postern.Domain.Conversion;

namespace Postern.Domain.Formats.CcMail;

/// <summary>What a run of IMPORT takes out of a cc:Mail directory, what the next run puts in, and what an administrator must do by hand.</summary>
/// <remarks>
/// Deletes are a file and a run of their own, before the adds (Q295753). How a record is marked for deletion is not public: unless a post office's
/// profile says that its IMPORT was seen to take plain records for that, there is a sheet instead, and no file.
/// </remarks>
public static class DirectoryImport
{
    /// <summary>The file of the first run.</summary>
    public const string DeleteFile = "Ccmdel.imp";

    /// <summary>The file of the second run.</summary>
    public const string AddFile = "Ccmdir.imp";

    private const string MarkWord = "Postern";

    /// <summary>The comment of a post office entry that we made and may change; others are reported only (Q156063, Q197255).</summary>
    public static string MarkOf(string site) => $"{MarkWord} {site}";

    /// <summary>Whether we made an entry: the mark is a word of its own, so that a comment which begins like it is nobody's mark.</summary>
    public static bool IsMarked(DirectoryRecord record, string site) => record.IsPostOffice && record.Comment.Trim().Equals(MarkOf(site), StringComparison.OrdinalIgnoreCase);

    /// <summary>Writes the records that are to leave, the aliases before those they stand for and post offices last.</summary>
    public static IReadOnlyList<ConversionLoss> WriteDeletes(IEnumerable<DirectoryRecord> records, CcMailProfile profile, IBufferWriter<byte> output)
    {
        var losses = new List<ConversionLoss>();
        foreach (var group in records.GroupBy(record => DirectoryLetters.Rank(record.Location)).OrderByDescending(group => group.Key))
        {
            losses.AddRange(DirectoryWriter.Write(group, profile, output));
        }

        return losses;
    }

    /// <summary>The sheet for the administrator of a post office whose IMPORT is not trusted with deletes: one line for each entry.</summary>
    public static string DeleteSheet(string postOffice, IEnumerable<DirectoryRecord> records)
    {
        var lines = records.OrderBy(record => Addresses.NameKey.Fold(record.Name), StringComparer.Ordinal)
            .Select(record => record.Address.Length > 0 ? $"{record.Name}   ({record.Address})" : record.Name).ToList();
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"To delete from the directory of {postOffice}: {lines.Count:N0} {(lines.Count == 1 ? "entry" : "entries")}.\r\n");
        text.Append("Delete each one in ADMIN, then let the directory be read again: what is gone leaves this sheet by itself.\r\n\r\n");
        foreach (var line in lines)
        {
            text.Append("[ ] ").Append(line).Append("\r\n");
        }

        return text.ToString();
    }
}
