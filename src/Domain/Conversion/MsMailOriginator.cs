using System.Security.Cryptography;
using System.Text;
using Postern.Domain.Addresses;
using Postern.Domain.Formats.MsMail;

namespace Postern.Domain.Conversion;

/// <summary>
/// Writes senders for MS Mail and reads the addresses of replies. <see cref="TryRead"/> gives back exactly the address that
/// <see cref="OfStranger"/> wrote.
/// </summary>
/// <remarks>
/// A sender of a message file must live at our own post office, with ten letters or digits for a mailbox. An internet sender without an entry
/// gets one made from the address: four of its letters and six that only that address has. This form needs a memory. Where the programs of the
/// SMTP gateway are used, the address itself can be written.
/// </remarks>
public static class MsMailOriginator
{
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private const int NameLetters = 4;
    private const int HashLetters = 6;
    private const int Attempts = 1_000;

    /// <summary>The null sender of reports: POSTMASTER of our post office; nothing is ever answered to it (Q175447, Q98067).</summary>
    public static OriginatorText OfNobody(MsMailProfile profile) => new(profile.Postmaster, "", []);

    /// <summary>A sender with an entry: the MS Mail address the post office knows.</summary>
    public static OriginatorText OfEntry(MsMailAddress address) => new(MsMailAddressText.Written(address), "", []);

    /// <summary>An internet sender without an entry.</summary>
    /// <param name="addressOf">The address an alias stands for already, null for a free one: no two senders ever share an alias.</param>
    public static OriginatorText OfStranger(SmtpAddress address, MsMailProfile profile, Func<string, SmtpAddress?> addressOf)
    {
        var written = $"{SmtpAddress.TypeName}:{address.Text}";
        if (profile.UsesInternetSenders && written.Length + "FROM:".Length <= profile.HeaderLineLimit && IsPlain(address.Text))
        {
            return new OriginatorText(written, "", []);
        }

        var alias = AliasOf(address, addressOf);
        var text = $"{MsMailAddressText.WrittenType}:{profile.Network}/{profile.PostOffice}/{alias}";
        return new OriginatorText(text, alias, [ConversionLoss.Of(LossKind.Replaced, "sender", address.Text, text)]);
    }

    /// <summary>
    /// The internet address inside the recipient of a reply. <paramref name="addressOf"/> answers for aliases; it is asked for the mailboxes of
    /// native addresses, of whatever post office: whether that is ours is for the caller to know.
    /// </summary>
    public static bool TryRead(MsMailAddressText text, Func<string, SmtpAddress?> addressOf, out SmtpAddress sender)
    {
        if (text.TryInternet(out sender))
        {
            return true;
        }

        if (text.TryAddress(out var native, out _) && addressOf(native.Mailbox.ToUpperInvariant()) is { } known)
        {
            sender = known;
            return true;
        }

        return false;
    }

    // Printable ASCII without what begins a code in an address
    private static bool IsPlain(string text) => text.All(c => c is > ' ' and <= '~' and not '^');

    private static string AliasOf(SmtpAddress address, Func<string, SmtpAddress?> addressOf)
    {
        var letters = string.Concat(address.LocalPart.Where(char.IsAsciiLetterOrDigit).Take(NameLetters)).ToUpperInvariant().PadRight(NameLetters, 'X');
        var alias = "";
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            alias = letters + Hash(attempt == 0 ? address.Key : $"{address.Key} {attempt}");
            if (addressOf(alias) is not { } other || other.Equals(address))
            {
                return alias;
            }
        }

        return alias;
    }

    private static string Hash(string text)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        return string.Concat(hash.Take(HashLetters).Select(b => Base32[b & 31]));
    }
}
