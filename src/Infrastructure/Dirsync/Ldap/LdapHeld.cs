using Postern.Domain.Addresses;
using Postern.Domain.Directory.Names;
using Postern.Domain.Directory.Partners;
using Postern.Domain.Directory.Rows;
using Postern.Domain.Formats.Ldap;

namespace Postern.Infrastructure.Dirsync.Ldap;

/// <summary>What stands in the container that we write into: which entries are ours, and which row each of them is.</summary>
internal sealed class LdapHeld(AttributeMap map, NameRule names, DistinguishedName container)
{
    // Shows in a plan that somebody has changed the name that people read, and left the one that the entry stands by.
    private const string ShownName = "shown name";

    // A name is taken by what has no address, too.
    private static readonly MailAddress Nobody = MailAddress.Parse("nobody@invalid.example");

    private readonly HashSet<string> classes = new(map.WrittenClasses.Where(name => !name.Equals("top", StringComparison.OrdinalIgnoreCase)), StringComparer.OrdinalIgnoreCase);

    public DistinguishedName Container => container;

    /// <summary>The attribute by which an entry is named in its distinguished name; Exchange 5.5 calls it cn there and rdn elsewhere.</summary>
    public string NamingAttribute => map.NamingAttribute == "rdn" ? "cn" : map.NamingAttribute;

    /// <summary>Ours are entries directly in the container and of the classes that we write; what else stands there is somebody else's, and never touched.</summary>
    public bool IsOurs(DistinguishedName place, ILookup<string, string> values) => place.IsChildOf(container) && classes.IsSubsetOf(values["objectClass"]);

    /// <summary>Where an entry of the container stands, always written in the same way: a server has its own for blanks, case and escapes.</summary>
    public string PlaceOf(DistinguishedName place) => container.Child(place.NamingAttribute.ToLowerInvariant(), place.Name).ToString();

    /// <summary>The row that an entry of the container takes there; false with a sentence where it has no address.</summary>
    public bool TryRow(DistinguishedName place, ILookup<string, string> values, bool isOurs, out DirectoryRow row, out string fault)
    {
        row = null!;
        fault = "";
        var isRead = map.TryRead(place.ToString(), values, out var entry, out var unread);
        if (!isRead && isOurs)
        {
            fault = unread.Sentence;
            return false;
        }

        if (!isOurs && (map.HasMadeUpNames || !place.NamingAttribute.Equals(NamingAttribute, StringComparison.OrdinalIgnoreCase)))
        {
            return false; // takes no name from us
        }

        var name = map.HasMadeUpNames ? entry.Name : NameOf(place, values);
        var given = isRead ? entry.Values : RowValues.None;
        var shown = isRead && entry.Name != name ? given.With(ShownName, entry.Name) : given;
        if (!DirectoryRow.TryCreate(names, map.IdOf(values), name, isRead ? entry.Address : Nobody, isRead ? entry.Kind : RowKind.Person, shown, out row, out fault))
        {
            return false;
        }

        row = isRead ? row : row with { Address = place.ToString(), AddressKey = $"DN:{place}", Identity = map.IdOf(values) is { Length: > 0 } id ? id : $"DN:{place}" };
        return true;
    }

    // As the attribute spells it: in a distinguished name a server may write blanks in its own way.
    private string NameOf(DistinguishedName place, ILookup<string, string> values) =>
        values[map.NamingAttribute].FirstOrDefault(value => NameKey.Fold(value.Trim()) == NameKey.Fold(place.Name.Trim()))?.Trim() ?? place.Name;
}
