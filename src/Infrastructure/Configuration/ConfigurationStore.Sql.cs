namespace Postern.Infrastructure.Configuration;

public sealed partial class ConfigurationStore
{
    private const string ReadVersion = "select version from configuration";

    private const string ReadSites =
        """
          select name, smtp_domains, ccmail_post_office, msmail_network, msmail_post_office, unknown_recipients
            from site
        order by name
        """;

    // A post office is named by its connector or by the post office it is reached via.
    private const string ReadPostOffices =
        """
           select post_office.system, post_office.name, coalesce(connector.name, ''), coalesce(via.name, '')
             from post_office
        left join connector on connector.id = post_office.connector_id
        left join post_office via on via.id = post_office.via_id
         order by post_office.system, post_office.name
        """;

    private const string ReadAddressSpaces =
        """
          select type, pattern, cost, connector.name
            from address_space
            join connector on connector.id = address_space.connector_id
        order by connector.name, type, pattern
        """;

    private const string ReadConnectors = "select id, name, kind from connector order by name";

    private const string ReadListeners = "select id, name, host, port, enabled, settings::text from listener order by name";

    // Entry by entry, the native address first.
    private const string ReadEntries =
        """
          select entry.id, entry.display_name, entry.kind, a.address
            from entry
            join entry_address a on a.entry_id = entry.id
        order by entry.id, a.is_native desc, a.ordinal, a.id
        """;
}
