using System.Buffers;
using System.Buffers.Text;

namespace Postern.Domain.Mime;

/// <summary>Base64 in pieces (RFC 2045, 6.8). Whole runs of letters go through the vectorised decoder of the framework; what stands
/// between them is looked at byte by byte. Data behind padding is decoded too, since joined blocks are seen in mail.</summary>
internal struct Base64Decoder : IPieceCoder
{
    private static readonly SearchValues<byte> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8);

    private uint _bits;
    private int _count;
    private bool _isPadded;

    public static int Piece => 16 * 1024;

    public MimeFaults Faults { get; private set; }

    public static int Room(int inputLength) => inputLength + 8;

    public int Push(ReadOnlySpan<byte> input, Span<byte> output)
    {
        var written = 0;
        var at = 0;
        while (at < input.Length)
        {
            if (_count == 0)
            {
                var rest = input[at..];
                var run = rest.IndexOfAnyExcept(Alphabet);
                var whole = (run < 0 ? rest.Length : run) & ~3;
                if (whole > 0)
                {
                    NoteDataAfterPadding();
                    Base64.DecodeFromUtf8(rest[..whole], output[written..], out _, out var decoded);
                    written += decoded;
                    at += whole;
                    continue;
                }
            }

            written += Step(input[at++], output[written..]);
        }

        return written;
    }

    public int Finish(Span<byte> output)
    {
        if (_count > 0)
        {
            Faults |= MimeFaults.EncodedDataCut;
        }

        return Flush(output);
    }

    private int Step(byte value, Span<byte> output)
    {
        var six = Value(value);
        if (six >= 0)
        {
            NoteDataAfterPadding();
            _bits = (_bits << 6) | (uint)six;
            if (++_count < 4)
            {
                return 0;
            }

            output[0] = (byte)(_bits >> 16);
            output[1] = (byte)(_bits >> 8);
            output[2] = (byte)_bits;
            _bits = 0;
            _count = 0;
            return 3;
        }

        if (value == '=')
        {
            if (_count == 1 || (_count == 0 && !_isPadded))
            {
                Faults |= MimeFaults.BadEncodedData;
            }

            _isPadded = true;
            return Flush(output);
        }

        if (value is not ((byte)'\r' or (byte)'\n' or (byte)' ' or (byte)'\t'))
        {
            Faults |= MimeFaults.BadEncodedData;
        }

        return 0;
    }

    private int Flush(Span<byte> output)
    {
        var written = Math.Max(0, _count - 1);
        if (_count == 2)
        {
            output[0] = (byte)(_bits >> 4);
        }
        else if (_count == 3)
        {
            output[0] = (byte)(_bits >> 10);
            output[1] = (byte)(_bits >> 2);
        }

        _bits = 0;
        _count = 0;
        return written;
    }

    private void NoteDataAfterPadding()
    {
        if (_isPadded)
        {
            Faults |= MimeFaults.BadEncodedData;
            _isPadded = false;
        }
    }

    private static int Value(byte character) => character switch
    {
        >= (byte)'A' and <= (byte)'Z' => character - 'A',
        >= (byte)'a' and <= (byte)'z' => character - 'a' + 26,
        >= (byte)'0' and <= (byte)'9' => character - '0' + 52,
        (byte)'+' => 62,
        (byte)'/' => 63,
        _ => -1,
    };
}
