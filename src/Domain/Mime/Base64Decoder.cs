using System.Buffers;
using System.Buffers.Text;

namespace Postern.Domain.Mime;

/// <summary>Base64 in pieces (RFC 2045, 6.8). Whole runs of letters go through the vectorised decoder of the framework; what stands
/// between them is looked at byte by byte. Data behind padding is decoded too, since joined blocks are seen in mail.</summary>
internal struct Base64Decoder : IPieceCoder
{
    private static readonly SearchValues<byte> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8);

    private uint bits;
    private int count;
    private bool isPadded;

    public static int Piece => 16 * 1024;

    public MimeFaults Faults { get; private set; }

    public static int Room(int inputLength) => inputLength + 8;

    public int Push(ReadOnlySpan<byte> input, Span<byte> output)
    {
        var written = 0;
        var at = 0;
        while (at < input.Length)
        {
            if (count == 0)
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
        if (count > 0)
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
            bits = (bits << 6) | (uint)six;
            if (++count < 4)
            {
                return 0;
            }

            output[0] = (byte)(bits >> 16);
            output[1] = (byte)(bits >> 8);
            output[2] = (byte)bits;
            bits = 0;
            count = 0;
            return 3;
        }

        if (value == '=')
        {
            if (count == 1 || (count == 0 && !isPadded))
            {
                Faults |= MimeFaults.BadEncodedData;
            }

            isPadded = true;
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
        var written = Math.Max(0, count - 1);
        if (count == 2)
        {
            output[0] = (byte)(bits >> 4);
        }
        else if (count == 3)
        {
            output[0] = (byte)(bits >> 10);
            output[1] = (byte)(bits >> 2);
        }

        bits = 0;
        count = 0;
        return written;
    }

    private void NoteDataAfterPadding()
    {
        if (isPadded)
        {
            Faults |= MimeFaults.BadEncodedData;
            isPadded = false;
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
