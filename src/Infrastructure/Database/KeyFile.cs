using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Postern.Infrastructure.Database;

/// <summary>The key file cannot be used. The message is one sentence for the operator; programs end with 78.</summary>
public sealed class KeyFileException(string message) : Exception(message);

/// <summary>Encrypts what must not be readable in a copy of the database: passwords of peers, keys of sessions.</summary>
/// <remarks>
/// The file holds 32 random bytes in base64, mode 0600; it lies in the data folder or where <c>POSTERN_KEY_FILE</c> points. All
/// processes on one database need the same one. AES-256-GCM: version, key id (4 bytes), nonce (12), tag (16), ciphertext.
/// </remarks>
public sealed partial class KeyFile
{
    /// <summary>Name in the data folder.</summary>
    public const string FileName = "postern.key";

    private const byte FormatVersion = 1;
    private const int KeySize = 32;
    private const int KeyIdSize = 4;
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int HeaderSize = 1 + KeyIdSize + NonceSize + TagSize;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly byte[] key;
    private readonly byte[] keyId;

    private KeyFile(byte[] key)
    {
        this.key = key;
        keyId = SHA256.HashData(key)[..KeyIdSize];
    }

    /// <summary>Reads the key at <paramref name="path"/>, and makes it first where there is none.</summary>
    /// <exception cref="KeyFileException">Others may read it, or it is not a key.</exception>
    public static KeyFile Open(string path)
    {
        if (!File.Exists(path))
        {
            Create(path);
        }

        if ((File.GetUnixFileMode(path) & ~(OwnerOnly | UnixFileMode.UserExecute)) != 0)
        {
            throw new KeyFileException($"{path} may be read by others than its owner. Correct it with: chmod 600 {path}");
        }

        var text = File.ReadAllText(path).Trim();
        var key = new byte[KeySize];
        return Convert.TryFromBase64String(text, key, out var length) && length == KeySize
            ? new KeyFile(key)
            : throw new KeyFileException($"{path} does not hold a key: {KeySize} bytes in base64 are expected.");
    }

    /// <summary>Encrypts; the result differs each time.</summary>
    public byte[] Protect(ReadOnlySpan<byte> plain)
    {
        var sealedBytes = new byte[HeaderSize + plain.Length];
        sealedBytes[0] = FormatVersion;
        keyId.CopyTo(sealedBytes.AsSpan(1));
        var nonce = sealedBytes.AsSpan(1 + KeyIdSize, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(key, TagSize);
        cipher.Encrypt(
            nonce, plain, sealedBytes.AsSpan(HeaderSize), sealedBytes.AsSpan(1 + KeyIdSize + NonceSize, TagSize), sealedBytes.AsSpan(0, 1 + KeyIdSize));
        return sealedBytes;
    }

    /// <summary>Reads what <see cref="Protect"/> made.</summary>
    /// <exception cref="CryptographicException">Another key made it, or it was changed.</exception>
    public byte[] Unprotect(ReadOnlySpan<byte> sealedBytes)
    {
        if (sealedBytes.Length < HeaderSize || sealedBytes[0] != FormatVersion)
        {
            throw new CryptographicException("This was not encrypted by Postern.");
        }

        if (!sealedBytes.Slice(1, KeyIdSize).SequenceEqual(keyId))
        {
            throw new CryptographicException("This was encrypted with another key file.");
        }

        var plain = new byte[sealedBytes.Length - HeaderSize];
        using var cipher = new AesGcm(key, TagSize);
        cipher.Decrypt(
            sealedBytes.Slice(1 + KeyIdSize, NonceSize), sealedBytes[HeaderSize..], sealedBytes.Slice(1 + KeyIdSize + NonceSize, TagSize), plain,
            sealedBytes[..(1 + KeyIdSize)]);
        return plain;
    }

    // Written aside and given its name by a second link, which fails where the name is taken: so processes that start together end up with one and
    // the same key. A move looks first and replaces then, and two that look in the same instant have two keys.
    private static void Create(string path)
    {
        var unfinished = $"{path}.{Guid.NewGuid():N}";
        using (var file = new FileStream(unfinished, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeySize)) + "\n"));
            file.Flush(flushToDisk: true);
        }

        if (Link(unfinished, path) != 0 && !File.Exists(path))
        {
            File.Move(unfinished, path); // a file system without links
            return;
        }

        File.Delete(unfinished);
    }

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string name);
}
