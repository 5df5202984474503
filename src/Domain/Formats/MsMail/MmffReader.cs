using System.Buffers;

namespace Postern.Domain.Formats.MsMail;

/// <summary>Reads the messages of an MMFF basic file, as GTWGET, APPGET and SMTPGET write it, one after another (Q118785).</summary>
/// <remarks>
/// The end of a line is what the first line of a message ends with (Q85055). Sizes rule, because attachments may hold anything, whole files
/// of this format included. Where behind the last counted byte stands neither a message nor the end of the file, the content is tried once
/// more behind one line end that no size counts. A size beyond the end of the file makes the rest of it part of that message: it was cut, and
/// what looks like a message in the rest is content. Whatever the bytes are, each call moves on or ends, every byte is looked at a bounded
/// number of times, and nothing is thrown. Bytes that belong to no message come out as a message with <see cref="MmffFault.Skipped"/>.
/// </remarks>
public sealed class MmffReader
{
    private const int HeaderLineLimit = 65_536;
    private const int HeaderLimit = 1_048_576;
    private const long SizeLimit = long.MaxValue / 4;

    private readonly ByteSource source;
    private readonly MmffLines lines;
    private readonly MmffHeader header;
    private readonly MsMailProfile profile;
    private long position;
    private int count;

    /// <summary>Reads a file that is held by the caller; the messages' data are ranges of it and live as long as it does.</summary>
    public MmffReader(ReadOnlySequence<byte> file, MsMailProfile profile)
    {
        source = new ByteSource(file);
        lines = new MmffLines(source);
        header = new MmffHeader(source, profile);
        this.profile = profile;
    }

    /// <summary>All messages of a file, read as they are asked for.</summary>
    public static IEnumerable<MsMailMessage> ReadAll(ReadOnlySequence<byte> file, MsMailProfile profile)
    {
        var reader = new MmffReader(file, profile);
        while (reader.TryRead(out var message))
        {
            yield return message;
        }
    }

    /// <summary>The next message; false at the end of the file.</summary>
    public bool TryRead(out MsMailMessage message)
    {
        message = null!;
        position = lines.SkipGap(position);
        if (position >= source.Length)
        {
            return false;
        }

        if (lines.IsMessageStart(position))
        {
            message = ReadMessage(new MmffDraft(++count, position) { LineEnd = lines.LineEndOf(position) });
            return true;
        }

        var draft = new MmffDraft(0, position) { BodyStart = position };
        position = lines.NextMessage(position);
        draft.Fault(MmffFault.Skipped, draft.Start, 0, $"{position - draft.Start} bytes belong to no message.");
        message = draft.Finish(source, position);
        return true;
    }

    private MsMailMessage ReadMessage(MmffDraft draft)
    {
        var isWhole = TryHeader(draft, out var next, out var last);
        MmffHeader.Check(draft, draft.Start);
        draft.BodyStart = next;
        if (!isWhole || draft.BodySize is null || draft.AttachmentLines.Any(line => line.Size is null && !line.IsExternal))
        {
            position = isWhole ? lines.NextMessage(next - 1) : next;
            return draft.Finish(source, position);
        }

        return ReadContent(draft, next, last);
    }

    private bool TryHeader(MmffDraft draft, out long next, out MmffLine last)
    {
        next = draft.Start;
        last = default;
        for (var number = 1; ; number++)
        {
            if (next >= source.Length)
            {
                draft.Fault(MmffFault.Truncated | MmffFault.MissingText, next, number, "The file ends inside the header.");
                return false;
            }

            if (number > 1 && lines.IsMessageStart(next))
            {
                draft.Fault(MmffFault.MissingText, next, number, "The next message begins before a text of this one.");
                return false;
            }

            last = lines.Line(next, draft.LineEnd, HeaderLineLimit);
            if (last.IsTooLong || last.Next - draft.Start > HeaderLimit)
            {
                draft.Fault(MmffFault.HeaderTooLong, next, number, "The header is longer than any program writes.");
                next = lines.NextMessage(last.Next - 1);
                return false;
            }

            next = last.Next;
            if (header.Add(draft, last, number))
            {
                return true;
            }
        }
    }

    private MsMailMessage ReadContent(MmffDraft draft, long start, MmffLine last)
    {
        var attached = draft.AttachmentLines.Aggregate(0L, (sum, line) => Math.Min(SizeLimit, sum + (line.Size ?? 0)));
        var size = Math.Min(SizeLimit, draft.BodySize.GetValueOrDefault() + attached);
        var lineEnd = lines.LineEndLength(start, draft.LineEnd);
        if (size > source.Length - start - (profile.BodyGap == BodyGap.LineEnd ? lineEnd : 0) || (!last.IsEnded && size > 0))
        {
            draft.Fault(MmffFault.Truncated, draft.Start, 0, $"The file ends after {source.Length - start} of {size} bytes.");
            position = source.Length;
            return draft.Finish(source, position);
        }

        var plain = FitOf(start + size);
        var shifted = CanBeShifted(draft, start, lineEnd) ? FitOf(start + lineEnd + size) : default;
        var gap = GapOf(draft, start, lineEnd, plain, shifted);
        draft.BodyStart = gap == BodyGap.LineEnd ? start + lineEnd : start;
        var fit = gap == BodyGap.LineEnd ? shifted : plain;
        var end = draft.BodyStart + size;
        if (!fit.IsFit)
        {
            draft.Fault(MmffFault.WrongSize, end, 0, "Behind the last byte that the sizes count stands neither a message nor the end of the file.");
        }

        position = fit.IsFit ? fit.Next : end;
        return draft.Finish(source, end);
    }

    private BodyGap GapOf(MmffDraft draft, long start, int lineEnd, Fit plain, Fit shifted)
    {
        if (plain.IsFit != shifted.IsFit)
        {
            draft.BodyGap = plain.IsFit ? BodyGap.None : BodyGap.LineEnd;
            return draft.BodyGap;
        }

        if (!plain.IsFit || profile.BodyGap != BodyGap.Unknown)
        {
            return plain.IsFit ? profile.BodyGap : BodyGap.None;
        }

        // Both fit: a text ends in a line end more often than not
        draft.Fault(MmffFault.UncertainGap, start, 0, "The sizes fit with and without a line end before the text.");
        var textEnd = start + draft.BodySize.GetValueOrDefault();
        return EndsLine(draft, textEnd, lineEnd) ? BodyGap.None : BodyGap.LineEnd;
    }

    // Where nothing is known of the peer, a shift that cuts the last line of the text in two is not believed: files would be shifted with it
    private bool CanBeShifted(MmffDraft draft, long start, int lineEnd) => lineEnd > 0 && profile.BodyGap switch
    {
        BodyGap.LineEnd => true,
        BodyGap.None => false,
        _ => EndsLine(draft, start + lineEnd + draft.BodySize.GetValueOrDefault(), lineEnd),
    };

    private bool EndsLine(MmffDraft draft, long at, int lineEnd) => lines.LineEndLength(at - lineEnd, draft.LineEnd) > 0;

    private Fit FitOf(long end)
    {
        if (end > source.Length)
        {
            return default;
        }

        var next = lines.SkipGap(end);
        return new Fit(next >= source.Length || lines.IsMessageStart(next) || lines.IsCutMessageStart(next), next);
    }

    private readonly record struct Fit(bool IsFit, long Next);
}
