using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Postern.Browser.Tests.Support;

/// <summary>What an authenticator on a telephone does (RFC 6238 with SHA-1, thirty seconds, six digits).</summary>
internal static class OneTimeCode
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>The code of this moment, or of one that is some steps of thirty seconds away.</summary>
    public static string Of(string secret, int step = 0) => At(secret, (TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 30) + step);

    public static string At(string secret, long counter)
    {
        var moment = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(moment, counter);
#pragma warning disable CA5350 // the RFC's own algorithm, which every authenticator has
        var hash = HMACSHA1.HashData(Bytes(secret), moment);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(hash[^1] & 15)) & int.MaxValue;
        return (number % 1_000_000).ToString("000000", CultureInfo.InvariantCulture);
    }

    private static byte[] Bytes(string secret)
    {
        var bits = string.Concat(secret.Where(c => c != ' ').Select(c => Convert.ToString(Letters.IndexOf(char.ToUpperInvariant(c), StringComparison.Ordinal), 2).PadLeft(5, '0')));
        return [.. bits.Chunk(8).Where(chunk => chunk.Length == 8).Select(chunk => Convert.ToByte(new string(chunk), 2))];
    }
}
