namespace Postern.Domain.Mime;

/// <summary>The lines of a uuencoded file in pieces. Blanks that a transport took from a line's end count as zeros, and what stands behind
/// the counted bytes of a line (a checksum) is passed over.</summary>
internal struct UuencodeDecoder(bool isInside) : IPieceCoder
{
    private State state = isInside ? State.LineStart : State.Before;
    private int matched;
    private int left;
    private uint bits;
    private int count;
    private long read;
    private long padded;

    private enum State
    {
        Before,
        BeforeSkip,
        BeginLine,
        LineStart,
        Data,
        Rest,
        Done,
    }

    public static int Piece => 1024;

    public MimeFaults Faults { get; private set; }

    public static int Room(int inputLength) => (inputLength * 32) + 64;

    public int Push(ReadOnlySpan<byte> input, Span<byte> output)
    {
        var written = 0;
        foreach (var value in input)
        {
            written += Step(value, output[written..]);
        }

        return written;
    }

    public int Finish(Span<byte> output)
    {
        // Lines cut out of a text come without their end line.
        if (state != State.Done && !isInside)
        {
            Faults |= MimeFaults.EncodedDataCut;
        }

        return state == State.Data ? EndLine(output) : 0;
    }

    private int Step(byte value, Span<byte> output)
    {
        switch (state)
        {
            case State.Before:
                StepBefore(value);
                return 0;
            case State.BeforeSkip or State.BeginLine or State.Rest:
                state = value != '\n' ? state : state == State.BeforeSkip ? State.Before : State.LineStart;
                return 0;
            case State.LineStart when value is (byte)'\r' or (byte)'\n':
                return 0;
            case State.LineStart:
                StartLine(value);
                return 0;
            case State.Data when value == '\n':
                state = State.LineStart;
                return EndLine(output);
            case State.Data when value == '\r':
                return 0;
            case State.Data:
                return Take(value, output);
            default:
                return 0;
        }
    }

    private void StepBefore(byte value)
    {
        var begin = "begin "u8;
        if (value == '\n')
        {
            matched = 0;
        }
        else if (value != begin[matched])
        {
            matched = 0;
            state = State.BeforeSkip;
        }
        else if (++matched == begin.Length)
        {
            state = State.BeginLine;
        }
    }

    private void StartLine(byte value)
    {
        if (value is < 32 or > 96)
        {
            state = value == 'e' ? State.Done : State.Rest;
            Faults |= value == 'e' ? MimeFaults.None : MimeFaults.BadEncodedData;
            return;
        }

        left = (value - 32) & 63;
        state = left == 0 ? State.Rest : State.Data;
    }

    private int Take(byte value, Span<byte> output)
    {
        if (value is < 32 or > 96)
        {
            Faults |= MimeFaults.BadEncodedData;
        }

        read++;
        bits = (bits << 6) | (uint)((value - 32) & 63);
        return ++count == 4 ? FlushGroup(output) : 0;
    }

    /// <summary>Fills up a short line with zeros, but never with more of them than there was data: two bytes of input must not
    /// become sixty for ever.</summary>
    private int EndLine(Span<byte> output)
    {
        var written = 0;
        if (left > 3 && (padded += left) > read + 4_096)
        {
            Faults |= MimeFaults.EncodedDataCut;
            left = 0;
        }

        while (left > 0)
        {
            bits <<= 6 * (4 - count);
            written += FlushGroup(output[written..]);
        }

        bits = 0;
        count = 0;
        return written;
    }

    private int FlushGroup(Span<byte> output)
    {
        var written = Math.Min(3, left);
        for (var i = 0; i < written; i++)
        {
            output[i] = (byte)(bits >> (16 - (8 * i)));
        }

        left -= written;
        bits = 0;
        count = 0;
        if (left == 0)
        {
            state = state == State.Data ? State.Rest : state;
        }

        return written;
    }
}
