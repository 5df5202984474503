using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Postern.Domain.Addresses;

/// <summary>A mailbox on the internet-mail side: local part and domain (RFC 5321 section 4.1.2; RFC 6531 for UTF-8).</summary>
public sealed record SmtpAddress : MailAddress
{
    public const string TypeName = "SMTP";

    // RFC 5321 section 4.5.3.1; the local part is allowed some slack because old gateways encode whole names in it.
    private const int LongestLocalPart = 255;
    private const int LongestDomain = 255;

    /// <summary>Stands where no address could be read; never stored.</summary>
    internal static readonly SmtpAddress None = new("", "");

    private static readonly IdnMapping Idn = new() { AllowUnassigned = true, UseStd3AsciiRules = false };

    private SmtpAddress(string localPart, string domain)
    {
        LocalPart = localPart;
        Domain = domain;
    }

    /// <summary>The local part without quotes and escapes, letters as they were written.</summary>
    public string LocalPart { get; }

    /// <summary>The domain in lower case, or an address literal in brackets, in its shortest form.</summary>
    public string Domain { get; }

    /// <summary>The domain as it stands in DNS: <c>xn--</c> for letters beyond ASCII (RFC 5891). Two spellings of one domain are equal here.</summary>
    public string AsciiDomain => ToAscii(Domain);

    public override string Type => TypeName;

    public override string Text => $"{QuotedLocalPart}@{Domain}";

    public bool Equals(SmtpAddress? other) => other is not null && other.Key == Key;

    public override int GetHashCode() => Key.GetHashCode(StringComparison.Ordinal);

    // Local parts are compared without case: no peer of an old post office ever told two mailboxes apart by it.
    private protected override string MakeKey() => string.Concat($"{TypeName}:", NameKey.Fold(LocalPart), "@", AsciiDomain);

    private protected override string MakeHomeKey() => string.Concat($"{TypeName}:", AsciiDomain);

    /// <summary>Does the local part or the domain need SMTPUTF8 to travel?</summary>
    public bool NeedsUtf8 => LocalPart.Any(c => c > '~') || Domain.Any(c => c > '~');

    private string QuotedLocalPart => IsDotAtom(LocalPart)
        ? LocalPart
        : $"\"{LocalPart.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    /// <summary>A domain, or the part of one that a pattern holds, as it stands in DNS and in lower case; unchanged where it cannot be encoded.</summary>
    internal static string ToDnsForm(string domain)
    {
        try
        {
            return ToAscii(domain.ToLowerInvariant());
        }
        catch (ArgumentException)
        {
            return domain.ToLowerInvariant();
        }
    }

    /// <summary>Makes an address of parts that were checked elsewhere, such as a generated proxy.</summary>
    public static bool TryCreate(string localPart, string domain, out SmtpAddress address, out string fault)
    {
        address = None;
        fault = Fault(localPart, domain);
        if (fault.Length > 0)
        {
            return false;
        }

        address = new SmtpAddress(localPart, domain[0] == '[' ? ShortestLiteral(domain)! : domain.ToLowerInvariant());
        return true;
    }

    /// <summary>Reads <c>local@domain</c>, with a quoted local part or an address literal where they are used.</summary>
    public static bool TryParse(string text, out SmtpAddress address, out string fault)
    {
        address = None;
        var at = SeparatorOf(text);
        if (at < 0)
        {
            fault = "An internet address needs a name, an @ and a domain.";
            return false;
        }

        var localPart = "";
        if (at > 0 && !TryUnquote(text[..at], out localPart))
        {
            fault = text[0] == '"'
                ? "The quoted part before the @ is not closed or holds a control character."
                : $"“{text[..at]}” cannot stand before the @ without quotes.";
            return false;
        }

        return TryCreate(localPart, WithoutRoot(text[(at + 1)..]), out address, out fault);
    }

    private static string Fault(string localPart, string domain)
    {
        if (localPart.Length is 0 or > LongestLocalPart)
        {
            return $"The part before the @ must have 1 to {LongestLocalPart} characters.";
        }

        if (!IsUsable(localPart))
        {
            return "The part before the @ holds a control character.";
        }

        if (domain.Length is 0 or > LongestDomain)
        {
            return $"The domain must have 1 to {LongestDomain} characters.";
        }

        return domain[0] == '[' ? LiteralFault(domain) : DomainFault(domain);
    }

    private static string LiteralFault(string domain) => ShortestLiteral(domain) is null ? "The address literal is not an IP address." : "";

    // Only what RFC 5321 section 4.1.3 writes: four decimal numbers, or IPv6 with its tag; no zone, no octal.
    private static string? ShortestLiteral(string domain)
    {
        var inner = domain.Length > 2 && domain[^1] == ']' ? domain[1..^1] : "";
        if (inner.StartsWith("IPv6:", StringComparison.OrdinalIgnoreCase))
        {
            return !inner.Contains('%', StringComparison.Ordinal)
                && IPAddress.TryParse(inner.AsSpan(5), out var long6) && long6.AddressFamily == AddressFamily.InterNetworkV6
                    ? $"[ipv6:{long6}]"
                    : null;
        }

        return IPAddress.TryParse(inner, out var short4) && short4.ToString() == inner && short4.AddressFamily == AddressFamily.InterNetwork ? domain : null;
    }

    // A single dot at the end is DNS's own; RFC 5321 does without.
    private static string WithoutRoot(string domain) => domain is [.., not '.', '.'] ? domain[..^1] : domain;

    private static string DomainFault(string domain)
    {
        foreach (var label in domain.Split('.'))
        {
            if (label.Length is 0 or > 63 || label[0] == '-' || label[^1] == '-'
                || !label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' || (c > '~' && char.IsLetterOrDigit(c))))
            {
                return $"“{label}” cannot be a part of a domain.";
            }
        }

        return Encodes(domain) ? "" : "The domain cannot be encoded.";
    }

    private static bool Encodes(string domain)
    {
        try
        {
            return ToAscii(domain).Length <= LongestDomain;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static string ToAscii(string domain) => Ascii.IsValid(domain) ? domain : Idn.GetAscii(domain);

    private static int SeparatorOf(string text)
    {
        if (text.Length == 0 || text[0] != '"')
        {
            return text.LastIndexOf('@');
        }

        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == '"')
            {
                return i + 1 < text.Length && text[i + 1] == '@' ? i + 1 : -1;
            }
        }

        return -1;
    }

    private static bool TryUnquote(string text, out string localPart)
    {
        localPart = text;
        if (text.Length == 0 || text[0] != '"')
        {
            return IsDotAtom(text);
        }

        var inner = new StringBuilder(text.Length);
        for (var i = 1; i < text.Length - 1; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }

            if (i >= text.Length - 1 || char.IsControl(text[i]))
            {
                return false;
            }

            inner.Append(text[i]);
        }

        localPart = inner.ToString();
        return text.Length > 2;
    }

    private static bool IsDotAtom(string text)
    {
        var previous = '.';
        foreach (var c in text)
        {
            var isAtom = char.IsAsciiLetterOrDigit(c) || (c > '\u007f' && !char.IsWhiteSpace(c)) || "!#$%&'*+-/=?^_`{|}~".Contains(c, StringComparison.Ordinal);
            if (!isAtom && (c != '.' || previous == '.'))
            {
                return false;
            }

            previous = c;
        }

        return text.Length > 0 && previous != '.';
    }
}
