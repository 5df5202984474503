using Postern.Domain.Addresses;

namespace Postern.Domain.Directory;

/// <summary>What a directory entry stands for.</summary>
public enum EntryKind
{
    Person, List, Board,
}

/// <summary>One person, list or board: where its mail goes, and under which other addresses it is known.</summary>
/// <param name="Id">The database's key; 0 in a value that is not stored yet.</param>
/// <param name="Native">The mailbox itself; mail for any proxy goes there.</param>
/// <param name="Proxies">All other addresses; the first of a type is the one shown to that system, all are accepted (Q166905).</param>
public sealed record Entry(long Id, string DisplayName, EntryKind Kind, MailAddress Native, IReadOnlyList<MailAddress> Proxies)
{
    /// <summary>The address under which the system of <paramref name="type"/> knows this entry; null when it has none there.</summary>
    public MailAddress? AddressFor(string type) =>
        Native.Type == type ? Native : Proxies.FirstOrDefault(proxy => proxy.Type == type);

    /// <summary>All addresses, the native one first.</summary>
    public IEnumerable<MailAddress> Addresses => [Native, .. Proxies];
}
