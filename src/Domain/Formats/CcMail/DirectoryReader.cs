using System.Buffers;
using System.Text;

namespace Postern.Domain.Formats.CcMail;

/// <summary>A directory file as it was read, with the lines that no record could take.</summary>
public sealed record DirectoryFile(IReadOnlyList<DirectoryRecord> Records, IReadOnlyList<ReadNote> Notes, bool IsComplete);

/// <summary>
/// Reads <c>EXPORT /DIRECTORY</c> files. Every <c>Name:</c> begins a record; fields may be missing, blank lines do not count, order means
/// nothing. A file that stops inside a record is not complete: nothing may be deleted because of what it lacks.
/// </summary>
public static class DirectoryReader
{
    private const int LineLimit = 4_096;
    private const int NoteLimit = 100;

    public static DirectoryFile Read(ReadOnlySequence<byte> file, CcMailProfile profile)
    {
        var source = new ByteSource(file);
        var lines = new SourceLines(source);
        var records = new List<DirectoryRecord>();
        var notes = new List<ReadNote>();
        var draft = new Draft();
        var hasLineEnd = true;
        for (long at = 0; at < source.Length;)
        {
            var line = lines.Line(at, LineLimit);
            var text = profile.TextEncoding.GetString(source.Slice(line.Start, line.TextEnd)).Trim(' ', '\t', '\u001A');
            hasLineEnd = line.Next > line.TextEnd || text.Length == 0;
            if (line.IsCut)
            {
                Note(notes, ReadFault.HeaderTooLong, at, "A line is longer than any directory field.");
            }
            else if (TryField(text, out var keyword, out var value))
            {
                draft.Set(keyword, value, records);
            }
            else if (text.Length > 0)
            {
                Note(notes, ReadFault.StrayLine, at, "A line is no field of a record.");
            }

            at = line.Next;
        }

        var isComplete = draft.IsComplete && (hasLineEnd || !draft.HasName);
        draft.Flush(records);
        if (!isComplete)
        {
            Note(notes, ReadFault.Truncated, source.Length, "The file ends inside a record.");
        }

        return new DirectoryFile(records, notes, isComplete);
    }

    private static bool TryField(string text, out string keyword, out string value)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        keyword = colon == 4 ? text[..4].ToUpperInvariant() : "";
        value = colon == 4 ? text[5..].Trim() : "";
        return keyword is "NAME" or "LOCN" or "ADDR" or "CMTS";
    }

    private static void Note(List<ReadNote> notes, ReadFault fault, long offset, string text)
    {
        if (notes.Count < NoteLimit)
        {
            notes.Add(new ReadNote(fault, offset, text));
        }
    }

    private sealed class Draft
    {
        private string? name;
        private string location = "";
        private string address = "";
        private string? comment;

        public bool HasName => name is not null;

        public bool IsComplete => name is null || comment is not null;

        public void Set(string keyword, string value, List<DirectoryRecord> records)
        {
            switch (keyword)
            {
                case "NAME":
                    Flush(records);
                    name = value;
                    break;
                case "LOCN":
                    location = value;
                    break;
                case "ADDR":
                    address = value;
                    break;
                default:
                    comment = value;
                    break;
            }
        }

        public void Flush(List<DirectoryRecord> records)
        {
            if (!string.IsNullOrEmpty(name))
            {
                records.Add(new DirectoryRecord(name, DirectoryLetters.Of(location), address, comment ?? "") { LocationText = location });
            }

            (name, location, address, comment) = (null, "", "", null);
        }
    }
}
