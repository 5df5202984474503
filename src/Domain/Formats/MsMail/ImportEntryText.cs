using System.Globalization;
using System.Text;

namespace Postern.Domain.Formats.MsMail;

/// <summary>The pieces of a line of import text: number, name, address, field value.</summary>
internal static class ImportEntryText
{
    private const int AddressColumn = 32;
    private const int MostDigits = 10;

    private static readonly string[] Types = ["PCM", "CSI", "MS", "PROFS", "OV", "SNADS", "SMTP", "X400", "MHS", "FAX", "MCI", "MSMAIL", "3COM"];

    /// <summary>The number before a record of a synchronisation; null in a plain file.</summary>
    public static (long? Number, string Record) SplitNumber(string line)
    {
        var digits = line.Length - line.AsSpan().TrimStart("0123456789").Length;
        return digits is > 0 and <= MostDigits && digits < line.Length && line[digits] is ' ' or '\t'
            ? (long.Parse(line.AsSpan(0, digits), CultureInfo.InvariantCulture), line[(digits + 1)..])
            : (null, line);
    }

    /// <summary>Name and address of what follows the letter of a record, its separator included. A missing type means PCM (Q140944).</summary>
    public static (string Alias, MsMailAddressText Address) Split(string body)
    {
        // Letter TAB name TAB address, or letter blank name TAB address as LISTQ shows it.
        var inner = body is ['\t', ..] ? body[1..] : body;
        if (inner.LastIndexOf('\t') is >= 0 and var tab)
        {
            return (inner[..tab].Trim(), MsMailAddressText.Parse(inner[(tab + 1)..]));
        }

        var at = body.Length > AddressColumn && TypeLength(body, AddressColumn) > 0 && body[AddressColumn - 1] == ' ' ? AddressColumn : LastType(body);
        at = at >= 0 ? at : LastSlashed(body);
        return at >= 0 ? (body[..at].Trim(), MsMailAddressText.Parse(body[at..])) : (body.Trim(), MsMailAddressText.Parse(""));
    }

    /// <summary>Takes <c>- prompt/value</c> apart. A slash inside the prompt is doubled, one inside the value is not (Q117198, Q196892).</summary>
    public static bool TryValue(string line, out string prompt, out string value)
    {
        var text = new StringBuilder();
        for (var i = 1; i < line.Length; i++)
        {
            if (line[i] != '/')
            {
                text.Append(line[i]);
            }
            else if (i + 1 < line.Length && line[i + 1] == '/')
            {
                text.Append('/');
                i++;
            }
            else
            {
                prompt = text.ToString().Trim();
                value = line[(i + 1)..].Trim();
                return prompt.Length > 0;
            }
        }

        prompt = "";
        value = "";
        return false;
    }

    /// <summary>A value line. A value that begins with a slash is moved by a blank: else the two slashes would belong to the prompt.</summary>
    public static string Value(string prompt, string value) => $"- {prompt.Replace("/", "//", StringComparison.Ordinal)}/{(value is ['/', ..] ? " " : "")}{value}";

    private static int TypeLength(string text, int at)
    {
        var length = 0;
        while (at + length < text.Length && char.IsAsciiLetterOrDigit(text[at + length]))
        {
            length++;
        }

        return length is >= 2 and <= 8 && at + length < text.Length && text[at + length] == ':' ? length : 0;
    }

    // The last known type counts, whether a blank stands before it or the name touches it (Q118298).
    private static int LastType(string body)
    {
        for (var colon = body.LastIndexOf(':'); colon > 0; colon = body.LastIndexOf(':', colon - 1))
        {
            foreach (var type in Types)
            {
                var at = colon - type.Length;
                if (at >= 0 && body.AsSpan(at, type.Length).Equals(type, StringComparison.OrdinalIgnoreCase) && IsLongest(body, at, type))
                {
                    return at;
                }
            }
        }

        return -1;
    }

    // MSMAIL ends like no other type, but MS stands at the end of many words: it needs a blank before it.
    private static bool IsLongest(string body, int at, string type) => at == 0 || body[at - 1] == ' ' || (type is "PCM" or "CSI" or "SMTP" or "X400" && !char.IsAsciiLetterUpper(body[at - 1]));

    // NETWORK/POSTOFFICE/MAILBOX without a type.
    private static int LastSlashed(string body)
    {
        var at = body.TrimEnd().LastIndexOf(' ') + 1;
        return body.AsSpan(at).Count('/') == 2 ? at : -1;
    }
}
