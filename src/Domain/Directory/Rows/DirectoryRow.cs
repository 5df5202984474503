using Postern.Domain.Addresses;
using Postern.Domain.Directory.Names;

namespace Postern.Domain.Directory.Rows;

/// <summary>One row of a directory, as the side that holds it will hold it: a name with its key, an address, and what else is known.</summary>
/// <remarks>Plain columns, so that a million of them stream from a table and back.</remarks>
public sealed record DirectoryRow
{
    /// <summary>The key of the name by the rule of the holding directory.</summary>
    public required SortKey Key { get; init; }

    /// <summary>What stays the same while name and address change: an LDAP id where the source has one, else the address key.</summary>
    public required string Identity { get; init; }

    /// <summary>The name as it is held.</summary>
    public required string Name { get; init; }

    /// <summary>The address as text; its key compares it.</summary>
    public required string Address { get; init; }

    public required string AddressKey { get; init; }

    public RowKind Kind { get; init; }

    public RowValues Values { get; init; } = RowValues.None;

    /// <summary>Where the row's mail goes, without the mailbox: the home of its address.</summary>
    public string Home => MailAddress.TryParse(Address, out var address, out _) ? address.HomeKey : "";

    /// <summary>A row with the key that a directory's rule gives it; false with a sentence where the directory cannot hold the name.</summary>
    /// <param name="identity">Empty for a source without ids of its own: the address is the identity then.</param>
    public static bool TryCreate(NameRule rule, string identity, string name, MailAddress address, RowKind kind, RowValues values, out DirectoryRow row, out string fault)
    {
        row = null!;
        if (!rule.TryHold(name, address, out var held, out fault))
        {
            return false;
        }

        row = new DirectoryRow
        {
            Key = held.Key,
            Identity = identity.Length > 0 ? identity : address.Key,
            Name = held.Name,
            Address = address.ToString(),
            AddressKey = address.Key,
            Kind = kind,
            Values = values,
        };
        return true;
    }

    /// <summary>Whether nothing needs to be changed to make one of the other; another case of an address never counts.</summary>
    public bool SaysTheSame(DirectoryRow other, bool spellingCounts) =>
        Key == other.Key && AddressKey == other.AddressKey && Kind == other.Kind && Values.Equals(other.Values)
        && (!spellingCounts || Name == other.Name);

    /// <summary>The order of rows whose name is wanted by several: it depends on nothing but the rows themselves.</summary>
    public static int StableOrder(DirectoryRow one, DirectoryRow other) =>
        CodePointOrder.Compare(one.AddressKey, other.AddressKey) is not 0 and var byAddress ? byAddress : CodePointOrder.Compare(one.Identity, other.Identity);
}
