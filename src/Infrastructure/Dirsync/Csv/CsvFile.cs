using System.Text;
using Postern.Domain.Formats;
using Postern.Infrastructure.Connectors;

namespace Postern.Infrastructure.Dirsync.Csv;

/// <summary>A file with a table in it, that somebody else writes: read line by line, and only when it rests.</summary>
internal sealed class CsvFile
{
    private const int LongestLine = 1_000_000;

    private readonly FileInfo file;
    private readonly (long Length, DateTime WrittenAt) looks;
    private readonly int codePage;

    private CsvFile(FileInfo file, int codePage)
    {
        this.file = file;
        this.codePage = codePage;
        looks = (file.Length, file.LastWriteTimeUtc);
    }

    public string Path => file.FullName;

    /// <summary>The real path of a file below an allowed folder.</summary>
    /// <exception cref="PartnerException">Its folder may not be used.</exception>
    public static string Allowed(AllowedPaths allowed, string path)
    {
        try
        {
            return System.IO.Path.Combine(allowed.Folder(System.IO.Path.GetDirectoryName(path)!), System.IO.Path.GetFileName(path));
        }
        catch (PathRefusedException e)
        {
            throw new PartnerException(e.Message, e);
        }
    }

    /// <summary>The file, when it is there and nobody has written it for a while.</summary>
    /// <exception cref="PartnerException">It is not, or is no file.</exception>
    public static CsvFile Resting(string path, CsvSettings settings, TimeProvider clock)
    {
        if (!FileKinds.IsFile(path))
        {
            throw new PartnerException(System.IO.Path.Exists(path) ? $"{path} is no plain file." : $"{path} is not there.");
        }

        var file = new FileInfo(path);
        return clock.GetUtcNow().UtcDateTime - file.LastWriteTimeUtc < settings.Rest
            ? throw new PartnerException($"{path} is still being written: it changed within the last {settings.Rest.TotalSeconds:0.#} seconds.")
            : new CsvFile(file, settings.CodePage);
    }

    /// <summary>A file that we wrote ourselves.</summary>
    public static CsvFile Own(string path, CsvSettings settings) => new(new FileInfo(path), settings.CodePage);

    /// <summary>Its lines without their ends.</summary>
    /// <exception cref="PartnerException">It cannot be read, or is no text.</exception>
    public IEnumerable<string> Lines()
    {
        using var reader = Open();
        var line = new StringBuilder();
        var number = 1;
        var buffer = new char[16 * 1024];
        var wasReturn = false;
        for (var count = Read(reader, buffer); count > 0; count = Read(reader, buffer))
        {
            for (var i = 0; i < count; i++)
            {
                var c = buffer[i];
                if (c is '\n' or '\r')
                {
                    if (c == '\r' || !wasReturn)
                    {
                        yield return line.ToString();
                        line.Clear();
                        number++;
                    }
                }
                else if (line.Append(c).Length > LongestLine)
                {
                    throw new PartnerException($"Line {number} of {Path} is longer than {LongestLine:N0} characters.");
                }

                wasReturn = c == '\r';
            }
        }

        if (line.Length > 0)
        {
            yield return line.ToString();
        }
    }

    /// <exception cref="PartnerException">It was changed while it was read: what was read is neither the old table nor the new one.</exception>
    public void MustBeUnchanged()
    {
        file.Refresh();
        if (!file.Exists || (file.Length, file.LastWriteTimeUtc) != looks)
        {
            throw Changed();
        }
    }

    private PartnerException Changed() => new($"{Path} was changed while it was read. It is read anew with the next cycle.");

    private StreamReader Open()
    {
        try
        {
            return new StreamReader(new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 128 * 1024, FileOptions.SequentialScan), OemText.Page(codePage), detectEncodingFromByteOrderMarks: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PartnerException($"{Path} cannot be read: {e.Message}", e);
        }
    }

    private int Read(StreamReader reader, char[] buffer)
    {
        try
        {
            var count = reader.Read(buffer);
            // One that grows as fast as it is read would have no end.
            return reader.BaseStream.Position > looks.Length ? throw Changed() : count;
        }
        catch (IOException e)
        {
            throw new PartnerException($"{Path} cannot be read to its end: {e.Message}", e);
        }
    }
}
