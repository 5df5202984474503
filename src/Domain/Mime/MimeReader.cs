using System.Buffers;
using System.Text;

namespace Postern.Domain.Mime;

/// <summary>Takes one message apart in a single pass (RFC 2046, 5.1).</summary>
internal sealed class MimeReader(ReadOnlySequence<byte> content, MimeLimits limits)
{
    /// <summary>The RFC allows 70; some mailers go beyond.</summary>
    private const int LongestBoundary = 250;

    private readonly List<byte[]> boundaries = [];
    private readonly List<MimeFault> list = [];
    private MimeFaults allFaults;
    private int parts;
    private int fieldCount;

    public MimeMessage Read()
    {
        var lines = new LineScanner(content, boundaries);
        var root = ReadPart(ref lines, 0, ContentType.Text);
        return new MimeMessage(content, root, allFaults, list);
    }

    private MimePart ReadPart(ref LineScanner lines, int depth, ContentType standard)
    {
        parts++;
        var start = lines.LineStart;
        var part = ReadHeader(ref lines, standard);
        var bodyStart = lines.LineStart;
        part.HeaderRange = ByteRange.Between(start, bodyStart);
        if (part.ContentType.IsMultipart)
        {
            ReadMultipart(ref lines, part, depth);
        }
        else if (part.ContentType.IsMessage && !lines.IsStop)
        {
            ReadInnerMessage(ref lines, part, depth);
        }
        else
        {
            SkipBody(ref lines);
        }

        var end = lines.AtEnd ? lines.LineStart : lines.PreviousContentEnd;
        part.BodyRange = ByteRange.Between(bodyStart, end);
        part.Range = ByteRange.Between(start, part.BodyRange.End);
        return part;
    }

    private MimePart ReadHeader(ref LineScanner lines, ContentType standard)
    {
        var start = lines.LineStart;
        var fields = new List<HeaderField>();
        var seen = 0;
        var faults = MimeFaults.None;
        HeaderField? type = null, disposition = null, encoding = null;
        var scanner = new HeaderScanner(
            Math.Min(limits.Fields, limits.TotalFields - fieldCount), limits.HeaderBytes, start);
        while (scanner.TryNext(ref lines, out var field))
        {
            fields.Add(field);
            if (field.Kind is KnownField.Other or KnownField.Received)
            {
                continue;
            }

            // The first one counts, as it does for most receivers: a second must not change what a filter saw.
            faults |= (seen & (1 << (int)field.Kind)) == 0 ? MimeFaults.None : MimeFaults.FieldDuplicated;
            seen |= 1 << (int)field.Kind;
            switch (field.Kind)
            {
                case KnownField.ContentType:
                    type ??= field;
                    break;
                case KnownField.ContentDisposition:
                    disposition ??= field;
                    break;
                case KnownField.ContentTransferEncoding:
                    encoding ??= field;
                    break;
            }
        }

        fieldCount += fields.Count;
        var part = new MimePart(content, fields, Type(type, standard, ref faults));
        if (disposition is { } shown)
        {
            part.Disposition = ContentDisposition.Parse(Text(shown), out var wrong);
            faults |= wrong;
        }

        part.Encoding = encoding is { } coded ? TransferEncodings.Parse(Text(coded)) : TransferEncoding.SevenBit;
        faults |= part.Encoding == TransferEncoding.Unknown ? MimeFaults.UnknownEncoding : MimeFaults.None;
        Note(part, faults | scanner.Faults, start);
        return part;
    }

    private void ReadMultipart(ref LineScanner lines, MimePart part, int depth)
    {
        if (part.Encoding.IsEncoded())
        {
            Note(part, MimeFaults.EncodedContainer, part.HeaderRange.Offset);
        }

        var boundary = Encoding.UTF8.GetBytes(part.ContentType.Boundary ?? "");
        if (boundary.Length is 0 or > LongestBoundary || depth >= limits.Depth)
        {
            LeaveWhole(ref lines, part, depth >= limits.Depth ? MimeFaults.TooDeep : MimeFaults.BoundaryMissing);
            return;
        }

        var level = boundaries.Count;
        var children = new List<MimePart>();
        var standard = part.ContentType.Subtype == "digest" ? ContentType.Message : ContentType.Text;
        boundaries.Add(boundary);
        if (!lines.IsStop)
        {
            lines.Recheck();
        }

        SkipToStop(ref lines);
        while (!lines.AtEnd && lines.Delimiter == level && !lines.IsClosing)
        {
            lines.Advance();
            children.Add(parts < limits.Parts ? ReadPart(ref lines, depth + 1, standard) : TakeRest(ref lines));
        }

        var isClosed = !lines.AtEnd && lines.Delimiter == level;
        boundaries.RemoveAt(level);
        part.Children = children;
        if (isClosed)
        {
            lines.Advance();
            SkipBody(ref lines);
        }
        else
        {
            Note(part, children.Count == 0 ? MimeFaults.BoundaryMissing : MimeFaults.FinalBoundaryMissing, lines.LineStart);
        }
    }

    private void ReadInnerMessage(ref LineScanner lines, MimePart part, int depth)
    {
        if (part.Encoding.IsEncoded())
        {
            LeaveWhole(ref lines, part, MimeFaults.EncodedContainer);
        }
        else if (depth >= limits.Depth)
        {
            LeaveWhole(ref lines, part, MimeFaults.TooDeep);
        }
        else if (parts >= limits.Parts)
        {
            LeaveWhole(ref lines, part, MimeFaults.TooManyParts);
        }
        else
        {
            part.Children = [ReadPart(ref lines, depth + 1, ContentType.Text)];
        }
    }

    private void LeaveWhole(ref LineScanner lines, MimePart part, MimeFaults why)
    {
        part.IsOpaque = true;
        Note(part, why, lines.LineStart);
        SkipBody(ref lines);
    }

    /// <summary>The part that holds everything behind the last one that was taken apart.</summary>
    private MimePart TakeRest(ref LineScanner lines)
    {
        var start = lines.LineStart;
        lines.SkipToEnd();
        var rest = new MimePart(content, [], ContentType.Text)
        {
            IsOpaque = true,
            HeaderRange = new ByteRange(start, 0),
            BodyRange = ByteRange.Between(start, lines.LineStart),
            Range = ByteRange.Between(start, lines.LineStart),
        };
        Note(rest, MimeFaults.TooManyParts, start);
        return rest;
    }

    private void SkipBody(ref LineScanner lines)
    {
        if (boundaries.Count == 0)
        {
            lines.SkipToEnd();
        }
        else
        {
            SkipToStop(ref lines);
        }
    }

    private static void SkipToStop(ref LineScanner lines)
    {
        while (!lines.IsStop)
        {
            lines.Advance();
        }
    }

    private ContentType Type(HeaderField? field, ContentType standard, ref MimeFaults faults)
    {
        if (field is not { } found)
        {
            return standard;
        }

        var type = ContentType.Parse(Text(found), out var wrong);
        faults |= wrong;
        return type;
    }

    private string Text(HeaderField field) => HeaderText.Unfold(field.Value.In(content));

    private void Note(MimePart part, MimeFaults faults, long offset)
    {
        part.Faults |= faults;
        allFaults |= faults;
        if (faults != MimeFaults.None && list.Count < limits.Faults)
        {
            list.Add(new MimeFault(faults, offset));
        }
    }
}
