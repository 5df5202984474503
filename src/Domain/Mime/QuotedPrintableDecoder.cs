namespace Postern.Domain.Mime;

/// <summary>Quoted-printable in pieces (RFC 2045, 6.7). Blanks at a line's end are dropped, as the RFC demands; an escape that is
/// none is taken literally.</summary>
internal struct QuotedPrintableDecoder : IPieceCoder
{
    /// <summary>Blanks held back until it is known whether the line ends; more than this many are taken as text.</summary>
    private const int MostBlanks = 1_024;

    private byte[]? heldBlanks;
    private int blankCount;
    private State state;
    private byte firstDigit;

    private enum State
    {
        Text,
        Escape,
        Digit,
        EscapeBlank,
        EscapeReturn,
    }

    public static int Piece => 16 * 1024;

    public MimeFaults Faults { get; private set; }

    public static int Room(int inputLength) => inputLength + MostBlanks + 16;

    public int Push(ReadOnlySpan<byte> input, Span<byte> output)
    {
        var written = 0;
        var at = 0;
        while (at < input.Length)
        {
            if (state == State.Text)
            {
                var rest = input[at..];
                var run = rest.IndexOfAny((byte)'=', (byte)'\r', (byte)'\n');
                run = run < 0 ? rest.Length : run;
                written += PushRun(rest[..run], output[written..]);
                at += run;
            }

            if (at < input.Length)
            {
                written += Step(input[at++], output[written..]);
            }
        }

        return written;
    }

    public int Finish(Span<byte> output)
    {
        if (state != State.Digit)
        {
            return 0;
        }

        Faults |= MimeFaults.EncodedDataCut;
        output[0] = (byte)'=';
        output[1] = firstDigit;
        return 2;
    }

    /// <summary>Text without escapes and line ends; only its last blanks must wait.</summary>
    private int PushRun(ReadOnlySpan<byte> run, Span<byte> output)
    {
        var written = 0;
        var text = run.TrimEnd(" \t"u8);
        if (text.Length > 0)
        {
            written = FlushBlanks(output);
            text.CopyTo(output[written..]);
            written += text.Length;
        }

        foreach (var blank in run[text.Length..])
        {
            written += KeepBlank(blank, output[written..]);
        }

        return written;
    }

    private int Step(byte value, Span<byte> output)
    {
        switch (state)
        {
            case State.Escape:
                return StepEscape(value, output);
            case State.Digit:
                state = State.Text;
                if (Hex.TryRead(firstDigit, value, out output[0]))
                {
                    return 1;
                }

                Faults |= MimeFaults.BadEncodedData;
                output[0] = (byte)'=';
                output[1] = firstDigit;
                return 2 + StepText(value, output[2..]);
            case State.EscapeBlank when value is (byte)' ' or (byte)'\t' && blankCount < MostBlanks:
                return KeepBlank(value, output);
            case State.EscapeBlank when value is (byte)'\r' or (byte)'\n':
                blankCount = 0;
                return StepEscape(value, output);
            case State.EscapeBlank:
                return Literal(value, output);
            case State.EscapeReturn when value == '\n':
                state = State.Text;
                return 0;
            case State.EscapeReturn:
                state = State.Text;
                return StepText(value, output);
            default:
                return StepText(value, output);
        }
    }

    private int StepEscape(byte value, Span<byte> output)
    {
        switch (value)
        {
            case (byte)'\n':
                state = State.Text;
                return 0;
            case (byte)'\r':
                state = State.EscapeReturn;
                return 0;
            case (byte)' ' or (byte)'\t':
                state = State.EscapeBlank;
                return KeepBlank(value, output);
            case var digit when char.IsAsciiHexDigit((char)digit):
                state = State.Digit;
                this.firstDigit = digit;
                return 0;
            default:
                return Literal(value, output);
        }
    }

    private int StepText(byte value, Span<byte> output)
    {
        switch (value)
        {
            case (byte)' ' or (byte)'\t':
                return KeepBlank(value, output);
            case (byte)'=':
                state = State.Escape;
                return FlushBlanks(output);
            case (byte)'\r' or (byte)'\n':
                blankCount = 0;
                output[0] = value;
                return 1;
            default:
                var blanks = FlushBlanks(output);
                output[blanks] = value;
                return blanks + 1;
        }
    }

    /// <summary>The equals sign was no escape: it and the blanks behind it are text.</summary>
    private int Literal(byte value, Span<byte> output)
    {
        Faults |= MimeFaults.BadEncodedData;
        state = State.Text;
        output[0] = (byte)'=';
        var blanks = FlushBlanks(output[1..]);
        return 1 + blanks + StepText(value, output[(1 + blanks)..]);
    }

    private int KeepBlank(byte value, Span<byte> output)
    {
        var written = 0;
        if (blankCount == MostBlanks)
        {
            Faults |= MimeFaults.BadEncodedData;
            written = FlushBlanks(output);
        }

        heldBlanks ??= new byte[MostBlanks];
        heldBlanks[blankCount++] = value;
        return written;
    }

    private int FlushBlanks(Span<byte> output)
    {
        var count = blankCount;
        heldBlanks.AsSpan(0, count).CopyTo(output);
        blankCount = 0;
        return count;
    }
}
