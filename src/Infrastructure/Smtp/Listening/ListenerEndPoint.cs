using System.Net;

namespace Postern.Infrastructure.Smtp.Listening;

/// <summary>Reads the address that a listener binds to.</summary>
internal static class ListenerEndPoint
{
    public static bool TryParse(string host, int port, out IPEndPoint endPoint)
    {
        IPAddress? address = host.Trim() switch
        {
            "*" => IPAddress.IPv6Any, // the transport makes this socket serve IPv4 as well
            "localhost" => IPAddress.Loopback,
            var text => IPAddress.TryParse(text, out var parsed) ? parsed : null,
        };
        endPoint = new IPEndPoint(address ?? IPAddress.None, port);
        return address is not null;
    }
}
