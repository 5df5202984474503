using System.Net;
using System.Net.Sockets;

namespace Postern.Web.Api;

/// <summary>Counts wrong keys by the address they come from: the more there were, the later the answer; after a hundred there is none until it has been quiet.</summary>
/// <remarks>Right keys are never delayed, whatever came from the same address before: many programs stand behind one proxy.</remarks>
public sealed class FailedKeys(TimeProvider clock)
{
    /// <summary>So long must no wrong key come for an address to be forgotten.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromMinutes(15);

    /// <summary>With this one an event tells of it.</summary>
    public const int Noticed = 10;

    /// <summary>More than these are answered at once, with a refusal: nothing piles up here.</summary>
    public const int Most = 100;

    private const int Free = 5;
    private const int MostAddresses = 10_000;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly Dictionary<string, (int Count, DateTimeOffset Last)> failures = new(StringComparer.Ordinal);

    /// <summary>Addresses that are remembered.</summary>
    internal int Known
    {
        get
        {
            lock (gate)
            {
                return failures.Count;
            }
        }
    }

    /// <summary>Notes a wrong key; how many there were, and how long its answer waits.</summary>
    public (int Count, TimeSpan Delay) Note(IPAddress? address)
    {
        var now = clock.GetUtcNow();
        var place = Place(address);
        lock (gate)
        {
            var (count, last) = failures.GetValueOrDefault(place);
            count = now - last > Memory ? 1 : Math.Min(count + 1, Most + 1);
            if (failures.Count >= MostAddresses && !failures.ContainsKey(place))
            {
                Forget(now);
            }

            failures[place] = (count, now);
            return (count, count <= Free || count > Most ? TimeSpan.Zero : Delay(count - Free - 1));
        }
    }

    private static TimeSpan Delay(int doublings) =>
        doublings > 10 ? LongestDelay : TimeSpan.FromTicks(Math.Min(FirstDelay.Ticks << doublings, LongestDelay.Ticks));

    // The old ones go; where that is not enough, all do: better than to grow without a bound.
    private void Forget(DateTimeOffset now)
    {
        foreach (var old in failures.Where(failure => now - failure.Value.Last > Memory).Select(failure => failure.Key).ToList())
        {
            failures.Remove(old);
        }

        if (failures.Count >= MostAddresses)
        {
            failures.Clear();
        }
    }

    // A host has a whole /64 of IPv6 to itself.
    private static string Place(IPAddress? address) => address switch
    {
        null => "",
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4().ToString(),
        { AddressFamily: AddressFamily.InterNetworkV6 } => Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8)),
        _ => address.ToString(),
    };
}
