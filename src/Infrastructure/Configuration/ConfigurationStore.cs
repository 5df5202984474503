using System.Data;
using Npgsql;
using Postern.Domain.Addresses;
using Postern.Domain.Directory;
using Postern.Domain.Routing;
using Postern.Infrastructure.Smtp.Listening;

namespace Postern.Infrastructure.Configuration;

/// <summary>A routing table as it was loaded.</summary>
/// <param name="Faults">Rows that could not be used, a sentence each; everything else works all the same.</param>
public sealed record LoadedRouting(RoutingTable Table, IReadOnlyList<string> Faults);

/// <summary>A listener as it is configured.</summary>
public sealed record ListenerDefinition(long Id, string Name, bool IsEnabled, ListenerSettings Settings);

/// <summary>Reads the configuration for the parts that work by it.</summary>
public sealed partial class ConfigurationStore(NpgsqlDataSource database)
{
    /// <summary>The channel that is notified with every new version.</summary>
    public const string Channel = "configuration";

    /// <summary>The version of the configuration; every change raises it.</summary>
    public async Task<long> VersionAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ReadVersion);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Everything that routing needs, of one version. A row that cannot be read is left out and named.</summary>
    public async Task<LoadedRouting> LoadRoutingAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        // One snapshot, so that version and rows belong together.
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        var faults = new List<string>();
        var version = (await ReadAsync(connection, ReadVersion, row => row.GetInt64(0), cancellationToken))[0];
        var sites = await ReadAsync(connection, ReadSites, SiteOf, cancellationToken);
        var postOffices = await ReadAsync(
            connection, ReadPostOffices,
            row => new PostOffice(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3)), cancellationToken);
        var spaces = await ReadAsync(
            connection, ReadAddressSpaces,
            row => new AddressSpace(row.GetString(0), row.GetString(1), row.GetInt32(2), row.GetString(3)), cancellationToken);
        var connectors = await ReadAsync(
            connection, ReadConnectors, row => new RoutedConnector(row.GetInt64(0), row.GetString(1), row.GetString(2)), cancellationToken);
        // A directory of a million entries is read row by row, on a thread of its own because the book takes them one by one.
        var book = await Task.Run(() => new AddressBook(StreamEntries(connection, faults, cancellationToken)), cancellationToken);
        return new LoadedRouting(new RoutingTable(version, sites, postOffices, spaces, connectors, book), faults);
    }

    /// <summary>The listeners, by name.</summary>
    public async Task<IReadOnlyList<ListenerDefinition>> LoadListenersAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await ReadAsync(connection, ReadListeners, ListenerOf, cancellationToken);
    }

    private static ListenerDefinition ListenerOf(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetString(1), row.GetBoolean(4),
        SettingsJson.Read<ListenerSettings>(row.GetString(5)) with { Host = row.GetString(2), Port = row.GetInt32(3) });

    private static Site SiteOf(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetFieldValue<string[]>(1), row.GetString(2), row.GetString(3), row.GetString(4),
        row.GetString(5) == "forward" ? UnknownRecipients.Forward : UnknownRecipients.Refuse);

    private static IEnumerable<Entry> StreamEntries(NpgsqlConnection connection, List<string> faults, CancellationToken cancellationToken)
    {
        using var command = new NpgsqlCommand(ReadEntries, connection);
        using var row = command.ExecuteReader();
        var addresses = new List<MailAddress>();
        var pending = (Id: 0L, Name: "", Kind: EntryKind.Person);
        while (row.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (row.GetInt64(0) != pending.Id)
            {
                if (addresses.Count > 0)
                {
                    yield return EntryOf(pending, addresses);
                }

                addresses.Clear();
                pending = (row.GetInt64(0), row.GetString(1), Enum.Parse<EntryKind>(row.GetString(2), ignoreCase: true));
            }

            if (MailAddress.TryParse(row.GetString(3), out var address, out var fault))
            {
                addresses.Add(address);
            }
            else
            {
                faults.Add($"An address of {pending.Name} cannot be used: {fault} ({row.GetString(3)})");
            }
        }

        if (addresses.Count > 0)
        {
            yield return EntryOf(pending, addresses);
        }
    }

    // Ordered by the statement: the native address is the first.
    private static Entry EntryOf((long Id, string Name, EntryKind Kind) entry, List<MailAddress> addresses) =>
        new(entry.Id, entry.Name, entry.Kind, addresses[0], addresses.GetRange(1, addresses.Count - 1));

    private static async Task<List<T>> ReadAsync<T>(
        NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<T>();
        while (await row.ReadAsync(cancellationToken))
        {
            found.Add(read(row));
        }

        return found;
    }
}
