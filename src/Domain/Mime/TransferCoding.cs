using System.Buffers;

namespace Postern.Domain.Mime;

/// <summary>What came out of decoding a body: its exact length in bytes and what was wrong with it.</summary>
public readonly record struct DecodeResult(long Length, MimeFaults Faults);

/// <summary>Decodes and encodes bodies piece by piece, so that an attachment of any size passes through a small buffer. Bad characters
/// are skipped or taken literally, and said.</summary>
public static class TransferCoding
{
    public static DecodeResult Decode(TransferEncoding encoding, in ReadOnlySequence<byte> body, IBufferWriter<byte> output) =>
        Run(encoding, body, output);

    /// <summary>The length that <see cref="Decode"/> would write, for formats that must name it first. Nothing is written.</summary>
    public static DecodeResult CountDecoded(TransferEncoding encoding, in ReadOnlySequence<byte> body) => Run(encoding, body, null);

    /// <summary>Encodes content in base64 or quoted-printable; every other encoding copies it. Base64 ends with a line end.</summary>
    public static void Encode(TransferEncoding encoding, in ReadOnlySequence<byte> content, IBufferWriter<byte> output)
    {
        _ = encoding switch
        {
            TransferEncoding.Base64 => Run(default(Base64Encoder), content, output),
            TransferEncoding.QuotedPrintable => Run(default(QuotedPrintableEncoder), content, output),
            _ => Copy(encoding, content, output),
        };
    }

    internal static DecodeResult Run<TCoder>(TCoder coder, in ReadOnlySequence<byte> body, IBufferWriter<byte>? output)
        where TCoder : struct, IPieceCoder
    {
        long length = 0;
        Span<byte> scratch = output is null ? new byte[TCoder.Room(TCoder.Piece)] : default;
        foreach (var memory in body)
        {
            for (var rest = memory.Span; !rest.IsEmpty;)
            {
                var piece = rest[..Math.Min(rest.Length, TCoder.Piece)];
                rest = rest[piece.Length..];
                var target = output is null ? scratch : output.GetSpan(TCoder.Room(piece.Length));
                var written = coder.Push(piece, target);
                output?.Advance(written);
                length += written;
            }
        }

        var last = coder.Finish(output is null ? scratch : output.GetSpan(TCoder.Room(0)));
        output?.Advance(last);
        return new DecodeResult(length + last, coder.Faults);
    }

    private static DecodeResult Run(TransferEncoding encoding, in ReadOnlySequence<byte> body, IBufferWriter<byte>? output) =>
        encoding switch
        {
            TransferEncoding.Base64 => Run(default(Base64Decoder), body, output),
            TransferEncoding.QuotedPrintable => Run(default(QuotedPrintableDecoder), body, output),
            TransferEncoding.Uuencode => Run(new UuencodeDecoder(isInside: false), body, output),
            _ => Copy(encoding, body, output),
        };

    private static DecodeResult Copy(TransferEncoding encoding, in ReadOnlySequence<byte> body, IBufferWriter<byte>? output)
    {
        output?.WriteAll(body);
        return new DecodeResult(body.Length, encoding == TransferEncoding.Unknown ? MimeFaults.UnknownEncoding : MimeFaults.None);
    }
}

/// <summary>A decoder or encoder that keeps its state between pieces of input.</summary>
internal interface IPieceCoder
{
    /// <summary>Most bytes of input that are pushed at once.</summary>
    static abstract int Piece { get; }

    /// <summary>Most bytes of output that so many bytes of input can make, what was held back included.</summary>
    static abstract int Room(int inputLength);

    MimeFaults Faults { get; }

    /// <summary>Turns the piece into output and returns the number of bytes written.</summary>
    int Push(ReadOnlySpan<byte> input, Span<byte> output);

    /// <summary>Writes what was still held back at the end of the input.</summary>
    int Finish(Span<byte> output);
}
