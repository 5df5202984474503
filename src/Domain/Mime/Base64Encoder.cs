using System.Buffers.Text;

namespace Postern.Domain.Mime;

/// <summary>Base64 in lines of 76 characters (RFC 2045, 6.8), in pieces.</summary>
internal struct Base64Encoder : IPieceCoder
{
    private const int LineBytes = 57;
    private const int LineLength = 78;

    private byte[]? _held;
    private int _heldCount;

    public static int Piece => LineBytes * 256;

    public readonly MimeFaults Faults => MimeFaults.None;

    public static int Room(int inputLength) => ((inputLength / LineBytes) + 2) * LineLength;

    public int Push(ReadOnlySpan<byte> input, Span<byte> output)
    {
        var written = 0;
        _held ??= new byte[LineBytes];
        if (_heldCount > 0)
        {
            var taken = Math.Min(LineBytes - _heldCount, input.Length);
            input[..taken].CopyTo(_held.AsSpan(_heldCount));
            _heldCount += taken;
            input = input[taken..];
            if (_heldCount < LineBytes)
            {
                return 0;
            }

            written = Line(_held, output);
            _heldCount = 0;
        }

        for (; input.Length >= LineBytes; input = input[LineBytes..])
        {
            written += Line(input[..LineBytes], output[written..]);
        }

        input.CopyTo(_held);
        _heldCount = input.Length;
        return written;
    }

    public readonly int Finish(Span<byte> output) => _heldCount == 0 ? 0 : Line(_held.AsSpan(0, _heldCount), output);

    private static int Line(ReadOnlySpan<byte> bytes, Span<byte> output)
    {
        Base64.EncodeToUtf8(bytes, output, out _, out var written);
        "\r\n"u8.CopyTo(output[written..]);
        return written + 2;
    }
}
