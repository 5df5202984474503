using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Postern.Infrastructure.Smtp.Listening;

/// <summary>The networks whose clients may send through us to recipients that are not ours.</summary>
/// <remarks>A network wide enough to be half the internet is refused: whoever wants an open relay does not get it by a typing error.</remarks>
internal sealed class RelayNetworkSet
{
    // The widest networks that anyone owns or that are private: 10.0.0.0/8 and fc00::/7.
    private const int WidestV4 = 8;
    private const int WidestV6 = 7;

    private readonly bool hasLoopback;
    private readonly IReadOnlyList<IPNetwork> networks;

    private RelayNetworkSet(bool hasLoopback, IReadOnlyList<IPNetwork> networks)
    {
        this.hasLoopback = hasLoopback;
        this.networks = networks;
    }

    /// <summary>Reads the networks of <paramref name="settings"/>; what cannot be read is left out and told in <paramref name="faults"/>.</summary>
    public static RelayNetworkSet Read(ListenerSettings settings, List<string> faults)
    {
        var networks = new List<IPNetwork>();
        foreach (var text in settings.RelayNetworks)
        {
            if (TryParse(text, out var network, out var fault))
            {
                networks.Add(network);
            }
            else
            {
                faults.Add($"RelayNetworks: {fault}");
            }
        }

        return new RelayNetworkSet(settings.RelaysLoopback, networks);
    }

    public bool Contains(IPAddress client)
    {
        client = Plain(client);
        return (hasLoopback && IPAddress.IsLoopback(client)) || networks.Any(network => network.Contains(client));
    }

    /// <summary>An IPv4 client of a socket that serves both families appears as ::ffff:a.b.c.d.</summary>
    public static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    /// <summary>Reads <c>address/length</c>, or one address alone.</summary>
    public static bool TryParse(string text, out IPNetwork network, out string fault)
    {
        network = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var addressText = (slash < 0 ? text : text[..slash]).Trim();
        if (!IPAddress.TryParse(addressText, out var address) || (address.AddressFamily == AddressFamily.InterNetwork && addressText.Count(c => c == '.') != 3))
        {
            fault = $"“{text}” is not an IP address or network.";
            return false;
        }

        address = Plain(address);
        var isV4 = address.AddressFamily == AddressFamily.InterNetwork;
        var longest = isV4 ? 32 : 128;
        var length = longest;
        if (slash >= 0 && (!int.TryParse(text[(slash + 1)..].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > longest))
        {
            fault = $"“{text}” needs a length of 0 to {longest} after the slash.";
            return false;
        }

        if (length < (isV4 ? WidestV4 : WidestV6))
        {
            fault = $"“{text}” is so wide that it would make an open relay; the shortest length is {(isV4 ? WidestV4 : WidestV6)}.";
            return false;
        }

        var start = Masked(address, length);
        network = new IPNetwork(start, length);
        fault = start.Equals(address) ? "" : $"“{text}” has bits beyond its length; the network is {start}/{length}.";
        return fault.Length == 0;
    }

    /// <summary>The first address of the network of <paramref name="length"/> bits that <paramref name="address"/> is in.</summary>
    public static IPAddress Masked(IPAddress address, int length)
    {
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
        {
            var kept = Math.Clamp(length - (i * 8), 0, 8);
            bytes[i] &= (byte)(0xFF00 >> kept);
        }

        return new IPAddress(bytes);
    }
}
