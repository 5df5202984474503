using System.Buffers;
using System.Globalization;
using System.Text;
using Postern.Domain.Addresses;
using Postern.Domain.Queue;
using Postern.Infrastructure.Connectors;

namespace Postern.Infrastructure.Smtp.Sending;

/// <summary>What MAIL says of the message beyond its sender.</summary>
/// <param name="Size">Bytes.</param>
/// <param name="Is8Bit">BODY=8BITMIME; only where offered.</param>
/// <param name="IsUtf8">SMTPUTF8; only where offered.</param>
internal readonly record struct MailParameters(long Size, bool Is8Bit, bool IsUtf8);

/// <summary>Writes MAIL and RCPT with the parameters a peer understands (RFC 1870, 6152, 6531, 3461).</summary>
internal static class EnvelopeCommands
{
    // RFC 3461 section 4.4 and 4.2: longer ones are cut off by nobody, so they are left out.
    private const int LongestEnvelopeId = 100;
    private const int LongestOriginalRecipient = 500;

    private static readonly IdnMapping Idn = new() { AllowUnassigned = true, UseStd3AsciiRules = false };

    public static void AppendMail(
        IBufferWriter<byte> commands, SmtpAddress? sender, Transfer transfer, PeerExtensions extensions, MailParameters parameters)
    {
        commands.Write("MAIL FROM:<"u8);
        AppendPath(commands, sender, parameters.IsUtf8);
        commands.Write(">"u8);
        if (extensions.HasSize)
        {
            commands.Write(" SIZE="u8);
            Span<byte> digits = stackalloc byte[20];
            parameters.Size.TryFormat(digits, out var count, default, CultureInfo.InvariantCulture);
            commands.Write(digits[..count]);
        }

        if (parameters.Is8Bit)
        {
            commands.Write(" BODY=8BITMIME"u8);
        }

        if (parameters.IsUtf8)
        {
            commands.Write(" SMTPUTF8"u8);
        }

        if (extensions.HasDsn)
        {
            AppendReturn(commands, transfer);
        }

        commands.Write("\r\n"u8);
    }

    public static void AppendRecipient(IBufferWriter<byte> commands, EnvelopeRecipient recipient, PeerExtensions extensions, MailParameters parameters)
    {
        commands.Write("RCPT TO:<"u8);
        AppendPath(commands, recipient.Address, parameters.IsUtf8);
        commands.Write(">"u8);
        if (extensions.HasDsn)
        {
            AppendNotify(commands, recipient.Delivery.Notify);
            AppendOriginal(commands, recipient.Delivery.OriginalRecipient);
        }

        commands.Write("\r\n"u8);
    }

    /// <summary>The domain as it can be sent to a peer without SMTPUTF8.</summary>
    public static string AsciiDomain(SmtpAddress address) => Ascii.IsValid(address.Domain) ? address.Domain : Idn.GetAscii(address.Domain);

    private static void AppendPath(IBufferWriter<byte> commands, SmtpAddress? address, bool isUtf8)
    {
        if (address is null)
        {
            return;
        }

        var text = address.Text;
        if (!isUtf8 && !Ascii.IsValid(address.Domain))
        {
            text = $"{text[..^address.Domain.Length]}{AsciiDomain(address)}";
        }

        Encoding.UTF8.GetBytes(text, commands);
    }

    private static void AppendReturn(IBufferWriter<byte> commands, Transfer transfer)
    {
        if (transfer.ReturnsHeaders)
        {
            commands.Write(" RET=HDRS"u8);
        }

        if (transfer.EnvelopeId.Length > 0 && Xtext(transfer.EnvelopeId) is { Length: <= LongestEnvelopeId } id)
        {
            commands.Write(" ENVID="u8);
            Encoding.ASCII.GetBytes(id, commands);
        }
    }

    private static void AppendNotify(IBufferWriter<byte> commands, Notify notify)
    {
        if (notify == Notify.Unspecified)
        {
            return;
        }

        // NEVER stands alone (RFC 3461 section 4.1).
        var words = notify.HasFlag(Notify.Never)
            ? "NEVER"
            : string.Join(',', new[] { Notify.Success, Notify.Failure, Notify.Delay }.Where(word => notify.HasFlag(word))).ToUpperInvariant();
        commands.Write(" NOTIFY="u8);
        Encoding.ASCII.GetBytes(words, commands);
    }

    // An address of another system has no registered type; the peer could do nothing with it.
    private static void AppendOriginal(IBufferWriter<byte> commands, string original)
    {
        var semicolon = original.IndexOf(';', StringComparison.Ordinal);
        var isTyped = semicolon > 0 && original.AsSpan(0, semicolon).IndexOfAnyExcept(AtomCharacters) < 0;
        var (type, address) = isTyped ? (original[..semicolon], original[(semicolon + 1)..]) : ("rfc822", original);
        if (address.Length == 0 || (!isTyped && !SmtpAddress.TryParse(address, out _, out _)))
        {
            return;
        }

        var isAscii = Ascii.IsValid(address);
        type = isAscii ? type : "utf-8";
        var text = isAscii ? Xtext(address) : Utf8Xtext(address);
        if (type.Length + text.Length < LongestOriginalRecipient)
        {
            commands.Write(" ORCPT="u8);
            Encoding.ASCII.GetBytes($"{type};{text}", commands);
        }
    }

    private static readonly SearchValues<char> AtomCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>RFC 3461 section 4: what is not a plain ASCII character becomes + and two hexadecimal digits.</summary>
    private static string Xtext(string text)
    {
        var encoded = new StringBuilder(text.Length);
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            _ = b is > (byte)' ' and <= (byte)'~' and not ((byte)'+' or (byte)'=')
                ? encoded.Append((char)b)
                : encoded.Append(CultureInfo.InvariantCulture, $"+{b:X2}");
        }

        return encoded.ToString();
    }

    /// <summary>RFC 6533 section 3 (utf-8-addr-xtext): the form for peers that take ASCII only.</summary>
    private static string Utf8Xtext(string text)
    {
        var encoded = new StringBuilder(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
        {
            _ = rune.Value is > ' ' and <= '~' and not ('+' or '=' or '\\')
                ? encoded.Append((char)rune.Value)
                : encoded.Append(CultureInfo.InvariantCulture, $"\\x{{{rune.Value:X2}}}");
        }

        return encoded.ToString();
    }
}
