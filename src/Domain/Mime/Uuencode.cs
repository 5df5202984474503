using System.Buffers;

namespace Postern.Domain.Mime;

/// <summary>A uuencoded file in the text of a body.</summary>
/// <param name="FileName">Cleaned; null when the begin line names none that can be shown.</param>
/// <param name="Range">From the begin line to the end line, both included.</param>
/// <param name="Lines">The encoded lines alone.</param>
/// <param name="Faults">Whether the end line was missing.</param>
public sealed record UuencodedFile(string? FileName, ByteRange Range, ByteRange Lines, MimeFaults Faults)
{
    public DecodeResult Decode(in ReadOnlySequence<byte> text, IBufferWriter<byte> output) => Run(text, output);

    public DecodeResult CountDecoded(in ReadOnlySequence<byte> text) => Run(text, null);

    private DecodeResult Run(in ReadOnlySequence<byte> text, IBufferWriter<byte>? output)
    {
        var result = TransferCoding.Run(new UuencodeDecoder(isInside: true), Lines.In(text), output);
        return result with { Faults = result.Faults | Faults };
    }
}

/// <summary>Finds the files that mailers without MIME put into the text between "begin" and "end".</summary>
public static class Uuencode
{
    private const int MostFiles = 1_000;

    /// <summary>The files in a decoded text body, in order. A begin line counts only when an encoded line follows it.</summary>
    public static IReadOnlyList<UuencodedFile> Find(in ReadOnlySequence<byte> text)
    {
        var found = new List<UuencodedFile>();
        var lines = new LineScanner(text, null);
        while (!lines.AtEnd && found.Count < MostFiles)
        {
            if (!TryBegin(lines.Head, out var name))
            {
                lines.Advance();
                continue;
            }

            var start = lines.LineStart;
            lines.Advance();
            if (!lines.AtEnd && IsEncoded(lines.Head))
            {
                found.Add(Take(ref lines, start, name));
            }
        }

        return found;
    }

    /// <summary>The stretches of the text that belong to no file.</summary>
    public static IReadOnlyList<ByteRange> TextBetween(in ReadOnlySequence<byte> text, IReadOnlyList<UuencodedFile> files)
    {
        var ranges = new List<ByteRange>();
        long start = 0;
        foreach (var file in files)
        {
            ranges.Add(ByteRange.Between(start, file.Range.Offset));
            start = file.Range.End;
        }

        ranges.Add(ByteRange.Between(start, text.Length));
        ranges.RemoveAll(static r => r.IsEmpty);
        return ranges;
    }

    private static UuencodedFile Take(ref LineScanner lines, long start, string name)
    {
        var first = lines.LineStart;
        while (!lines.AtEnd && !IsEnd(lines.Head) && (lines.IsBlank || IsEncoded(lines.Head)))
        {
            lines.Advance();
        }

        var last = lines.LineStart;
        var hasEnd = !lines.AtEnd && IsEnd(lines.Head);
        if (hasEnd)
        {
            lines.Advance();
        }

        return new UuencodedFile(
            FileNames.Clean(name),
            ByteRange.Between(start, lines.LineStart),
            ByteRange.Between(first, last),
            hasEnd ? MimeFaults.None : MimeFaults.EncodedDataCut);
    }

    private static bool TryBegin(ReadOnlySpan<byte> line, out string name)
    {
        name = "";
        if (!line.StartsWith("begin "u8))
        {
            return false;
        }

        var rest = line[6..].TrimStart((byte)' ');
        var digits = rest.IndexOfAnyExceptInRange((byte)'0', (byte)'7');
        if (digits is not (3 or 4) || rest[digits] != ' ')
        {
            return false;
        }

        var label = rest[digits..].Trim((byte)' ');
        name = Charsets.DecodeUnlabelled(label).Trim('"');
        return name.Length > 0;
    }

    private static bool IsEnd(ReadOnlySpan<byte> line) => line.TrimEnd(" \t"u8).SequenceEqual("end"u8);

    /// <summary>The first character says how many bytes follow; a line may have lost blanks at its end or carry a checksum.</summary>
    private static bool IsEncoded(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty || line.ContainsAnyExceptInRange((byte)32, (byte)96))
        {
            return false;
        }

        var bytes = (line[0] - 32) & 63;
        var whole = 1 + ((bytes + 2) / 3 * 4);
        return line.Length <= whole + 2;
    }
}
