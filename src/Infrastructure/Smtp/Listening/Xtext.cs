using System.Globalization;
using System.Text;

namespace Postern.Infrastructure.Smtp.Listening;

/// <summary>The encoding of parameter values in RFC 3461 section 4, and the one of international addresses in RFC 6533 section 3.</summary>
internal static class Xtext
{
    /// <summary>False when the text is not xtext or holds anything but printable ASCII and blanks once decoded.</summary>
    public static bool TryDecode(string text, out string decoded)
    {
        decoded = text;
        if (!text.AsSpan().ContainsAnyExceptInRange('!', '~') && !text.AsSpan().ContainsAny('+', '='))
        {
            return true;
        }

        var output = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '+')
            {
                if (i + 2 >= text.Length || !IsUpperHex(text[i + 1]) || !IsUpperHex(text[i + 2]))
                {
                    return false;
                }

                c = (char)int.Parse(text.AsSpan(i + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                i += 2;
            }
            else if (c is < '!' or > '~' or '=')
            {
                return false;
            }

            if (c is < ' ' or > '~')
            {
                return false;
            }

            output.Append(c);
        }

        decoded = output.ToString();
        return true;
    }

    /// <summary>Reads a <c>utf-8</c> address: characters as they are, or as <c>\x{HEX}</c>.</summary>
    public static bool TryDecodeUtf8Address(string text, out string decoded)
    {
        decoded = text;
        var output = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is <= ' ' or '\u007f')
            {
                return false;
            }

            if (text[i] != '\\')
            {
                output.Append(text[i]);
                continue;
            }

            var end = text.IndexOf('}', i);
            if (end < 0 || text.AsSpan(i).IndexOf("\\x{") != 0
                || !int.TryParse(text.AsSpan(i + 3, end - i - 3), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
                || !Rune.TryCreate(value, out var rune) || Rune.IsControl(rune))
            {
                return false;
            }

            output.Append(rune.ToString());
            i = end;
        }

        decoded = output.ToString();
        return true;
    }

    private static bool IsUpperHex(char c) => c is (>= '0' and <= '9') or (>= 'A' and <= 'F');
}
