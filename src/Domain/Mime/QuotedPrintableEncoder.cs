namespace Postern.Domain.Mime;

/// <summary>Quoted-printable in lines of at most 76 characters (RFC 2045, 6.7), in pieces. CRLF and a lone LF are line ends,
/// a lone CR is a byte. A dot or dash that comes to stand first in a line is encoded: the dot for careless relays, the dash so that
/// no soft break can make a boundary line out of text.</summary>
internal struct QuotedPrintableEncoder : IPieceCoder
{
    /// <summary>76 less the equals sign of a soft break.</summary>
    private const int LastColumn = 75;

    private int column;
    private byte blank;
    private bool hasReturn;

    public static int Piece => 4 * 1024;

    public readonly MimeFaults Faults => MimeFaults.None;

    public static int Room(int inputLength) => (inputLength * 6) + 32;

    public int Push(ReadOnlySpan<byte> input, Span<byte> output)
    {
        var at = 0;
        foreach (var value in input)
        {
            Step(value, output, ref at);
        }

        return at;
    }

    public int Finish(Span<byte> output)
    {
        var at = 0;
        if (hasReturn)
        {
            PutBlank(output, ref at);
            Put((byte)'\r', output, ref at);
            hasReturn = false;
        }

        EndLine(output, ref at);
        return at;
    }

    private void Step(byte value, Span<byte> output, ref int at)
    {
        if (hasReturn && value != '\n')
        {
            PutBlank(output, ref at);
            Put((byte)'\r', output, ref at);
            hasReturn = false;
        }

        switch (value)
        {
            case (byte)'\r':
                hasReturn = true;
                break;
            case (byte)'\n':
                EndLine(output, ref at);
                output[at++] = (byte)'\r';
                output[at++] = (byte)'\n';
                column = 0;
                hasReturn = false;
                break;
            case (byte)' ' or (byte)'\t':
                PutBlank(output, ref at);
                blank = value;
                break;
            default:
                PutBlank(output, ref at);
                Put(value, output, ref at);
                break;
        }
    }

    /// <summary>A blank at the end of a line would be lost on the way.</summary>
    private void EndLine(Span<byte> output, ref int at)
    {
        if (blank != 0)
        {
            Escape(blank, output, ref at);
            blank = 0;
        }
    }

    private void PutBlank(Span<byte> output, ref int at)
    {
        if (blank != 0)
        {
            Break(1, output, ref at);
            output[at++] = blank;
            column++;
            blank = 0;
        }
    }

    private void Put(byte value, Span<byte> output, ref int at)
    {
        if (value is > 32 and < 127 and not (byte)'=')
        {
            Break(1, output, ref at);
            if (column > 0 || value is not ((byte)'.' or (byte)'-'))
            {
                output[at++] = value;
                column++;
                return;
            }
        }

        Escape(value, output, ref at);
    }

    private void Escape(byte value, Span<byte> output, ref int at)
    {
        Break(3, output, ref at);
        output[at++] = (byte)'=';
        output[at++] = Digit(value >> 4);
        output[at++] = Digit(value & 15);
        column += 3;
    }

    private void Break(int width, Span<byte> output, ref int at)
    {
        if (column + width > LastColumn)
        {
            "=\r\n"u8.CopyTo(output[at..]);
            at += 3;
            column = 0;
        }
    }

    private static byte Digit(int value) => (byte)(value < 10 ? '0' + value : 'A' + value - 10);
}
