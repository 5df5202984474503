using System.Globalization;
using System.Text;

namespace Postern.Domain.Mime;

/// <summary>One person in an address field: the name shown, which may be empty, and the address, which is empty when the field
/// held none that could be read.</summary>
/// <param name="DisplayName">Decoded text.</param>
/// <param name="Address">local@domain; a local part that needs quotes carries them.</param>
public sealed record Mailbox(string DisplayName, string Address)
{
    private const string AtomSpecials = "!#$%&'*+-/=?^_`{|}~";

    public bool HasAddress => Address.Length > 0;

    /// <summary>For people: <c>Doe, Jane &lt;jane@site1.example&gt;</c>. Not for a header.</summary>
    public override string ToString() =>
        DisplayName.Length == 0 ? Address : HasAddress ? $"{DisplayName} <{Address}>" : DisplayName;

    /// <summary>The mailbox as it stands in a header, cut where a line may be folded; each token but the first stands after a blank.</summary>
    internal IEnumerable<string> Tokens()
    {
        var name = StorableText.Clean(DisplayName, 500).Trim();
        var address = WireAddress(Address);
        if (name.Length == 0)
        {
            yield return address.Length == 0 ? "<>" : address;
            yield break;
        }

        foreach (var token in NameTokens(name))
        {
            yield return token;
        }

        yield return $"<{address}>";
    }

    /// <summary>Whatever the address holds, what is written is one address: the local part is quoted where it must be, and a
    /// domain loses what no domain has.</summary>
    internal static string WireAddress(string address)
    {
        var clean = StorableText.Clean(address, AddressReader.LongestAddress).Trim();
        var at = clean.LastIndexOf('@');
        var local = at < 0 ? clean : clean[..at];
        if (local.Length >= 2 && local[0] == '"' && local[^1] == '"')
        {
            local = Unescape(local[1..^1]);
        }

        var output = new StringBuilder(clean.Length + 2).Append(QuoteLocal(local));
        if (at < 0)
        {
            return local.Length == 0 ? "" : output.ToString();
        }

        output.Append('@');
        foreach (var c in clean.AsSpan(at + 1))
        {
            if (char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '[' or ']' or ':' || c > 127)
            {
                output.Append(c);
            }
        }

        return output.ToString();
    }

    /// <summary>Quotes a local part or a name when it is more than atoms and dots (RFC 5322, 3.2.3).</summary>
    internal static string QuoteLocal(string local)
    {
        var isAtoms = local.Length > 0 && local[0] != '.' && local[^1] != '.' && !local.Contains("..", StringComparison.Ordinal);
        foreach (var c in local)
        {
            isAtoms &= IsAtom(c) || c == '.';
        }

        return isAtoms ? local : $"\"{Escape(local)}\"";
    }

    private static IEnumerable<string> NameTokens(string name)
    {
        var isPlain = true;
        foreach (var c in name)
        {
            isPlain &= c < 128 && (IsAtom(c) || c == ' ');
        }

        // Two blanks in a row could be folded into a line of nothing.
        var isEncoded = !Ascii.IsValid(name) || HasLongWord(name)
            || name.Contains("=?", StringComparison.Ordinal) || name.Contains("  ", StringComparison.Ordinal);
        return isEncoded ? EncodedWords.Encode(name) : (isPlain ? name : $"\"{Escape(name)}\"").Split(' ');
    }

    private static bool HasLongWord(string name)
    {
        foreach (var range in name.AsSpan().Split(' '))
        {
            if (range.End.Value - range.Start.Value > 60)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsAtom(char c) =>
        char.IsAsciiLetterOrDigit(c) || AtomSpecials.Contains(c, StringComparison.Ordinal)
        || (c > 127 && !char.IsWhiteSpace(c) && CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.Control);

    private static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    private static string Unescape(string text)
    {
        var output = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            i += text[i] == '\\' && i + 1 < text.Length ? 1 : 0;
            output.Append(text[i]);
        }

        return output.ToString();
    }
}
