using System.Buffers.Text;

namespace Postern.Domain.Mime;

/// <summary>Base64 in lines of 76 characters (RFC 2045, 6.8), in pieces.</summary>
internal struct Base64Encoder : IPieceCoder
{
    private const int LineBytes = 57;
    private const int LineLength = 78;

    private byte[]? held;
    private int heldCount;

    public static int Piece => LineBytes * 256;

    public readonly MimeFaults Faults => MimeFaults.None;

    public static int Room(int inputLength) => ((inputLength / LineBytes) + 2) * LineLength;

    public int Push(ReadOnlySpan<byte> input, Span<byte> output)
    {
        var written = 0;
        held ??= new byte[LineBytes];
        if (heldCount > 0)
        {
            var taken = Math.Min(LineBytes - heldCount, input.Length);
            input[..taken].CopyTo(held.AsSpan(heldCount));
            heldCount += taken;
            input = input[taken..];
            if (heldCount < LineBytes)
            {
                return 0;
            }

            written = Line(held, output);
            heldCount = 0;
        }

        for (; input.Length >= LineBytes; input = input[LineBytes..])
        {
            written += Line(input[..LineBytes], output[written..]);
        }

        input.CopyTo(held);
        heldCount = input.Length;
        return written;
    }

    public readonly int Finish(Span<byte> output) => heldCount == 0 ? 0 : Line(held.AsSpan(0, heldCount), output);

    private static int Line(ReadOnlySpan<byte> bytes, Span<byte> output)
    {
        Base64.EncodeToUtf8(bytes, output, out _, out var written);
        "\r\n"u8.CopyTo(output[written..]);
        return written + 2;
    }
}
