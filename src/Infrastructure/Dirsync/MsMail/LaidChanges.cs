using System.Security.Cryptography;
using System.Text;
using Postern.Domain.Formats.MsMail;
using Postern.Infrastructure.Dirsync.Requestor;

namespace Postern.Infrastructure.Dirsync.MsMail;

/// <summary>Which changes were laid into an exchange folder since a list was read: those that a process laid before it ended unheard are not laid again.</summary>
/// <remarks>
/// A name that is changed twice leaves its entry there twice: MS Mail makes one of whom it does not find (Q117260). A copy of what is laid stands in a folder of our own. It is
/// put there while the file has its temporary name in the exchange folder, and is the truth once that name is gone.
/// </remarks>
internal sealed class LaidChanges
{
    private readonly MsMailProfile profile;
    private readonly string target;
    private readonly string temporary;
    private readonly string folder;
    private readonly string place;
    private readonly string kept;

    /// <param name="folder">Our own.</param>
    /// <param name="target">The file in the exchange folder.</param>
    /// <param name="reading">Which reading of the list the changes were made from.</param>
    public LaidChanges(MsMailProfile profile, string folder, string target, string reading)
    {
        (this.profile, this.folder, this.target) = (profile, folder, target);
        temporary = Path.ChangeExtension(target, ".TMP");
        place = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(target)))[..8];
        kept = Path.Combine(folder, $"{place}-{reading}.LAY");
    }

    /// <summary>When they were laid; null when nothing was.</summary>
    public DateTimeOffset? At => File.Exists(kept) && !File.Exists(temporary) ? new DateTimeOffset(File.GetLastWriteTimeUtc(kept), TimeSpan.Zero) : null;

    /// <summary>All these changes were laid already.</summary>
    public bool Has(IEnumerable<ImportRecord> records)
    {
        if (At is null)
        {
            return false;
        }

        var known = Texts().ToHashSet(StringComparer.Ordinal);
        return records.Select(record => RequestorPost.TextOf(record, profile)).All(text => text.Length == 0 || known.Contains(text));
    }

    /// <summary>Lays changes into the exchange folder.</summary>
    /// <exception cref="PartnerException">The disk is full, or refuses.</exception>
    public void Lay(IEnumerable<ImportRecord> records)
    {
        var next = Path.Combine(Directory.CreateDirectory(folder).FullName, $"{place}.NEW");
        ListFile.Write(next, records, profile);
        try
        {
            using (var from = File.OpenRead(next))
            using (var to = new FileStream(temporary, FileMode.Create, FileAccess.Write))
            {
                from.CopyTo(to);
                to.Flush(flushToDisk: true);
            }

            foreach (var earlier in Directory.GetFiles(folder, $"{place}-*.LAY"))
            {
                File.Delete(earlier);
            }

            // A share has a clock of its own, and lists are written by the same one.
            File.SetLastWriteTimeUtc(next, File.GetLastWriteTimeUtc(temporary));
            File.Move(next, kept);
            File.Move(temporary, target);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PartnerException($"{Path.GetFileName(target)} cannot be written: {e.Message}", e);
        }
    }

    // A record goes on in lines that begin with a blank or a dash.
    private IEnumerable<string> Texts()
    {
        var text = new StringBuilder();
        foreach (var line in File.ReadLines(kept, profile.TextEncoding))
        {
            if (text.Length > 0 && line is not [' ' or '-', ..])
            {
                yield return text.ToString();
                text.Clear();
            }

            text.Append(line).Append("\r\n");
        }

        yield return text.ToString();
    }
}
