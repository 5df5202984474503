using Npgsql;
using Postern.Domain.Addresses;
using Postern.Domain.Directory;
using Postern.Domain.Routing;

namespace Postern.Infrastructure.Routing;

/// <summary>Reads the configuration and the directory into one routing table, in one snapshot.</summary>
public sealed class RoutingLoader(NpgsqlDataSource database)
{
    private const string ReadSql =
        """
        -- everything routing knows, of one version
        select version from configuration;
        select name, smtp_domains, ccmail_post_office, msmail_network, msmail_post_office, unknown_recipients from site order by name;
        select id, name, kind from connector order by name;
        select p.system, p.name, coalesce(c.name, ''), coalesce(via.name, '')
          from post_office p left join connector c on c.id = p.connector_id left join post_office via on via.id = p.via_id
         order by p.system, p.name;
        select a.type, a.pattern, a.cost, c.name from address_space a join connector c on c.id = a.connector_id
         order by a.type, a.pattern, c.name;
        select e.id, e.display_name, e.kind, a.address, a.is_native
          from entry e join entry_address a on a.entry_id = e.id
         order by e.id, a.is_native desc, a.ordinal, a.id
        """;

    public async Task<long> VersionAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select version from configuration");
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public async Task<RoutingTable> LoadAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        await using var command = new NpgsqlCommand(ReadSql, connection, transaction);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var version = (await ReadAsync(reader, row => row.GetInt64(0), isFirst: true, cancellationToken))[0];
        var sites = await ReadAsync(reader, SiteOf, isFirst: false, cancellationToken);
        var connectors = await ReadAsync(
            reader, row => new RoutedConnector(row.GetInt64(0), row.GetString(1), row.GetString(2)), isFirst: false, cancellationToken);
        var postOffices = await ReadAsync(
            reader, row => new PostOffice(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3)), isFirst: false, cancellationToken);
        var spaces = await ReadAsync(
            reader, row => new AddressSpace(row.GetString(0), row.GetString(1), row.GetInt32(2), row.GetString(3)), isFirst: false, cancellationToken);
        var entries = await EntriesAsync(reader, cancellationToken);
        return new RoutingTable(version, sites, postOffices, spaces, connectors, new AddressBook(entries));
    }

    private static Site SiteOf(NpgsqlDataReader row) => new(
        row.GetString(0),
        row.GetFieldValue<string[]>(1),
        row.GetString(2),
        row.GetString(3),
        row.GetString(4),
        row.GetString(5) == "forward" ? UnknownRecipients.Forward : UnknownRecipients.Refuse);

    private static async Task<List<T>> ReadAsync<T>(
        NpgsqlDataReader reader, Func<NpgsqlDataReader, T> read, bool isFirst, CancellationToken cancellationToken)
    {
        if (!isFirst)
        {
            await reader.NextResultAsync(cancellationToken);
        }

        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    private static async Task<List<Entry>> EntriesAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        await reader.NextResultAsync(cancellationToken);
        var entries = new List<Entry>();
        (long Id, string Name, EntryKind Kind, MailAddress Native, List<MailAddress> Proxies)? open = null;
        while (await reader.ReadAsync(cancellationToken))
        {
            var id = reader.GetInt64(0);
            if (open is { } before && before.Id != id)
            {
                entries.Add(new Entry(before.Id, before.Name, before.Kind, before.Native, before.Proxies));
                open = null;
            }

            var address = MailAddress.Parse(reader.GetString(3));
            if (open is { } current)
            {
                current.Proxies.Add(address);
            }
            else
            {
                open = (id, reader.GetString(1), Enum.Parse<EntryKind>(reader.GetString(2), ignoreCase: true), address, []);
            }
        }

        if (open is { } last)
        {
            entries.Add(new Entry(last.Id, last.Name, last.Kind, last.Native, last.Proxies));
        }

        return entries;
    }
}
