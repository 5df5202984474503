using Postern.Domain.Addresses;
using Postern.Domain.Routing;

namespace Postern.Infrastructure.Configuration;

/// <summary>What the items of a configuration must keep towards each other: names are unique, what is named exists, no way goes in a circle, no address has two holders.</summary>
internal sealed class ConfigurationRules(ConfigurationDocument document, FaultList faults)
{
    public void Check()
    {
        Unique(document.Sites!);
        Unique(document.Connectors!);
        Unique(document.PostOffices!);
        Unique(document.Listeners!);
        CheckSites();
        CheckAddressSpaces();
        CheckPostOffices();
        CheckListeners();
        CheckEntries();
    }

    /// <summary>Why a post office cannot have this name; empty when it can.</summary>
    public static string PostOfficeNameFault(string system, string name) => PostOfficeNames.FaultOf(system, name);

    private void Unique(IEnumerable<ConfigurationItem> items)
    {
        var first = new Dictionary<string, ConfigurationItem>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            if (!first.TryAdd(item.Identity, item))
            {
                Twice(item, item.Title, first[item.Identity]);
            }
        }
    }

    private void CheckSites()
    {
        var domains = new Dictionary<string, ConfigurationItem>(StringComparer.Ordinal);
        var shadows = document.PostOffices!.DistinctBy(office => office.Identity).ToDictionary(office => office.Identity, ConfigurationItem (office) => office);
        foreach (var site in document.Sites!)
        {
            foreach (var domain in site.SmtpDomains)
            {
                if (!domains.TryAdd(domain, site))
                {
                    Twice(site, $"the domain {domain}", domains[domain]);
                }
            }

            foreach (var (system, name) in ShadowsOf(site))
            {
                // A name is either ours, or a post office's to which mail is sent.
                if (!shadows.TryAdd(PostOfficeItem.IdentityOf(system, name), site))
                {
                    Twice(site, $"the post office name {system}:{name}", shadows[PostOfficeItem.IdentityOf(system, name)]);
                }
            }
        }
    }

    private void CheckAddressSpaces()
    {
        foreach (var connector in document.Connectors!)
        {
            foreach (var repeated in connector.AddressSpaces.GroupBy(space => (space.Type, space.Pattern)).Where(group => group.Count() > 1))
            {
                faults.Add(repeated.Last().Line, $"{connector.Title} has the address space {repeated.Key.Type} {repeated.Key.Pattern} twice.");
            }

            foreach (var space in connector.AddressSpaces)
            {
                if (AddressPattern.FaultOf(space.Type, space.Pattern) is null
                    && AddressPattern.KindFault(new AddressSpace(space.Type, space.Pattern, space.Cost, connector.Name), connector.Kind) is { } fault)
                {
                    faults.Add(space.Line, fault);
                }
            }
        }
    }

    private void CheckPostOffices()
    {
        var connectors = document.Connectors!.DistinctBy(connector => connector.Identity).ToDictionary(connector => connector.Name, StringComparer.Ordinal);
        var offices = document.PostOffices!.DistinctBy(office => office.Identity).ToDictionary(office => office.Identity, StringComparer.Ordinal);
        foreach (var office in document.PostOffices!)
        {
            if (office.Connector.Length > 0)
            {
                CheckConnectorOf(office, connectors.GetValueOrDefault(office.Connector));
            }
            else if (office.Via.Length > 0)
            {
                CheckWayTo(office, offices);
            }
        }
    }

    private void CheckConnectorOf(PostOfficeItem office, ConnectorItem? connector)
    {
        var wanted = office.System == CcMailAddress.TypeName ? "ccmail" : "msmail";
        if (connector is null)
        {
            faults.Add(office.Line, $"{office.Title} is reached by the connector {office.Connector}, which is not defined.");
        }
        else if (connector.Kind != wanted)
        {
            faults.Add(office.Line, $"{office.Title} is reached by a connector of the kind {wanted}; {connector.Name} is of the kind {connector.Kind}.");
        }
    }

    private void CheckWayTo(PostOfficeItem office, Dictionary<string, PostOfficeItem> offices)
    {
        var hop = office;
        for (var hops = 0; hop.Via.Length > 0; hops++)
        {
            if (hops == RoutingTable.HopLimit)
            {
                faults.Add(office.Line, $"The way to {office.Title} goes in a circle, or through more than {RoutingTable.HopLimit} post offices.");
                return;
            }

            if (!offices.TryGetValue(PostOfficeItem.IdentityOf(office.System, hop.Via), out var next))
            {
                if (hop == office)
                {
                    faults.Add(office.Line, $"{office.Title} is reached via {office.Via}, which is not defined.");
                }

                return;
            }

            hop = next;
        }
    }

    private void CheckListeners()
    {
        var places = new Dictionary<(string, int), ListenerItem>();
        foreach (var listener in document.Listeners!.Where(listener => listener is { IsEnabled: true, Port: > 0 }))
        {
            if (!places.TryAdd((listener.Host.ToLowerInvariant(), listener.Port), listener))
            {
                Twice(listener, $"{listener.Host} port {listener.Port}", places[(listener.Host.ToLowerInvariant(), listener.Port)]);
            }
        }
    }

    private void CheckEntries()
    {
        var holders = new Dictionary<string, EntryItem>(StringComparer.Ordinal);
        foreach (var entry in document.Entries!)
        {
            foreach (var address in entry.Addresses)
            {
                if (!holders.TryAdd(address.Key, entry))
                {
                    var holder = holders[address.Key];
                    if (ReferenceEquals(holder, entry))
                    {
                        faults.Add(entry.Line, $"{entry.DisplayName} has the address {address} twice.");
                    }
                    else
                    {
                        Twice(entry, $"the address {address} of {entry.DisplayName}", holder);
                    }
                }
            }
        }
    }

    private void Twice(ConfigurationItem item, string what, ConfigurationItem first)
    {
        var where = first.Line > 0 ? $"line {first.Line}" : "the database";
        faults.Add(item.Line, $"{char.ToUpperInvariant(what[0])}{what[1..]} is taken: {first.Title} in {where} has it.");
    }

    private static IEnumerable<(string System, string Name)> ShadowsOf(SiteItem site)
    {
        if (site.CcMailPostOffice.Length > 0)
        {
            yield return (CcMailAddress.TypeName, site.CcMailPostOffice);
        }

        if (site.MsMailNetwork.Length > 0)
        {
            yield return (MsMailAddress.TypeName, $"{site.MsMailNetwork}/{site.MsMailPostOffice}");
        }
    }
}
