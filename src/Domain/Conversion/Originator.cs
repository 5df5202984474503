using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Postern.Domain.Addresses;
using Postern.Domain.Formats;
using Postern.Domain.Formats.CcMail;

namespace Postern.Domain.Conversion;

/// <summary>
/// The sender of a message as cc:Mail shall show it, so that a reply comes back. Where the internet address could not be carried in the
/// text, <see cref="Alias"/> is the name that stands for it and that must be kept until no reply is expected any more.
/// </summary>
/// <param name="Text">What stands behind <c>From:</c>.</param>
/// <param name="Alias">Empty, or the name before <c> at SITE1</c> that is to be remembered for the sender's address.</param>
/// <param name="Losses">What was changed in the display name or address.</param>
public sealed record OriginatorText(string Text, string Alias, IReadOnlyList<ConversionLoss> Losses);

/// <summary>
/// Writes senders for cc:Mail and reads the addresses of replies. <see cref="TryRead"/> gives back exactly the address that
/// <see cref="OfStranger"/> wrote.
/// </summary>
/// <remarks>
/// An internet sender is <c>user@host at SITE1</c>, at DB8 with the display name in quotes before it (Q179677, Q183588). An address that
/// holds what a cc:Mail name cannot hold (brackets, quotes around brackets, characters the code page lacks) is written as
/// <c>IMCEASMTP-</c> and the address with every other byte than letters, digits, hyphen and full stop as <c>+</c> and two hexadecimal digits.
/// When that is longer than a name may be, it is <c>LONGSMTP-</c> and 32 letters made from the address: the one form that needs a memory.
/// </remarks>
public static class Originator
{
    /// <summary>No public limit is known for a name in a cc:Mail address; 126 bytes is what fields of this kind held.</summary>
    public const int NameLimit = 126;

    private const string EscapedPrefix = "IMCEASMTP-";
    private const string AliasPrefix = "LONGSMTP-";
    private const string Base32 = "abcdefghijklmnopqrstuvwxyz234567";

    /// <summary>The null sender of reports: the postmaster of the site; nothing is ever answered to it (Q192594).</summary>
    public static OriginatorText OfNobody(CcMailProfile profile) => new($"Postmaster at {profile.SitePostOffice}", "", []);

    /// <summary>A sender with an entry: the cc:Mail name the post office knows.</summary>
    public static OriginatorText OfEntry(CcMailAddress address) => new(address.Text, "", []);

    /// <summary>An internet sender without an entry.</summary>
    public static OriginatorText OfStranger(string displayName, SmtpAddress address, CcMailProfile profile)
    {
        var losses = new List<ConversionLoss>();
        var name = AddressName(address, profile, losses, out var alias);
        var shown = profile.Database == CcMailDatabase.DB8 ? Quoted(displayName, address, profile, losses) : "";
        if (shown.Length > 0 && profile.TextEncoding.GetByteCount(shown) + 1 + name.Length > NameLimit)
        {
            losses.Add(ConversionLoss.Of(LossKind.Dropped, "sender's display name", displayName, ""));
            shown = "";
        }

        return new OriginatorText($"{shown}{(shown.Length > 0 ? " " : "")}{name} at {profile.SitePostOffice}", alias, losses);
    }

    /// <summary>
    /// The internet address inside the recipient of a reply, with or without a display name. <paramref name="addressOf"/> answers for
    /// aliases of long addresses; it is asked only for those.
    /// </summary>
    public static bool TryRead(CcMailAddress address, Func<string, SmtpAddress?> addressOf, out SmtpAddress sender)
    {
        sender = null!;
        var name = address.Name;
        var parsed = CcMailAddressText.Parse(address.Text);
        if (parsed.InternetAddress.Length > 0 && SmtpAddress.TryParse(parsed.InternetAddress, out sender, out _))
        {
            return true;
        }

        var word = name[(name.LastIndexOf(' ') + 1)..];
        if (word.StartsWith(EscapedPrefix, StringComparison.OrdinalIgnoreCase))
        {
            return TryUnescape(word[EscapedPrefix.Length..], out var text) && SmtpAddress.TryParse(text, out sender, out _);
        }

        if (word.StartsWith(AliasPrefix, StringComparison.OrdinalIgnoreCase) && addressOf(word.ToUpperInvariant()) is { } known)
        {
            sender = known;
            return true;
        }

        return false;
    }

    private static string AddressName(SmtpAddress address, CcMailProfile profile, List<ConversionLoss> losses, out string alias)
    {
        alias = "";
        var text = address.Text;
        if (text.Length <= NameLimit && IsPlain(text))
        {
            return text;
        }

        var escaped = EscapedPrefix + Escape(text);
        if (escaped.Length <= NameLimit)
        {
            losses.Add(ConversionLoss.Of(LossKind.Replaced, "sender", text, escaped));
            return escaped;
        }

        alias = AliasPrefix + AliasOf(text).ToUpperInvariant();
        losses.Add(ConversionLoss.Of(LossKind.Replaced, "sender", text, alias));
        return alias;
    }

    // Printable ASCII is in every OEM page; brackets, quotes and separators have a meaning to cc:Mail and its gateways, a leading # is a board
    private static bool IsPlain(string text) =>
        text[0] != '#' && text.All(c => c is > ' ' and <= '~' and not ('[' or ']' or '<' or '>' or '(' or ')' or ',' or ';' or ':' or '\\' or '"'));

    // "User, Test" becomes "User; Test"; a name in quotes is not quoted twice; never a comma in front (Q179677, Q183588)
    private static string Quoted(string displayName, SmtpAddress address, CcMailProfile profile, List<ConversionLoss> losses)
    {
        var name = OemText.Fit(displayName.Trim(), profile.CodePage, out _);
        name = string.Concat(name.Select(c => c switch
        {
            ',' => ';',
            '[' or '<' => '(',
            ']' or '>' => ')',
            '"' => '\'',
            '\\' => '/',
            _ when char.IsControl(c) => ' ',
            _ => c,
        }));
        name = name.Trim(' ', ';', '\'');
        if (name.Length == 0 || name.Equals(address.Text, StringComparison.OrdinalIgnoreCase))
        {
            return "";
        }

        if (name != displayName.Trim().Trim('"'))
        {
            losses.Add(ConversionLoss.Of(LossKind.Replaced, "sender's display name", displayName, name));
        }

        return $"\"{name}\"";
    }

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 16);
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'.')
            {
                escaped.Append((char)b);
            }
            else
            {
                escaped.Append('+').Append(b.ToString("X2", CultureInfo.InvariantCulture));
            }
        }

        return escaped.ToString();
    }

    private static bool TryUnescape(string text, out string plain)
    {
        plain = "";
        var bytes = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '+')
            {
                bytes.Add((byte)text[i]);
                continue;
            }

            if (i + 2 >= text.Length
                || !byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var value))
            {
                return false;
            }

            bytes.Add(value);
            i += 2;
        }

        plain = Encoding.UTF8.GetString([.. bytes]);
        return true;
    }

    // 160 bits: no two senders ever share an alias
    private static string AliasOf(string text)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        var alias = new StringBuilder(32);
        var bits = 0;
        var value = 0;
        foreach (var b in hash.AsSpan(0, 20))
        {
            value = (value << 8) | b;
            bits += 8;
            for (; bits >= 5; bits -= 5)
            {
                alias.Append(Base32[(value >> (bits - 5)) & 31]);
            }

            value &= (1 << bits) - 1;
        }

        return alias.ToString();
    }
}
