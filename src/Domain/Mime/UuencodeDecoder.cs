namespace Postern.Domain.Mime;

/// <summary>The lines of a uuencoded file in pieces. Blanks that a transport took from a line's end count as zeros, and what stands behind
/// the counted bytes of a line (a checksum) is passed over.</summary>
internal struct UuencodeDecoder(bool isInside) : IPieceCoder
{
    private readonly bool _isInside = isInside;
    private State _state = isInside ? State.LineStart : State.Before;
    private int _matched;
    private int _left;
    private uint _bits;
    private int _count;
    private long _read;
    private long _padded;

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
        if (_state != State.Done && !_isInside)
        {
            Faults |= MimeFaults.EncodedDataCut;
        }

        return _state == State.Data ? EndLine(output) : 0;
    }

    private int Step(byte value, Span<byte> output)
    {
        switch (_state)
        {
            case State.Before:
                StepBefore(value);
                return 0;
            case State.BeforeSkip or State.BeginLine or State.Rest:
                _state = value != '\n' ? _state : _state == State.BeforeSkip ? State.Before : State.LineStart;
                return 0;
            case State.LineStart when value is (byte)'\r' or (byte)'\n':
                return 0;
            case State.LineStart:
                StartLine(value);
                return 0;
            case State.Data when value == '\n':
                _state = State.LineStart;
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
            _matched = 0;
        }
        else if (value != begin[_matched])
        {
            _matched = 0;
            _state = State.BeforeSkip;
        }
        else if (++_matched == begin.Length)
        {
            _state = State.BeginLine;
        }
    }

    private void StartLine(byte value)
    {
        if (value is < 32 or > 96)
        {
            _state = value == 'e' ? State.Done : State.Rest;
            Faults |= value == 'e' ? MimeFaults.None : MimeFaults.BadEncodedData;
            return;
        }

        _left = (value - 32) & 63;
        _state = _left == 0 ? State.Rest : State.Data;
    }

    private int Take(byte value, Span<byte> output)
    {
        if (value is < 32 or > 96)
        {
            Faults |= MimeFaults.BadEncodedData;
        }

        _read++;
        _bits = (_bits << 6) | (uint)((value - 32) & 63);
        return ++_count == 4 ? FlushGroup(output) : 0;
    }

    /// <summary>Fills up a short line with zeros, but never with more of them than there was data: two bytes of input must not
    /// become sixty for ever.</summary>
    private int EndLine(Span<byte> output)
    {
        var written = 0;
        if (_left > 3 && (_padded += _left) > _read + 4_096)
        {
            Faults |= MimeFaults.EncodedDataCut;
            _left = 0;
        }

        while (_left > 0)
        {
            _bits <<= 6 * (4 - _count);
            written += FlushGroup(output[written..]);
        }

        _bits = 0;
        _count = 0;
        return written;
    }

    private int FlushGroup(Span<byte> output)
    {
        var written = Math.Min(3, _left);
        for (var i = 0; i < written; i++)
        {
            output[i] = (byte)(_bits >> (16 - (8 * i)));
        }

        _left -= written;
        _bits = 0;
        _count = 0;
        if (_left == 0)
        {
            _state = _state == State.Data ? State.Rest : _state;
        }

        return written;
    }
}
