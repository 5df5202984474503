using System.Buffers;
using System.Text;

namespace Postern.Domain.Mime;

/// <summary>The Received field that Postern puts in front of what it accepts (RFC 5321, 4.4). Hostile text in it is made
/// harmless: what a peer said of itself keeps only the characters of host names.</summary>
public sealed record TraceHeader
{
    private const int LongestName = 255;

    /// <summary>What the peer said in HELO or EHLO.</summary>
    public required string Helo { get; init; }

    /// <summary>The address the peer came from, without brackets, such as 192.0.2.1 or 2001:db8::1.</summary>
    public required string RemoteAddress { get; init; }

    public required string ByHost { get; init; }

    /// <summary>SMTP, ESMTP, ESMTPS, ESMTPA or ESMTPSA (RFC 3848).</summary>
    public required string Protocol { get; init; }

    public required string Id { get; init; }

    /// <summary>The recipient when the message has only one: two would tell each of the other.</summary>
    public string? ForRecipient { get; init; }

    /// <summary>Version and cipher of the session, for readers of headers.</summary>
    public string? Tls { get; init; }

    public required DateTimeOffset At { get; init; }

    public void Write(IBufferWriter<byte> output)
    {
        var text = new StringBuilder()
            .Append("from ").Append(Safe(Helo, LongestName))
            .Append(" (").Append(Literal(RemoteAddress)).Append(')');
        if (Tls is not null)
        {
            text.Append(" (").Append(Safe(Tls, 100, ' ')).Append(')');
        }

        text.Append(" by ").Append(Safe(ByHost, LongestName))
            .Append(" with ").Append(Safe(Protocol, 20))
            .Append(" id ").Append(Safe(Id, 100));
        if (ForRecipient is not null && Mailbox.WireAddress(ForRecipient) is { Length: > 0 } recipient)
        {
            text.Append(" for <").Append(recipient).Append('>');
        }

        text.Append("; ").Append(MessageDate.Format(At));
        new HeaderWriter(output).Structured("Received", text.ToString());
    }

    public byte[] ToBytes()
    {
        var output = new ArrayBufferWriter<byte>(300);
        Write(output);
        return output.WrittenSpan.ToArray();
    }

    private static string Literal(string address) =>
        address.Contains(':', StringComparison.Ordinal) ? $"[IPv6:{Safe(address, 60)}]" : $"[{Safe(address, 60)}]";

    private static string Safe(string text, int longest, char more = '-')
    {
        var output = new StringBuilder(Math.Min(text.Length, longest));
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, longest)))
        {
            output.Append(char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or ':' or '[' or ']' || c == more ? c : '?');
        }

        return output.Length == 0 ? "unknown" : output.ToString();
    }
}
