using Postern.Domain.Addresses;
using Postern.Domain.Directory;

namespace Postern.Domain.Routing;

/// <summary>All entries that live at one place and are seen by an old system at one place: what a proof looks at instead of entries.</summary>
/// <param name="Native">Home key of where their mailboxes are.</param>
/// <param name="Face">Home key of where a system of old post offices sees them: the mailbox itself, or a proxy of that system.</param>
/// <param name="Entries">How many they are.</param>
/// <param name="IsAlias">The face is one of their other addresses, such as the old one of somebody who moved; it is not what is published.</param>
public sealed record Home(string Native, string Face, long Entries, bool IsAlias = false)
{
    private static readonly string[] OldSystems = [CcMailAddress.TypeName, MsMailAddress.TypeName];

    /// <summary>The system in which they are seen so: CCMAIL or MS.</summary>
    public string System => Face[..Face.IndexOf(':', StringComparison.Ordinal)];

    /// <summary>Counts entries into homes; the entries may come as a stream.</summary>
    public static IReadOnlyList<Home> Of(IEnumerable<Entry> entries)
    {
        var counts = new Dictionary<(string Native, string Face, bool IsAlias), long>();
        foreach (var entry in entries)
        {
            foreach (var system in OldSystems)
            {
                Count(entry, system, counts);
            }
        }

        return [.. counts.Select(pair => new Home(pair.Key.Native, pair.Key.Face, pair.Value, pair.Key.IsAlias))
            .OrderBy(home => home.Face, StringComparer.Ordinal).ThenBy(home => home.Native, StringComparer.Ordinal).ThenBy(home => home.IsAlias)];
    }

    private static void Count(Entry entry, string system, Dictionary<(string Native, string Face, bool IsAlias), long> counts)
    {
        if (entry.AddressFor(system) is not { } published)
        {
            return;
        }

        Add(published, isAlias: false);
        foreach (var proxy in entry.Proxies)
        {
            if (proxy.Type == system && proxy.HomeKey != published.HomeKey)
            {
                Add(proxy, isAlias: true);
            }
        }

        void Add(MailAddress face, bool isAlias)
        {
            var key = (entry.Native.HomeKey, face.HomeKey, isAlias);
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }
    }
}
