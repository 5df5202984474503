using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Postern.Infrastructure.Smtp.Listening;

/// <summary>What the trace field of a received message says (RFC 5321 section 4.4).</summary>
/// <param name="Helo">The name the client gave; hostile.</param>
/// <param name="Protocol">SMTP, ESMTP, ESMTPS, UTF8SMTP or UTF8SMTPS (RFC 3848, RFC 6531 section 4.3).</param>
/// <param name="Tls">Version and cipher; empty without TLS.</param>
/// <param name="OnlyRecipient">The recipient when there is exactly one; with more, naming one would show a blind copy.</param>
internal readonly record struct TraceField(
    string Helo, IPAddress Client, string Host, string Protocol, string Tls, string Id, string? OnlyRecipient, DateTimeOffset At)
{
    public byte[] ToBytes()
    {
        var text = new StringBuilder(300);
        text.Append("Received: from ").Append(PlainName(Helo)).Append(" (").Append(Literal(Client)).Append(")\r\n");
        text.Append("\tby ").Append(PlainName(Host)).Append(" (Postern) with ").Append(Protocol).Append(" id ").Append(Id);
        if (Tls.Length > 0)
        {
            text.Append("\r\n\t(").Append(Tls).Append(')');
        }

        if (OnlyRecipient is not null)
        {
            text.Append("\r\n\tfor <").Append(OnlyRecipient).Append('>');
        }

        text.Append(";\r\n\t").Append(Date(At)).Append("\r\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>A date as RFC 5322 section 3.3 writes it, in universal time.</summary>
    public static string Date(DateTimeOffset at) => at.ToUniversalTime().ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture);

    /// <summary>An address literal as RFC 5321 section 4.1.3 writes it.</summary>
    public static string Literal(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[IPv6:{new IPAddress(address.GetAddressBytes())}]" : $"[{address}]";

    /// <summary>A host name with everything that could end a field, a comment or a log line replaced.</summary>
    public static string PlainName(string name)
    {
        var plain = new string([.. name.Take(255).Select(c => char.IsAsciiLetterOrDigit(c) || "-._:[]".Contains(c, StringComparison.Ordinal) ? c : '?')]);
        return plain.Length > 0 ? plain : "unknown";
    }
}
