namespace Postern.Infrastructure.Configuration;

internal sealed partial class StoredConfiguration
{
    private const string ReadRetention = "select content_days, history_days from configuration";
    private const string ReadOperations = "select undo_minutes, confirm_over from configuration";

    private const string ReadSecurity = "select second_step_roles, mail_to from sign_in_rule cross join audit_head";

    private const string ReadSites =
        """
        select name, smtp_domains, ccmail_post_office, msmail_network, msmail_post_office, unknown_recipients from site
        """;

    private const string ReadConnectors = "select name, kind, desired_state, node_label, settings::text from connector";

    private const string ReadAddressSpaces =
        """
        select connector.name, type, pattern, cost from address_space join connector on connector.id = address_space.connector_id
        """;

    // A post office is named by its connector or by the post office it is reached via.
    private const string ReadPostOffices =
        """
           select post_office.system, post_office.name, coalesce(connector.name, ''), coalesce(via.name, '')
             from post_office
        left join connector on connector.id = post_office.connector_id
        left join post_office via on via.id = post_office.via_id
        """;

    private const string ReadListeners = "select name, host, port, enabled, settings::text from listener";

    // One row an entry, its addresses in order, the native one first. What partners give is their word and not a part of the configuration.
    private const string ReadEntries =
        """
          select entry.id, display_name, kind, array_agg(address order by is_native desc, ordinal, entry_address.id)
            from entry
            join entry_address on entry_address.entry_id = entry.id
           where entry.partner_id is null
        group by entry.id
        """;

    private const string ReadGiven =
        """
          -- addresses that entries of partners have
          select entry_address.address, entry.display_name, partner.name, entry_address.key
            from entry_address
            join entry on entry.id = entry_address.entry_id
            join partner on partner.id = entry.partner_id
           where entry_address.key = any($1)
        order by entry_address.address
        """;

    // Live deliveries of connectors by name.
    private const string CountWaiting =
        """
          select connector.name, count(*)
            from connector
            join delivery on delivery.connector_id = connector.id
           where connector.name = any($1)
        group by connector.name
        order by connector.name
        """;
}
