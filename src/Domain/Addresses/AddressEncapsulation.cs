using System.Globalization;
using System.Text;

namespace Postern.Domain.Addresses;

/// <summary>Carries an address of one system inside an address of another, so that a reply returns to exactly that address (Q183588).</summary>
/// <remarks>
/// A cc:Mail or MS Mail mailbox without an entry appears to the internet as <c>IMCEACCMAIL-Doe+2C+20Jane+20at+20SALES@site1.example</c>,
/// the form Exchange used. An internet mailbox without an entry appears to cc:Mail as <c>user@host at SITE1</c>.
/// </remarks>
public static class AddressEncapsulation
{
    private const string Prefix = "IMCEA";

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The internet address under <paramref name="domain"/> that stands for <paramref name="inner"/>.</summary>
    public static bool TryWrap(MailAddress inner, string domain, out SmtpAddress address, out string fault) =>
        SmtpAddress.TryCreate($"{Prefix}{inner.Type}-{Escape(inner.Text)}", domain, out address, out fault);

    /// <summary>Reads the address inside an encapsulating internet address; false for an ordinary one.</summary>
    public static bool TryUnwrap(SmtpAddress address, out MailAddress inner)
    {
        inner = address;
        var dash = address.LocalPart.IndexOf('-', StringComparison.Ordinal);
        if (dash <= Prefix.Length || !address.LocalPart.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
            || !TryUnescape(address.LocalPart[(dash + 1)..], out var text))
        {
            return false;
        }

        var type = address.LocalPart[Prefix.Length..dash];
        return MailAddress.TryParse($"{type}:{text}", out inner, out _) && inner is not SmtpAddress;
    }

    /// <summary>Reads the internet address inside <c>user@host at SITE1</c>, with or without a display name before it.</summary>
    public static bool TryUnwrap(CcMailAddress address, out MailAddress inner)
    {
        inner = address;
        var name = address.Name.Trim();
        if (name is [.., '>'] && name.LastIndexOf('<') is >= 0 and var open)
        {
            name = name[(open + 1)..^1];
        }
        else if (!name.EndsWith('"') && LastBlankOutsideQuotes(name) is >= 0 and var blank)
        {
            name = name[(blank + 1)..];
        }

        if (!SmtpAddress.TryParse(name, out var smtp, out _))
        {
            return false;
        }

        inner = smtp;
        return true;
    }

    private static int LastBlankOutsideQuotes(string name)
    {
        var isQuoted = false;
        var blank = -1;
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] == '\\' && isQuoted)
            {
                i++;
            }
            else if (name[i] == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (name[i] == ' ' && !isQuoted)
            {
                blank = i;
            }
        }

        return blank;
    }

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 16);
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            var c = (char)b;
            if (char.IsAsciiLetterOrDigit(c) || c is '-' or '=')
            {
                escaped.Append(c);
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
        var bytes = new List<byte>(text.Length);
        plain = "";
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '+')
            {
                if (text[i] > '~')
                {
                    return false;
                }

                // The original wrote an underscore for the slash of MS Mail addresses; accepted on reading only.
                bytes.Add((byte)(text[i] == '_' ? '/' : text[i]));
                continue;
            }

            if (i + 2 >= text.Length
                || !byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            {
                return false;
            }

            bytes.Add(value);
            i += 2;
        }

        try
        {
            plain = StrictUtf8.GetString([.. bytes]);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
