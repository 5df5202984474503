using System.Buffers;

namespace Postern.Domain.Formats.CcMail;

/// <summary>
/// Reads the messages of an EXPORT or undeliverable file of cc:Mail, in the sized or the plain dialect, one after another.
/// </summary>
/// <remarks>
/// Sizes rule, because attachments may hold lines that look like keywords (Q233054); where a size is blank, zero or does not lead to
/// another block, the next keyword line that a size follows is looked for (Q287056). Blocks may touch (Q184391). Whatever the bytes are,
/// each call moves on or ends, every byte is looked at a bounded number of times, and nothing is thrown (Q234745, Q176375). Bytes that
/// belong to no message come out as a message with <see cref="ReadFault.Skipped"/>.
/// Known limit: where a size is blank, a line of a text that itself is an item keyword followed by a size line ends the item.
/// </remarks>
public sealed class ExportReader
{
    private const int HeaderLineLimit = 65_536;
    private const int HeaderLimit = 1_048_576;

    private readonly ByteSource source;
    private readonly SourceLines lines;
    private readonly BlockScan scan;
    private readonly HeaderLines headers;
    private readonly ItemReader items;
    private long position;

    /// <summary>Reads a file that is held by the caller; the messages' data are ranges of it and live as long as it does.</summary>
    public ExportReader(ReadOnlySequence<byte> file, CcMailProfile profile)
    {
        source = new ByteSource(file);
        lines = new SourceLines(source);
        scan = new BlockScan(source, lines);
        headers = new HeaderLines(lines, source, profile);
        items = new ItemReader(source, lines, scan, profile);
    }

    /// <summary>All messages of a file, read as they are asked for.</summary>
    public static IEnumerable<CcMailMessage> ReadAll(ReadOnlySequence<byte> file, CcMailProfile profile)
    {
        var reader = new ExportReader(file, profile);
        while (reader.TryRead(out var message))
        {
            yield return message;
        }
    }

    /// <summary>The next message; false at the end of the file.</summary>
    public bool TryRead(out CcMailMessage message)
    {
        message = null!;
        position = lines.SkipGap(position);
        if (position >= source.Length)
        {
            return false;
        }

        if (lines.IsMessageLine(position, out var next))
        {
            message = ReadMessage(next);
            return true;
        }

        var start = position;
        position = scan.NextMessage(start + 1);
        var draft = new ReadDraft(start);
        draft.Fault(ReadFault.Skipped, start, $"{position - start} bytes belong to no message.");
        message = draft.Finish(source, position);
        return true;
    }

    private CcMailMessage ReadMessage(long next)
    {
        var draft = new ReadDraft(position);
        var size = lines.Size(next);
        draft.Dialect = size.Form is SizeForm.Number or SizeForm.Blank ? Dialect.Sized : Dialect.Plain;
        draft.DeclaredEnd = DeclaredEnd(draft, size, "message");
        next = size.Form == SizeForm.None ? next : size.Next;

        if (!TryHeader(draft, ref next))
        {
            return Park(draft, next);
        }

        size = lines.Size(next);
        if (draft.Dialect == Dialect.Plain && size.Form == SizeForm.Number && lines.IsSizedItem(lines.SkipGap(size.Next), anyName: false))
        {
            draft.Dialect = Dialect.Sized;
        }

        if (draft.Dialect == Dialect.Plain)
        {
            return Finish(draft, items.ReadPlain(draft, next));
        }

        draft.ContentsEnd = DeclaredEnd(draft, size, "contents");
        next = size.Form == SizeForm.None ? next : size.Next;
        return Finish(draft, items.ReadSized(draft, next));
    }

    private long? DeclaredEnd(ReadDraft draft, SizeLine size, string block)
    {
        if (size.Form == SizeForm.Number)
        {
            return size.Next + size.Value;
        }

        if (draft.Dialect == Dialect.Sized)
        {
            draft.Fault(ReadFault.BlankSize, size.Next, $"The size of the {block} is blank.");
        }

        return null;
    }

    private bool TryHeader(ReadDraft draft, ref long next)
    {
        var start = next;
        while (true)
        {
            if (next >= source.Length)
            {
                draft.Fault(ReadFault.Truncated | ReadFault.MissingContents, next, "The file ends inside the header.");
                return false;
            }

            if (lines.IsKeywordAlone(next, "contents:"u8, out var contents))
            {
                next = contents;
                HeaderLines.Check(draft, next);
                return true;
            }

            if (lines.IsMessageStart(next))
            {
                draft.Fault(ReadFault.MissingContents, next, "The next message begins before the contents of this one.");
                return false;
            }

            var line = lines.Line(next, HeaderLineLimit);
            if (line.IsCut || line.Next - start > HeaderLimit)
            {
                draft.Fault(ReadFault.HeaderTooLong, next, "The header is longer than any cc:Mail program writes.");
                next = scan.NextMessage(line.Next);
                return false;
            }

            headers.Add(draft, line);
            next = line.Next;
        }
    }

    private CcMailMessage Park(ReadDraft draft, long end)
    {
        HeaderLines.Check(draft, draft.Start);
        position = Math.Max(end, position + 1);
        return draft.Finish(source, end);
    }

    // A message ends where its size says, when a message or the end of the file stands there; else where its last item ended.
    private CcMailMessage Finish(ReadDraft draft, long itemsEnd)
    {
        var next = lines.SkipGap(itemsEnd);
        var declared = draft.DeclaredEnd ?? itemsEnd;
        if (declared >= itemsEnd && declared <= next)
        {
            position = next;
            return draft.Finish(source, declared);
        }

        if (next >= source.Length || lines.IsMessageStart(next))
        {
            var isCut = declared > source.Length && next >= source.Length;
            draft.Fault(
                isCut ? ReadFault.Truncated : ReadFault.WrongSize,
                draft.Start,
                isCut ? "The file ends before the message does." : "The size of the message is wrong.");
            position = next;
            return draft.Finish(source, itemsEnd);
        }

        var beyond = declared > next && declared <= source.Length ? lines.ProbeGap(declared) : 0;
        position = beyond > 0 && (beyond >= source.Length || lines.IsMessageStart(beyond)) ? declared : scan.NextMessage(next);
        draft.Fault(ReadFault.UnknownSection, next, "Bytes after the last item are no item; they are kept as one.");
        draft.AddItem(ItemKind.Other, "", "", source.Slice(next, position), next, null, ReadFault.UnknownSection);
        return draft.Finish(source, position);
    }
}
