namespace Postern.Web.Components.Shared;

/// <summary>An address split into what an operator reads (person or mailbox) and the rest that says where it is.</summary>
/// <param name="Before">Quiet part in front: network and post office.</param>
/// <param name="Name">The person or mailbox.</param>
/// <param name="After">Quiet part behind: domain or post office.</param>
public sealed record AddressParts(string Before, string Name, string After)
{
    /// <summary>Splits the text form of an address of any system; what cannot be split is all name.</summary>
    public static AddressParts Of(string address)
    {
        var text = address.Trim();
        if (text.Length == 0)
        {
            return new("", "Postmaster", "");
        }

        if (Rest(text, "CCMAIL:") is { } ccMail)
        {
            var at = ccMail.LastIndexOf(" at ", StringComparison.OrdinalIgnoreCase);
            return at > 0 ? new("", ccMail[..at], ccMail[at..]) : new("", ccMail, "");
        }

        if (Rest(text, "MS:") is { } msMail)
        {
            var slash = msMail.LastIndexOf('/');
            return new(msMail[..(slash + 1)], msMail[(slash + 1)..], "");
        }

        var smtp = Rest(text, "SMTP:") ?? text;
        var sign = smtp.LastIndexOf('@');
        return sign > 0 ? new("", smtp[..sign], smtp[sign..]) : new("", smtp, "");
    }

    private static string? Rest(string text, string prefix) =>
        text.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) ? text[prefix.Length..] : null;
}
