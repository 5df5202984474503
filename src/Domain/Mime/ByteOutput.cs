using System.Buffers;
using System.Text;

namespace Postern.Domain.Mime;

internal static class ByteOutput
{
    private const int Piece = 64 * 1024;

    /// <summary>Copies content in pieces that any buffer can offer.</summary>
    public static void WriteAll(this IBufferWriter<byte> output, in ReadOnlySequence<byte> content)
    {
        foreach (var memory in content)
        {
            for (var rest = memory.Span; !rest.IsEmpty;)
            {
                var piece = rest[..Math.Min(rest.Length, Piece)];
                output.Write(piece);
                rest = rest[piece.Length..];
            }
        }
    }

    /// <summary>Writes text that is known to be ASCII; any other character becomes a question mark.</summary>
    public static void WriteAscii(this IBufferWriter<byte> output, ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            var piece = text[..Math.Min(text.Length, Piece)];
            var span = output.GetSpan(piece.Length);
            output.Advance(Encoding.ASCII.GetBytes(piece, span));
            text = text[piece.Length..];
        }
    }
}
