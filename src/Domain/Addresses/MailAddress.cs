namespace Postern.Domain.Addresses;

/// <summary>An address in one of the mail systems Postern connects. Parse, format and compare follow the rule of that system.</summary>
/// <remarks>
/// The text form is what is stored, searched and copied: <c>jane@site1.example</c>, <c>CCMAIL:Doe, Jane at SALES</c>,
/// <c>MS:NETWORK/POSTOFFICE/MAILBOX</c>. <see cref="Key"/> is equal for two addresses exactly when their system
/// delivers them to the same mailbox.
/// </remarks>
public abstract record MailAddress
{
    /// <summary>Longest text form that is taken from anyone: an SMTP path is at most 254 octets, an old name far less.</summary>
    public const int LongestText = 1000;

    // Worked out once, when first asked for: an address is compared far more often than it is read.
    private string? key;
    private string? homeKey;

    private protected MailAddress()
    {
    }

    /// <summary>The address type as address spaces name it: SMTP, CCMAIL or MS.</summary>
    public abstract string Type { get; }

    /// <summary>The address without its type prefix, as its own system writes it.</summary>
    public abstract string Text { get; }

    /// <summary>Comparison key with the type in front; the same for every spelling of one mailbox.</summary>
    public string Key => key ??= MakeKey();

    /// <summary>Comparison key of the place where the mailbox lives, with the type in front: <c>SMTP:</c> domain, <c>CCMAIL:</c> or <c>MS:</c> post office.</summary>
    public string HomeKey => homeKey ??= MakeHomeKey();

    /// <summary>The canonical text form; <see cref="TryParse"/> reads it back.</summary>
    public sealed override string ToString() => this is SmtpAddress ? Text : $"{Type}:{Text}";

    /// <summary>Reads a text form. An address without a type prefix is SMTP; brackets around the whole (Q262112) are input syntax only.</summary>
    public static bool TryParse(string text, out MailAddress address, out string fault)
    {
        address = SmtpAddress.None;
        text = text.Trim();
        if (text.Length > LongestText)
        {
            fault = $"The address is longer than {LongestText:N0} characters.";
            return false;
        }

        if (text is ['[', .., ']'])
        {
            text = text[1..^1].Trim();
        }

        var (type, rest) = SplitType(text);
        switch (type)
        {
            case CcMailAddress.TypeName:
                var isCcMail = CcMailAddress.TryParse(rest, out var ccMail, out fault);
                address = ccMail;
                return isCcMail;
            case MsMailAddress.TypeName:
                var isMsMail = MsMailAddress.TryParse(rest, out var msMail, out fault);
                address = msMail;
                return isMsMail;
            default:
                var isSmtp = SmtpAddress.TryParse(rest, out var smtp, out fault);
                address = smtp;
                return isSmtp;
        }
    }

    /// <summary>Reads a text form that was written by <see cref="ToString"/>.</summary>
    /// <exception cref="FormatException">The text was not written by <see cref="ToString"/>.</exception>
    public static MailAddress Parse(string text) =>
        TryParse(text, out var address, out var fault) ? address : throw new FormatException($"{fault} ({text})");

    private protected abstract string MakeKey();

    private protected abstract string MakeHomeKey();

    /// <summary>Can the text be stored and sent? Control characters and halves of surrogate pairs cannot.</summary>
    private protected static bool IsUsable(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogatePair(text, i))
            {
                i++;
            }
            else if (char.IsControl(text[i]) || char.IsSurrogate(text[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static (string Type, string Remainder) SplitType(string text)
    {
        // CCM alone is not a type name: only a full name before a colon is (Q246517).
        foreach (var type in (ReadOnlySpan<string>)[CcMailAddress.TypeName, MsMailAddress.TypeName, SmtpAddress.TypeName])
        {
            if (text.Length > type.Length && text[type.Length] == ':' && text.StartsWith(type, StringComparison.OrdinalIgnoreCase))
            {
                return (type, text[(type.Length + 1)..].Trim());
            }
        }

        return (SmtpAddress.TypeName, text);
    }
}
