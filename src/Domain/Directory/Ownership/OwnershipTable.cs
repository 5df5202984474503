using System.Collections.Frozen;
using Postern.Domain.Addresses;

namespace Postern.Domain.Directory.Ownership;

/// <summary>Who answers for an entry: the partner that owns the home of its address, whoever told us of it (Q155727, Q156996).</summary>
public sealed class OwnershipTable
{
    private readonly FrozenDictionary<string, string> homes;
    private readonly FrozenDictionary<string, string> addresses;

    /// <param name="homes">Which partner owns a home (<see cref="MailAddress.HomeKey"/>); the empty name is ours.</param>
    /// <param name="addresses">Single addresses that belong to another partner than their home (<see cref="MailAddress.Key"/>).</param>
    public OwnershipTable(IEnumerable<KeyValuePair<string, string>> homes, IEnumerable<KeyValuePair<string, string>> addresses)
    {
        this.homes = homes.ToFrozenDictionary(StringComparer.Ordinal);
        this.addresses = addresses.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>The owner of an address; null when its home is nobody's yet.</summary>
    public string? OwnerOf(MailAddress address) => addresses.GetValueOrDefault(address.Key) ?? homes.GetValueOrDefault(address.HomeKey);

    /// <summary>Whether a partner may add, change or delete an entry with that address; where not, why not.</summary>
    public bool MayGive(string partner, MailAddress address, out string fault)
    {
        var owner = OwnerOf(address);
        fault = owner == partner ? ""
            : owner is null ? $"{address} is at {address.HomeKey}, which belongs to no partner; it is given to {partner} or another one first."
            : owner.Length == 0 ? $"{address} is one of our own; {partner} cannot change it."
            : $"{address} belongs to {owner}; {partner} cannot change it.";
        return fault.Length == 0;
    }

    /// <summary>Whether a partner may replace or delete a whole list: only one that it owns, and no entry of which was given to others (Q156996).</summary>
    public bool MayReplace(string partner, string homeKey) => homes.GetValueOrDefault(homeKey) == partner;
}
