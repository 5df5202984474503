using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Postern.Domain.Conversion;

/// <summary>
/// The MacBinary II wrapper that <c>/FILES/MACBIN2</c> puts around Macintosh files: name, data fork, and whether there is a resource fork.
/// </summary>
internal sealed record MacBinary(string Name, ReadOnlySequence<byte> Data, long ResourceLength)
{
    private const int HeaderLength = 128;
    private const int MacRoman = 10_000;

    /// <summary>Recognised by its fixed zeros, its lengths and its checksum together; anything else is the file itself.</summary>
    public static bool TryRead(ReadOnlySequence<byte> content, out MacBinary file)
    {
        file = null!;
        if (content.Length < HeaderLength)
        {
            return false;
        }

        Span<byte> header = stackalloc byte[HeaderLength];
        content.Slice(0, HeaderLength).CopyTo(header);
        var nameLength = header[1];
        if (header[0] != 0 || header[74] != 0 || header[82] != 0 || nameLength is 0 or > 63 || header[122] < 129
            || BinaryPrimitives.ReadUInt16BigEndian(header[124..]) != Checksum(header[..124]))
        {
            return false;
        }

        long data = BinaryPrimitives.ReadUInt32BigEndian(header[83..]);
        long resource = BinaryPrimitives.ReadUInt32BigEndian(header[87..]);
        var start = HeaderLength + Padded(BinaryPrimitives.ReadUInt16BigEndian(header[120..]));
        if (start + data > content.Length || start + Padded(data) + resource > content.Length)
        {
            return false;
        }

        var name = CodePagesEncodingProvider.Instance.GetEncoding(MacRoman)!.GetString(header.Slice(2, nameLength));
        file = new MacBinary(name, content.Slice(start, data), resource);
        return true;
    }

    private static long Padded(long length) => (length + 127) / 128 * 128;

    // CRC-16 of XMODEM, polynomial 1021
    internal static ushort Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = 0;
        foreach (var b in bytes)
        {
            crc ^= b << 8;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1;
            }

            crc &= 0xFFFF;
        }

        return (ushort)crc;
    }
}
