using Postern.Domain.Addresses;

namespace Postern.Infrastructure.Smtp.Listening;

/// <summary>A path of MAIL or RCPT (RFC 5321 section 4.1.2).</summary>
/// <param name="Address">Null for the null path and for a postmaster without domain.</param>
/// <param name="IsPostmaster"><c>postmaster</c> without a domain, which every server must take (RFC 5321 section 4.5.1).</param>
internal readonly record struct SmtpPath(SmtpAddress? Address, bool IsPostmaster)
{
    public bool IsNull => Address is null && !IsPostmaster;
}

/// <summary>Reads the path at the start of what follows <c>FROM:</c> or <c>TO:</c>.</summary>
/// <remarks>
/// A source route is read and ignored (RFC 5321 appendix F.2). Old mailers leave the angle brackets out or put a blank after the
/// colon; neither can be misunderstood, so both are taken.
/// </remarks>
internal static class PathParser
{
    /// <summary>False with <paramref name="fault"/> when there is no path; <paramref name="parameters"/> is what follows it.</summary>
    public static bool TryRead(string text, out SmtpPath path, out string parameters, out string fault)
    {
        path = default;
        text = text.TrimStart(' ');
        var hasBrackets = text is ['<', ..];
        var end = EndOf(text, hasBrackets ? 1 : 0, hasBrackets ? '>' : ' ');
        if (end < 0 || (end == 0 && !hasBrackets))
        {
            parameters = "";
            fault = "The address is not closed";
            return false;
        }

        var mailbox = hasBrackets ? text[1..end] : text[..end];
        parameters = hasBrackets ? text[(end + 1)..] : text[end..];
        if (parameters is [not ' ', ..])
        {
            fault = "Something follows the address without a blank";
            return false;
        }

        return TryReadMailbox(WithoutRoute(mailbox), out path, out fault);
    }

    private static bool TryReadMailbox(string mailbox, out SmtpPath path, out string fault)
    {
        fault = "";
        path = default;
        if (mailbox.Length == 0)
        {
            return true;
        }

        if (mailbox.Equals("postmaster", StringComparison.OrdinalIgnoreCase))
        {
            path = new SmtpPath(null, IsPostmaster: true);
            return true;
        }

        if (!SmtpAddress.TryParse(mailbox, out var address, out fault))
        {
            return false;
        }

        path = new SmtpPath(address, false);
        return true;
    }

    // Index of the character that ends the path, outside a quoted local part; without brackets the end of text ends it too.
    private static int EndOf(string text, int start, char ending)
    {
        var isQuoted = false;
        for (var i = start; i < text.Length; i++)
        {
            if (isQuoted && text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (!isQuoted && text[i] == ending)
            {
                return i;
            }
        }

        return ending == ' ' && !isQuoted ? text.Length : -1;
    }

    private static string WithoutRoute(string mailbox)
    {
        var colon = mailbox.IndexOf(':', StringComparison.Ordinal);
        if (mailbox is not ['@', ..] || colon < 0)
        {
            return mailbox;
        }

        foreach (var hop in mailbox[..colon].Split(','))
        {
            if (hop is not ['@', _, ..])
            {
                return mailbox; // no route after all: the address parser names the fault
            }
        }

        return mailbox[(colon + 1)..];
    }
}
