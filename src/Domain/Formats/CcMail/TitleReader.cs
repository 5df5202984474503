using System.Buffers;
using System.Text;

namespace Postern.Domain.Formats.CcMail;

/// <summary>Reads the titles of mailing lists or bulletin boards that EXPORT wrote (<c>Ccmlist.exp</c>, <c>Ccmbb.exp</c>).</summary>
/// <remarks>
/// The layout is not public, so only titles are taken: lines that begin with <c>Name:</c> or <c>Title:</c>, or every line that is not indented. A list or a
/// board is a name that one can write to; its members stay where they are.
/// </remarks>
public static class TitleReader
{
    private const int LineLimit = 4_096;
    private const int MostTitles = 10_000;

    /// <summary>The titles, each once, in the order of the file.</summary>
    /// <param name="areBoards">A board's title gets the <c>#</c> that it is addressed with.</param>
    public static IReadOnlyList<string> Read(ReadOnlySequence<byte> file, CcMailProfile profile, bool areBoards)
    {
        var all = Lines(file, profile);
        var named = all.Select(Named).OfType<string>().ToList();
        var titles = named.Count > 0 ? named : all.Where(line => line[0] is not (' ' or '\t')).Select(line => line.Trim());
        return
        [
            .. titles.Where(title => title.Trim('#', ' ').Length > 0 && !title.StartsWith('~'))
                .Select(title => areBoards && !title.StartsWith('#') ? $"#{title}" : title)
                .DistinctBy(Addresses.NameKey.Fold).Take(MostTitles),
        ];
    }

    private static List<string> Lines(ReadOnlySequence<byte> file, CcMailProfile profile)
    {
        var source = new ByteSource(file);
        var lines = new SourceLines(source);
        var texts = new List<string>();
        for (long at = 0; at < source.Length;)
        {
            var line = lines.Line(at, LineLimit);
            var text = profile.TextEncoding.GetString(source.Slice(line.Start, line.TextEnd)).TrimEnd(' ', '\t', '\u001A');
            if (text.Length > 0 && !line.IsCut)
            {
                texts.Add(text);
            }

            at = line.Next;
        }

        return texts;
    }

    private static string? Named(string line) =>
        line.StartsWith("Name:", StringComparison.OrdinalIgnoreCase) ? line[5..].Trim()
        : line.StartsWith("Title:", StringComparison.OrdinalIgnoreCase) ? line[6..].Trim()
        : null;
}
