using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Rows;

namespace Postern.Domain.Directory.Plans;

/// <summary>The fingerprint of one row of a plan: equal for two changes exactly when they do the same to the same entry.</summary>
/// <remarks>
/// SHA-256 over version 1 of this form: the byte 1, the class, the reason, then identity, row before and row after. A text is its length in UTF-8 as
/// four bytes, big endian, and its bytes; a row is the byte 1, key, name, address key, address, kind and values, and one that is not there is
/// the byte 0. What somebody approves is this.
/// </remarks>
public static class ChangeHash
{
    public const int Length = SHA256.HashSizeInBytes;

    private const byte Version = 1;

    public static byte[] Of(Change change)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        AppendTo(hash, change);
        return hash.GetHashAndReset();
    }

    internal static void AppendTo(IncrementalHash hash, Change change)
    {
        hash.AppendData([Version, (byte)change.Class, (byte)change.Gone]);
        Append(hash, change.Identity);
        Append(hash, change.Before);
        Append(hash, change.After);
    }

    private static void Append(IncrementalHash hash, DirectoryRow? row)
    {
        if (row is null)
        {
            hash.AppendData([0]);
            return;
        }

        hash.AppendData([1]);
        Append(hash, row.Key.Bytes);
        Append(hash, row.Name);
        Append(hash, row.AddressKey);
        Append(hash, row.Address);
        hash.AppendData([(byte)row.Kind]);
        Append(hash, row.Values.Text);
    }

    private static void Append(IncrementalHash hash, string text)
    {
        Span<byte> small = stackalloc byte[512];
        var length = Encoding.UTF8.GetByteCount(text);
        var bytes = length <= small.Length ? small[..length] : new byte[length];
        Encoding.UTF8.GetBytes(text, bytes);
        Append(hash, bytes);
    }

    private static void Append(IncrementalHash hash, ReadOnlySpan<byte> bytes)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
