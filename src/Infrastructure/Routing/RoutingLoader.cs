using System.Text.Json;
using Npgsql;
using Postern.Domain.Addresses;
using Postern.Domain.Directory;
using Postern.Domain.Routing;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Database;

namespace Postern.Infrastructure.Routing;

/// <summary>A routing table as it was loaded.</summary>
/// <param name="Faults">Rows that could not be used, a sentence each; everything else works all the same.</param>
public sealed record LoadedRouting(RoutingTable Table, IReadOnlyList<string> Faults);

/// <summary>Reads the configuration and the directory into one routing table, in one snapshot.</summary>
public sealed class RoutingLoader(NpgsqlDataSource database)
{
    private const string ReadSql =
        """
        -- everything routing knows, of one version
        select version, coalesce((select key from canary_key), '') from configuration;
        select name, smtp_domains, ccmail_post_office, msmail_network, msmail_post_office, unknown_recipients from site order by name;
        select id, name, kind, coalesce(settings->'acceptFrom', '[]')::text, coalesce(settings->'rejectFrom', '[]')::text,
               coalesce(settings->>'siteName', '') from connector order by name;
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

    /// <summary>A connection that is notified of every new version.</summary>
    public async Task<NpgsqlConnection> ListenAsync(CancellationToken cancellationToken)
    {
        var connection = await database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var listen = new NpgsqlCommand($"listen {ConfigurationStore.Channel}", connection);
            await listen.ExecuteNonQueryAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Loads the current version. An address that cannot be read is left out and named; it stops no other.</summary>
    public async Task<LoadedRouting> LoadAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        await using var command = new NpgsqlCommand(ReadSql, connection, transaction);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var (version, canaryKey) = (await ReadAsync(reader, row => (row.GetInt64(0), row.GetFieldValue<byte[]>(1)), isFirst: true, cancellationToken))[0];
        var sites = await ReadAsync(reader, SiteOf, isFirst: false, cancellationToken);
        var faults = new List<string>();
        var connectors = await ReadAsync(reader, row => ConnectorOf(row, faults), isFirst: false, cancellationToken);
        var postOffices = await ReadAsync(
            reader, row => new PostOffice(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3)), isFirst: false, cancellationToken);
        var spaces = await ReadAsync(
            reader, row => new AddressSpace(row.GetString(0), row.GetString(1), row.GetInt32(2), row.GetString(3)), isFirst: false, cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        // A directory may hold a million entries: they are read one by one, on a thread that may wait for them.
        var book = await Task.Run(() => new AddressBook(StreamEntries(reader, faults, cancellationToken)), cancellationToken);
        return new LoadedRouting(new RoutingTable(version, sites, postOffices, spaces, connectors, book) { CanaryKey = canaryKey }, faults);
    }

    private static Site SiteOf(NpgsqlDataReader row) => new(
        row.GetString(0),
        row.GetFieldValue<string[]>(1),
        row.GetString(2),
        row.GetString(3),
        row.GetString(4),
        row.GetString(5) == "forward" ? UnknownRecipients.Forward : UnknownRecipients.Refuse);

    private static RoutedConnector ConnectorOf(NpgsqlDataReader row, List<string> faults)
    {
        var name = row.GetString(1);
        return new RoutedConnector(row.GetInt64(0), name, row.GetString(2))
        {
            Restrictions = new SenderRestrictions(Senders(row.GetString(3), $"{name}, accept from", faults), Senders(row.GetString(4), $"{name}, reject from", faults)),
            KnownAs = row.GetString(5),
        };
    }

    private static List<SenderPattern> Senders(string json, string place, List<string> faults)
    {
        var patterns = new List<SenderPattern>();
        try
        {
            foreach (var line in JsonSerializer.Deserialize<string[]>(json) ?? [])
            {
                if (SenderPattern.TryParse(line ?? "", out var pattern, out var fault))
                {
                    patterns.Add(pattern);
                }
                else
                {
                    faults.Add($"{place}: {fault}");
                }
            }
        }
        catch (JsonException)
        {
            faults.Add($"{place}: the lines cannot be read and restrict nobody.");
        }

        return patterns;
    }

    private static async Task<List<T>> ReadAsync<T>(
        NpgsqlDataReader reader, Func<NpgsqlDataReader, T> read, bool isFirst, CancellationToken cancellationToken)
    {
        if (!isFirst)
        {
            await reader.NextResultAsync(cancellationToken);
        }

        return await reader.RowsAsync(read, cancellationToken);
    }

    private static IEnumerable<Entry> StreamEntries(NpgsqlDataReader reader, List<string> faults, CancellationToken cancellationToken)
    {
        Entry? open = null;
        var proxies = new List<MailAddress>();
        while (reader.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (open is not null && open.Id != reader.GetInt64(0))
            {
                yield return open with { Proxies = [.. proxies] };
                open = null;
                proxies.Clear();
            }

            if (!MailAddress.TryParse(reader.GetString(3), out var address, out var fault))
            {
                faults.Add($"The address “{reader.GetString(3)}” of {reader.GetString(1)} cannot be read: {fault}");
            }
            else if (open is not null)
            {
                proxies.Add(address);
            }
            else if (reader.GetBoolean(4))
            {
                open = new Entry(reader.GetInt64(0), reader.GetString(1), Enum.Parse<EntryKind>(reader.GetString(2), ignoreCase: true), address, []);
            }
            else
            {
                // Mail for a proxy must not be delivered to the proxy as if it were the mailbox.
                faults.Add($"{reader.GetString(1)} has no mailbox that can be used; its address {address} is left out.");
            }
        }

        if (open is not null)
        {
            yield return open with { Proxies = [.. proxies] };
        }
    }
}
