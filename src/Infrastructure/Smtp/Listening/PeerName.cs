using System.Net;
using System.Net.Sockets;

namespace Postern.Infrastructure.Smtp.Listening;

/// <summary>Writes down who a client is, so that nothing it said of itself can end a field or a log line.</summary>
internal static class PeerName
{
    private const int LongestName = 255;

    /// <summary><c>mail.example.net [192.0.2.1]</c>; only the address when no name was given.</summary>
    public static string Of(string helo, IPAddress client) => helo.Length == 0 ? Literal(client) : $"{HostName(helo)} {Literal(client)}";

    /// <summary>An address literal as RFC 5321 section 4.1.3 writes it.</summary>
    public static string Literal(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[IPv6:{address}]" : $"[{address}]";

    /// <summary>The address alone: IPv4 clients of a socket for both families, and link-local ones with their interface, look odd otherwise.</summary>
    public static IPAddress Plain(EndPoint? remote)
    {
        var address = RelayNetworkSet.Plain((remote as IPEndPoint)?.Address ?? IPAddress.None);
        return new IPAddress(address.GetAddressBytes());
    }

    private static string HostName(string name) =>
        new([.. name.Take(LongestName).Select(c => char.IsAsciiLetterOrDigit(c) || "-._:[]".Contains(c, StringComparison.Ordinal) ? c : '?')]);
}
