using Postern.Domain.Formats.MsMail;
using Postern.Infrastructure.Connectors;

namespace Postern.Infrastructure.Dirsync.MsMail;

/// <summary>Files of import text on disk.</summary>
internal static class ListFile
{
    /// <summary>Writes records under a temporary name, has them on disk, and only then gives the file its name.</summary>
    /// <exception cref="PartnerException">The disk is full, or refuses.</exception>
    public static void Write(string path, IEnumerable<ImportRecord> records, MsMailProfile profile)
    {
        var temporary = Path.ChangeExtension(path, ".TMP");
        try
        {
            using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
            {
                var buffer = new FileBuffer(file);
                ImportTextWriter.Write(records, profile, withNumbers: false, buffer);
                buffer.Flush();
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PartnerException($"{Path.GetFileName(path)} cannot be written: {e.Message}", e);
        }
    }
}
