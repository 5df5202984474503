namespace Postern.Domain.Formats.CcMail;

/// <summary>Reads the items of one message and finds where the last one ends.</summary>
internal sealed class ItemReader(ByteSource source, SourceLines lines, BlockScan scan, CcMailProfile profile)
{
    /// <summary>cc:Mail itself stops at 20; more than this is an attack or damage.</summary>
    private const int ItemLimit = 1_000;

    private const int TitleLimit = 4_096;

    public long ReadSized(ReadDraft draft, long start)
    {
        var end = start;
        while (true)
        {
            var at = lines.SkipGap(end);
            if (at >= source.Length || lines.IsMessageStart(at))
            {
                break;
            }

            var isInside = draft.ContentsEnd is null || at < draft.ContentsEnd;
            if (draft.Items.Count >= ItemLimit)
            {
                return KeepRest(draft, at);
            }

            if (lines.IsItemLine(at) || (isInside && lines.IsSizedItem(at, anyName: true)))
            {
                end = ReadSizedItem(draft, at);
            }
            else if (isInside)
            {
                end = KeepUnknown(draft, at);
            }
            else
            {
                break;
            }
        }

        CheckContents(draft, end);
        return end;
    }

    public long ReadPlain(ReadDraft draft, long start)
    {
        var at = start;
        while (at < source.Length && !lines.IsMessageStart(at))
        {
            if (draft.Items.Count >= ItemLimit)
            {
                return KeepRest(draft, at);
            }

            var data = at;
            var (label, title) = ("", "");
            if (lines.IsItemLine(at))
            {
                (label, title, data) = Heading(at);
            }

            var stop = data >= source.Length ? data : scan.NextPlain(data);
            if (label.Length > 0 || lines.SkipGap(data) < stop)
            {
                var kind = label.Length == 0 ? ItemKind.Text : KindOf(draft, label, at);
                draft.AddItem(kind, label, title, source.Slice(data, stop), data, null, ReadFault.None);
            }

            at = stop;
        }

        return at;
    }

    private long ReadSizedItem(ReadDraft draft, long at)
    {
        var (label, title, next) = Heading(at);
        var kind = KindOf(draft, label, at);
        var size = lines.Size(next);
        var data = size.Form == SizeForm.None ? next : size.Next;
        if (size.Form == SizeForm.Number && size.Value <= source.Length - data && IsBlockEnd(draft, data + size.Value, out var model))
        {
            draft.Saw(model);
            draft.AddItem(kind, label, title, source.Slice(data, data + size.Value), data, size.Value, ReadFault.None);
            return data + size.Value;
        }

        var fault = size.Form == SizeForm.Number ? ReadFault.WrongSize : ReadFault.BlankSize;
        var stop = source.Length;
        if (fault == ReadFault.WrongSize && size.Value > source.Length - data && IsCutOff(draft))
        {
            fault = ReadFault.Truncated;
        }
        else
        {
            stop = StopOf(draft, data);
        }

        draft.Fault(fault, at, $"{label} “{title}”: {Sentence(fault, size.Value, stop - data)}");
        var end = fault == ReadFault.Truncated ? stop : WithoutBlockEnd(draft, data, stop);
        draft.AddItem(kind, label, title, source.Slice(data, end), data, size.Form == SizeForm.Number ? size.Value : null, fault);
        return end;
    }

    // Message, contents and item all reach beyond the file: it was cut, and what looks like a keyword in the rest is data
    private bool IsCutOff(ReadDraft draft) => draft.ContentsEnd > source.Length && draft.DeclaredEnd > source.Length;

    private static string Sentence(ReadFault fault, long declared, long found) => fault switch
    {
        ReadFault.Truncated => $"the file ends after {found} of {declared} bytes.",
        ReadFault.WrongSize => $"its size says {declared} bytes, the next block is {found} bytes away.",
        _ => $"its size is blank, the next block is {found} bytes away.",
    };

    // Where data ends whose size cannot be used: at the next block, or where the contents end when a message follows there.
    private long StopOf(ReadDraft draft, long data)
    {
        var hit = data >= source.Length ? source.Length : scan.NextBlock(data);
        if (draft.ContentsEnd is { } end && end >= data && end <= hit)
        {
            var next = lines.ProbeGap(end);
            return next >= source.Length || lines.IsMessageStart(next) ? end : hit;
        }

        return hit;
    }

    // Found by looking for the next keyword: one line end before it belongs to the enclosing block, unless this peer's blocks touch.
    private long WithoutBlockEnd(ReadDraft draft, long data, long stop)
    {
        if (draft.SeemsModelB || stop - data < 2 || source[stop - 1] != '\n')
        {
            return stop;
        }

        return stop - (source[stop - 2] == '\r' ? 2 : 1);
    }

    private bool IsBlockEnd(ReadDraft draft, long end, out SizeModel model)
    {
        var next = lines.ProbeGap(end);
        model = next == end ? SizeModel.B : next - end >= 2 && source[end] == '\r' && source[end + 1] == '\n' ? SizeModel.A : SizeModel.Unknown;
        if (draft.ContentsEnd is { } contents && end <= contents && next >= contents)
        {
            model = contents == end ? SizeModel.B : contents == end + 2 ? SizeModel.A : SizeModel.Unknown;
            return true;
        }

        if (next >= source.Length)
        {
            model = SizeModel.Unknown;
            return true;
        }

        return lines.IsSizedItem(next, anyName: next < draft.ContentsEnd) || lines.IsMessageStart(next) || lines.IsItemLine(next);
    }

    private long KeepUnknown(ReadDraft draft, long at)
    {
        var stop = StopOf(draft, at + 1);
        draft.Fault(ReadFault.UnknownSection, at, $"{stop - at} bytes in the contents are no item; they are kept as one.");
        draft.AddItem(ItemKind.Other, "", "", source.Slice(at, stop), at, null, ReadFault.UnknownSection);
        return stop;
    }

    private long KeepRest(ReadDraft draft, long at)
    {
        var stop = scan.NextMessage(at);
        draft.Fault(ReadFault.TooManyItems, at, $"More than {ItemLimit} items; the rest is kept as one.");
        draft.AddItem(ItemKind.Other, "", "", source.Slice(at, stop), at, null, ReadFault.TooManyItems);
        return stop;
    }

    private void CheckContents(ReadDraft draft, long end)
    {
        if (draft.ContentsEnd is not { } contents || (contents >= end && contents <= lines.ProbeGap(end)))
        {
            return;
        }

        var isCut = contents > source.Length && lines.ProbeGap(end) >= source.Length;
        draft.Fault(
            isCut ? ReadFault.Truncated : ReadFault.WrongSize,
            draft.Start,
            isCut ? "The file ends before the contents do." : "The size of the contents is wrong.");
    }

    private (string Label, string Title, long Next) Heading(long at)
    {
        lines.TryKeyword(at, out var colon);
        var line = lines.Line(at, TitleLimit);
        var title = colon + 1 >= line.TextEnd ? "" : profile.Decode(source.Slice(colon + 1, line.TextEnd)).Trim();
        return (lines.Ascii(at, colon), title, line.Next);
    }

    private static ItemKind KindOf(ReadDraft draft, string label, long at)
    {
        switch (label.ToUpperInvariant())
        {
            case "TEXT ITEM":
                return ItemKind.Text;
            case "FILE ITEM":
                return ItemKind.File;
            case "FAX ITEM":
                return ItemKind.Fax;
            default:
                draft.Fault(ReadFault.UnknownSection, at, $"“{label}” is a kind of item this reader does not know; it is kept as it is.");
                return ItemKind.Other;
        }
    }
}
