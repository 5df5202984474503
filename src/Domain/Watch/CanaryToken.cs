using System.Security.Cryptography;
using System.Text;
using Postern.Domain.Addresses;

namespace Postern.Domain.Watch;

/// <summary>The name under which a canary is sent, so that who answers it has seen it: drawn letters, and a proof by a key of this installation.</summary>
/// <remarks>
/// No table of open names is needed to know one, so every process knows every canary at once. 80 bits of proof cannot be guessed at the speed of SMTP. Letters and digits without
/// case, because a post office may change that.
/// </remarks>
public static class CanaryToken
{
    /// <summary>Every name begins with it.</summary>
    public const string Prefix = "canary-";

    /// <summary>Bytes that are drawn for one name.</summary>
    public const int DrawnBytes = 5;

    private const int ProofBytes = 10;
    private const int DrawnLetters = DrawnBytes * 8 / 5;
    private const string Letters = "abcdefghijklmnopqrstuvwxyz234567";

    /// <summary>Letters of a whole name.</summary>
    public static int Length => Prefix.Length + DrawnLetters + (ProofBytes * 8 / 5);

    /// <summary>The name of these drawn bytes.</summary>
    public static string Of(ReadOnlySpan<byte> key, ReadOnlySpan<byte> drawn)
    {
        var name = Prefix + Text(drawn);
        return name + Text(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(name)).AsSpan(0, ProofBytes));
    }

    /// <summary>Is this the address of a canary of ours, wherever it is said to live?</summary>
    public static bool TryRead(ReadOnlySpan<byte> key, MailAddress address, out string token)
    {
        token = address switch
        {
            SmtpAddress smtp => smtp.LocalPart.ToLowerInvariant(),
            CcMailAddress ccMail => ccMail.Name.ToLowerInvariant(),
            _ => "",
        };
        if (key.IsEmpty || token.Length != Length || !token.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        var drawn = token[..(Prefix.Length + DrawnLetters)];
        var proof = Text(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(drawn)).AsSpan(0, ProofBytes));
        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(proof), Encoding.UTF8.GetBytes(token[drawn.Length..]));
    }

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length * 8 / 5);
        var (bits, held) = (0, 0);
        foreach (var value in bytes)
        {
            (bits, held) = ((bits << 8) | value, held + 8);
            for (; held >= 5; held -= 5)
            {
                text.Append(Letters[(bits >> (held - 5)) & 31]);
            }
        }

        return text.ToString();
    }
}
