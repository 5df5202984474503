using System.Net;
using System.Net.Sockets;

namespace Postern.Infrastructure.Smtp.Listening;

/// <summary>Counts sessions, in all and per client, so that no client takes the whole server.</summary>
internal sealed class SessionSlots(int most, int mostPerClient)
{
    private readonly Lock counting = new();
    private readonly Dictionary<IPAddress, int> byClient = [];
    private int total;

    /// <summary>Null when a slot was taken, which <see cref="Leave"/> gives back; otherwise the reply that refuses the session.</summary>
    public SmtpReply? Enter(IPAddress address)
    {
        var client = ClientOf(address);
        lock (counting)
        {
            var own = byClient.GetValueOrDefault(client);
            if (total >= most)
            {
                return Replies.TooManySessions;
            }

            if (own >= mostPerClient)
            {
                return Replies.TooManyFromClient;
            }

            total++;
            byClient[client] = own + 1;
            return null;
        }
    }

    public void Leave(IPAddress address)
    {
        var client = ClientOf(address);
        lock (counting)
        {
            total--;
            if (--byClient[client] == 0)
            {
                byClient.Remove(client);
            }
        }
    }

    // A client of IPv6 has a whole /64 to choose addresses from.
    private static IPAddress ClientOf(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? RelayNetworkSet.Masked(address, 64) : address;
}
