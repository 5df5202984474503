using System.Collections.Frozen;
using Postern.Domain.Addresses;

namespace Postern.Domain.Directory;

/// <summary>Finds the entry behind any of its addresses, by the comparison rule of the address's own system.</summary>
public sealed class AddressBook
{
    public static readonly AddressBook Empty = new([]);

    private readonly FrozenDictionary<string, Entry> byKey;

    public AddressBook(IEnumerable<Entry> entries)
    {
        var found = new Dictionary<string, Entry>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            Count++;
            foreach (var address in entry.Addresses)
            {
                // The configuration refuses two holders of one address; should it happen all the same, the first one keeps it.
                found.TryAdd(address.Key, entry);
            }
        }

        byKey = found.ToFrozenDictionary(StringComparer.Ordinal);
    }

    public int Count { get; }

    /// <summary>Everybody who can be found, in no order.</summary>
    public IEnumerable<Entry> Entries => byKey.Values.Distinct<Entry>(ReferenceEqualityComparer.Instance);

    public Entry? Find(MailAddress address) => byKey.GetValueOrDefault(address.Key);
}
