namespace Postern.Domain.Mime;

/// <summary>Takes the fields of one header from the lines, bounded, and leaves the scanner at the first line of the body.</summary>
internal struct HeaderScanner(int maximumFields, int maximumBytes, long start)
{
    private int fields;

    /// <summary>The faults met so far.</summary>
    public MimeFaults Faults { get; private set; }

    /// <summary>False when the header has ended; the scanner then stands on the first line behind it.</summary>
    public bool TryNext(ref LineScanner lines, out HeaderField field)
    {
        while (!lines.IsStop)
        {
            if (lines.IsBlank)
            {
                field = default;
                lines.Advance();
                return false;
            }

            if (lines.IsContinuation)
            {
                Faults |= MimeFaults.FieldMalformed;
                lines.Advance();
                continue;
            }

            var nameLength = NameLength(lines.Head, out var colon);
            if (nameLength == 0)
            {
                // The first line of an mbox file is no field and no body either.
                if (lines.LineStart == start && (lines.Head.StartsWith("From "u8) || lines.Head.StartsWith(">From "u8)))
                {
                    Faults |= MimeFaults.FieldMalformed;
                    lines.Advance();
                    continue;
                }

                field = default;
                Faults |= MimeFaults.BlankLineMissing;
                return false;
            }

            field = Take(ref lines, nameLength, colon);
            if (++fields <= maximumFields && field.Line.End - start <= maximumBytes)
            {
                return true;
            }

            Faults |= MimeFaults.HeaderTooLong;
        }

        field = default;
        Faults |= lines.AtEnd ? MimeFaults.None : MimeFaults.BoundaryInHeader;
        return false;
    }

    private static HeaderField Take(ref LineScanner lines, int nameLength, int colon)
    {
        var kind = FieldNames.Match(lines.Head[..nameLength]);
        var first = lines.LineStart;
        var end = lines.ContentEnd;
        lines.Advance();
        while (!lines.IsStop && lines.IsContinuation)
        {
            end = lines.ContentEnd;
            lines.Advance();
        }

        return new HeaderField(
            kind, nameLength, ByteRange.Between(first, lines.LineStart), ByteRange.Between(first + colon + 1, end));
    }

    /// <summary>Zero when the line is no field: RFC 5322, 2.2 allows bytes 33 to 126 in a name; blanks before the colon are obsolete.</summary>
    private static int NameLength(ReadOnlySpan<byte> line, out int colon)
    {
        colon = line.IndexOf((byte)':');
        if (colon <= 0)
        {
            return 0;
        }

        var name = line[..colon].TrimEnd(" \t"u8);
        return name.ContainsAnyExceptInRange((byte)33, (byte)126) ? 0 : name.Length;
    }
}
