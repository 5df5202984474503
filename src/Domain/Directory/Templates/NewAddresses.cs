using Postern.Domain.Addresses;
using Postern.Domain.Directory.Ownership;

namespace Postern.Domain.Directory.Templates;

/// <summary>A template that an entry's addresses of one type do not follow, with the address that it would get.</summary>
/// <param name="Before">What the entry has; null for none.</param>
/// <param name="After">What it would have; the one before stays as a further address, so that answers to it arrive.</param>
public sealed record AddressChange(DirectoryEntry Entry, MailAddress? Before, MailAddress After);

/// <summary>Addresses by template: for entries that lack one, and, as a plan that somebody agrees to, for all after a template was changed.</summary>
public static class NewAddresses
{
    /// <summary>The addresses that an entry lacks. Those that it has are left alone, whatever the templates say now.</summary>
    public static IEnumerable<MailAddress> Missing(DirectoryEntry entry, IEnumerable<AddressTemplate> templates, Func<string, bool> isTaken, ICollection<string> faults)
    {
        var made = new HashSet<string>(StringComparer.Ordinal);
        foreach (var template in templates.Where(template => entry.AddressFor(template.Type) is null))
        {
            if (!template.TryMake(NameParts.Of(entry.Name, entry.Values), key => made.Contains(key) || isTaken(key), out var address, out var fault))
            {
                faults.Add(fault);
            }
            else if (made.Add(address.Key))
            {
                yield return address;
            }
        }
    }

    /// <summary>What a changed template would do: a change for each entry that it would give another address. Nothing happens by itself.</summary>
    /// <param name="entries">Those that the template is for, in the order of their identities, so that numbers are given the same way each time.</param>
    public static IEnumerable<AddressChange> ByTemplate(IEnumerable<DirectoryEntry> entries, AddressTemplate template, Func<string, bool> isTaken, ICollection<string> faults)
    {
        var made = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            var parts = NameParts.Of(entry.Name, entry.Values);
            var before = entry.AddressFor(template.Type);
            if (before is not null && template.Makes(parts, before))
            {
                continue;
            }

            // An address that the entry has already, as a further one, is no clash.
            var own = entry.Proxies.Append(entry.Native).Select(address => address.Key).ToHashSet(StringComparer.Ordinal);
            if (!template.TryMake(parts, key => made.Contains(key) || (isTaken(key) && !own.Contains(key)), out var after, out var fault))
            {
                faults.Add(fault);
            }
            else if (made.Add(after.Key))
            {
                yield return new AddressChange(entry, before, after);
            }
        }
    }
}
