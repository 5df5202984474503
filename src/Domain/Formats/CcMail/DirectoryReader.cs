using System.Buffers;
using System.Text;

namespace Postern.Domain.Formats.CcMail;

/// <summary>A directory file as it was read, with the lines that no record could take.</summary>
public sealed record DirectoryFile(IReadOnlyList<DirectoryRecord> Records, IReadOnlyList<ReadNote> Notes, bool IsComplete);

/// <summary>What is known of a directory file once its last record was read.</summary>
public sealed class DirectoryEnd
{
    private const int NoteLimit = 100;

    private readonly List<ReadNote> notes = [];

    /// <summary>Lines that no record could take.</summary>
    public IReadOnlyList<ReadNote> Notes => notes;

    /// <summary>The file does not stop inside a record; else nothing may be deleted because of what it lacks.</summary>
    public bool IsComplete { get; internal set; }

    // The end of the file is always told, whatever came before it.
    internal void Note(ReadFault fault, long offset, string text)
    {
        if (notes.Count < NoteLimit || fault == ReadFault.Truncated)
        {
            notes.Add(new ReadNote(fault, offset, text));
        }
    }
}

/// <summary>
/// Reads <c>EXPORT /DIRECTORY</c> files. Every <c>Name:</c> begins a record; fields may be missing, blank lines do not count, order means
/// nothing. A file that stops inside a record is not complete: nothing may be deleted because of what it lacks.
/// </summary>
public static class DirectoryReader
{
    private const int LineLimit = 4_096;

    public static DirectoryFile Read(ReadOnlySequence<byte> file, CcMailProfile profile)
    {
        var end = new DirectoryEnd();
        var records = Records(file, profile, end).ToList();
        return new DirectoryFile(records, end.Notes, end.IsComplete);
    }

    /// <summary>The records one by one, for a directory that is too large to be held; <paramref name="end"/> is right once the last one was read.</summary>
    public static IEnumerable<DirectoryRecord> Records(ReadOnlySequence<byte> file, CcMailProfile profile, DirectoryEnd end)
    {
        var source = new ByteSource(file);
        var lines = new SourceLines(source);
        var draft = new Draft();
        var hasLineEnd = true;
        for (long at = 0; at < source.Length;)
        {
            var line = lines.Line(at, LineLimit);
            var text = profile.TextEncoding.GetString(source.Slice(line.Start, line.TextEnd)).Trim(' ', '\t', '\u001A');
            hasLineEnd = line.Next > line.TextEnd || text.Length == 0;
            if (line.IsCut)
            {
                end.Note(ReadFault.HeaderTooLong, at, "A line is longer than any directory field.");
            }
            else if (TryField(text, out var keyword, out var value))
            {
                if (keyword == "NAME" && draft.TryEnd(out var record))
                {
                    yield return record;
                }

                draft.Set(keyword, value);
            }
            else if (text.Length > 0)
            {
                end.Note(ReadFault.StrayLine, at, "A line is no field of a record.");
            }

            at = line.Next;
        }

        end.IsComplete = draft.IsComplete && (hasLineEnd || !draft.HasName);
        if (draft.TryEnd(out var last))
        {
            yield return last;
        }

        if (!end.IsComplete)
        {
            end.Note(ReadFault.Truncated, source.Length, "The file ends inside a record.");
        }
    }

    private static bool TryField(string text, out string keyword, out string value)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        keyword = colon == 4 ? text[..4].ToUpperInvariant() : "";
        value = colon == 4 ? text[5..].Trim() : "";
        return keyword is "NAME" or "LOCN" or "ADDR" or "CMTS";
    }

    private sealed class Draft
    {
        private string? name;
        private string location = "";
        private string address = "";
        private string? comment;

        public bool HasName => name is not null;

        public bool IsComplete => name is null || comment is not null;

        public void Set(string keyword, string value)
        {
            switch (keyword)
            {
                case "NAME":
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

        /// <summary>The record so far, with a name; the next one begins empty.</summary>
        public bool TryEnd(out DirectoryRecord record)
        {
            var isRecord = !string.IsNullOrEmpty(name);
            record = isRecord ? new DirectoryRecord(name!, DirectoryLetters.Of(location), address, comment ?? "") { LocationText = location } : null!;
            (name, location, address, comment) = (null, "", "", null);
            return isRecord;
        }
    }
}
