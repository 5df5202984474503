using System.Globalization;
using System.Text;
using Postern.Domain.Addresses;

namespace Postern.Domain.Formats.MsMail;

/// <summary>
/// An address as it stands in an MS Mail file, <c>[type:]address</c>, taken apart as far as the text tells. The raw text is always kept.
/// </summary>
public sealed record MsMailAddressText
{
    /// <summary>The type of native addresses in message files: Consumers Software Inc. (Q106623).</summary>
    public const string WrittenType = "CSI";

    /// <summary>Where reports come from (Q147471).</summary>
    public const string PostmasterMailbox = "POSTMASTER";

    /// <summary>The mailbox of directory synchronisation (Q77926).</summary>
    public const string SystemMailbox = "$SYSTEM";

    /// <summary>Exported address lists; mail to or from it is never answered, or a list would be imported (Q112879, Q115319).</summary>
    public const string SpecialMailbox = "*SPECIAL";

    private const int LongestType = 10;

    private MsMailAddressText(string raw, string type, string text)
    {
        Raw = raw;
        Type = type;
        Text = text;
    }

    /// <summary>The text as it stood in the file.</summary>
    public string Raw { get; }

    /// <summary>What stands before the first colon, in capitals: <c>CSI</c>, <c>SMTP</c>, <c>FAX</c>; empty when there is none.</summary>
    public string Type { get; }

    /// <summary>The address behind the type; <c>^0D</c> has become the carriage return it stands for (Q94410).</summary>
    public string Text { get; }

    public bool IsEmpty => Text.Trim().Length == 0;

    /// <summary>NETWORK/POSTOFFICE/MAILBOX. Four spellings of the type mean the same (Q106623, Q156730).</summary>
    public bool IsNative => Type is "" or "CSI" or "MS" or "PCM";

    /// <summary>The last part of a native address.</summary>
    public string Mailbox => IsNative ? Slashed[(Slashed.LastIndexOf('/') + 1)..].Trim() : "";

    /// <summary>A mailbox that no person reads: mail from it is never answered, so that two programs do not write to each other for ever (Q175447).</summary>
    public bool IsSystem => IsMailbox(PostmasterMailbox) || IsMailbox(SystemMailbox) || IsMailbox(SpecialMailbox);

    // Free-form addresses of clients have backslashes (Q116466)
    private string Slashed => Text.Contains('/', StringComparison.Ordinal) ? Text : Text.Replace('\\', '/');

    public bool IsMailbox(string name) => Mailbox.Equals(name, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads <c>type:address</c> or an address alone. Any text is taken.</summary>
    public static MsMailAddressText Parse(string text)
    {
        var raw = text.Trim();
        var colon = raw.IndexOf(':', StringComparison.Ordinal);
        return colon is > 0 and <= LongestType && raw.AsSpan(0, colon).Trim().ToString() is { Length: > 0 } type && type.All(char.IsAsciiLetterOrDigit)
            ? new MsMailAddressText(raw, type.ToUpperInvariant(), Unescape(raw[(colon + 1)..].Trim()))
            : new MsMailAddressText(raw, "", Unescape(raw));
    }

    /// <summary>A native address; false for a gateway's or for one that is no NETWORK/POSTOFFICE/MAILBOX of ten characters each.</summary>
    public bool TryAddress(out MsMailAddress address, out string fault)
    {
        if (!IsNative)
        {
            address = null!;
            fault = $"“{Raw}” is an address of the gateway {Type}.";
            return false;
        }

        return MsMailAddress.TryParse(Slashed, out address, out fault);
    }

    /// <summary>The internet address of <c>SMTP:user@host</c>.</summary>
    public bool TryInternet(out SmtpAddress address)
    {
        address = null!;
        return Type == SmtpAddress.TypeName && SmtpAddress.TryParse(Text, out address, out _);
    }

    /// <summary>A native address as it is written into message files; other types are refused there (Q106623).</summary>
    public static string Written(MsMailAddress address) => $"{WrittenType}:{address.Text}";

    public override string ToString() => Raw;

    private static string Unescape(string text)
    {
        if (!text.Contains('^', StringComparison.Ordinal))
        {
            return text;
        }

        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '^' && i + 2 < text.Length && IsCode(text.AsSpan(i + 1, 2), out var value))
            {
                plain.Append((char)value);
                i += 2;
            }
            else
            {
                plain.Append(text[i]);
            }
        }

        return plain.ToString();
    }

    // Only control codes are seen; a letter after a caret may be just that
    private static bool IsCode(ReadOnlySpan<char> digits, out int value) =>
        int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value) && value < ' ';
}
