using System.Globalization;
using Postern.Domain.Addresses;
using Postern.Domain.Directory.Names;
using Postern.Domain.Formats;

namespace Postern.Domain.Directory.Templates;

/// <summary>How addresses of one type are made for new entries: <c>SMTP:%g.%s@site1.example</c>, <c>CCMAIL:%s, %g at SITE1</c>, <c>MS:NET/SITE1/%5s%1g</c>.</summary>
/// <remarks>A number is added only where the address is somebody's already; an address that an entry has is never made again.</remarks>
public sealed class AddressTemplate
{
    private const int MostNumbers = 9_999;
    private const int LongestCcMailName = 126;

    private readonly NameTemplate name;
    private readonly string place;

    private AddressTemplate(string type, NameTemplate name, string place, string text)
    {
        Type = type;
        this.name = name;
        this.place = place;
        Text = text;
    }

    public string Type { get; }

    public string Text { get; }

    public static bool TryParse(string text, out AddressTemplate template, out string fault)
    {
        template = null!;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var type = colon > 0 ? text[..colon].Trim().ToUpperInvariant() : SmtpAddress.TypeName;
        var rest = text[(colon + 1)..].Trim();
        var cut = type switch
        {
            SmtpAddress.TypeName => rest.LastIndexOf('@'),
            CcMailAddress.TypeName => rest.LastIndexOf(CcMailAddress.Separator, StringComparison.OrdinalIgnoreCase),
            MsMailAddress.TypeName => rest.LastIndexOf('/'),
            _ => -1,
        };
        if (cut < 0)
        {
            fault = $"“{text}” is not a template such as SMTP:%g.%s@site1.example, CCMAIL:%s, %g at SITE1 or MS:NET/SITE1/%5s%1g.";
            return false;
        }

        var (pattern, place) = type switch
        {
            SmtpAddress.TypeName => (rest[..cut], rest[(cut + 1)..]),
            CcMailAddress.TypeName => (rest[..cut], rest[(cut + CcMailAddress.Separator.Length)..]),
            _ => (rest[(cut + 1)..], rest[..cut]),
        };
        if (!NameTemplate.TryParse(pattern, out var name, out fault))
        {
            return false;
        }

        fault = !name.UsesName ? $"“{pattern}” gives everybody the same address; it needs a part of the name such as %s." : "";
        template = new AddressTemplate(type, name, place.Trim(), text);
        return fault.Length == 0 && template.TryCreate("x", out _, out fault);
    }

    /// <summary>The address of a new entry, numbered where it and its followers are taken; false with a sentence when none can be made.</summary>
    /// <param name="isTaken">Whether somebody has, or held, the address of that key.</param>
    public bool TryMake(NameParts parts, Func<string, bool> isTaken, out MailAddress address, out string fault)
    {
        var stem = Legal(name.Format(parts));
        address = null!;
        if (stem.Length == 0)
        {
            fault = $"The template {Text} makes no address of the name “{parts.Display}”.";
            return false;
        }

        for (var number = 1; number <= MostNumbers; number++)
        {
            if (!TryCreate(Numbered(stem, number), out address, out fault))
            {
                return false;
            }

            if (!isTaken(address.Key) && !(Type == MsMailAddress.TypeName && MsMailboxNames.IsReserved(((MsMailAddress)address).Mailbox)))
            {
                return true;
            }
        }

        fault = $"All addresses that {Text} makes of “{parts.Display}” are taken.";
        return false;
    }

    /// <summary>Whether the template, with or without a number, makes this address of the name: then it is not made again.</summary>
    public bool Makes(NameParts parts, MailAddress address)
    {
        var stem = Legal(name.Format(parts));
        if (stem.Length == 0 || address.Type != Type)
        {
            return false;
        }

        var digits = LocalOf(address) is var local ? local.Length - local.AsSpan().TrimEnd("0123456789").Length : 0;
        var number = digits is > 0 and < 5 ? int.Parse(local.AsSpan(local.Length - digits), CultureInfo.InvariantCulture) : 1;
        return IsNumbered(stem, 1, address) || (number > 1 && IsNumbered(stem, number, address));
    }

    public override string ToString() => Text;

    private bool IsNumbered(string stem, int number, MailAddress address) => TryCreate(Numbered(stem, number), out var made, out _) && made.Key == address.Key;

    private static string LocalOf(MailAddress address) => address switch
    {
        SmtpAddress smtp => smtp.LocalPart,
        CcMailAddress ccMail => ccMail.Name,
        MsMailAddress msMail => msMail.Mailbox,
        _ => "",
    };

    private bool TryCreate(string local, out MailAddress address, out string fault)
    {
        switch (Type)
        {
            case CcMailAddress.TypeName:
                var isCcMail = CcMailAddress.TryCreate(local, place, out var ccMail, out fault);
                address = ccMail;
                return isCcMail;
            case MsMailAddress.TypeName:
                var isMsMail = MsMailAddress.TryParse($"{place}/{local}", out var msMail, out fault);
                address = msMail;
                return isMsMail;
            default:
                var isSmtp = SmtpAddress.TryCreate(local, place, out var smtp, out fault);
                address = smtp;
                return isSmtp;
        }
    }

    // What the type allows: letters are spelled out (Ø becomes O and not 0, Q194321), the rest goes.
    private string Legal(string text) => Type switch
    {
        CcMailAddress.TypeName => string.Concat(text.Where(c => !char.IsControl(c) && c is not ('[' or ']' or '"'))).Trim(),
        MsMailAddress.TypeName => new MsMailboxNames().Hold(text, out _),
        _ => Local(text),
    };

    private static string Local(string text)
    {
        var ascii = OemText.Fit(text, 20127, out _);
        var kept = string.Concat(ascii.Where(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '+' or '&' or '='));
        var local = string.Join('.', kept.Split('.', StringSplitOptions.RemoveEmptyEntries));
        return local.Length > 60 ? local[..60].TrimEnd('.') : local;
    }

    private string Numbered(string stem, int number)
    {
        if (number == 1)
        {
            return stem;
        }

        var suffix = number.ToString(CultureInfo.InvariantCulture);
        return Type switch
        {
            MsMailAddress.TypeName => $"{stem[..Math.Min(stem.Length, MsMailboxNames.LongestName - suffix.Length)]}{suffix}",
            CcMailAddress.TypeName => $"{stem[..Math.Min(stem.Length, LongestCcMailName - suffix.Length - 1)]} {suffix}",
            _ => $"{stem}{suffix}",
        };
    }
}
