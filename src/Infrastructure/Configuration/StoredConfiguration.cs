using Npgsql;
using Postern.Domain.Access;
using Postern.Domain.Addresses;
using Postern.Domain.Directory;
using Postern.Domain.Routing;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Watch;

namespace Postern.Infrastructure.Configuration;

/// <summary>The configuration as the database holds it, seen through one transaction.</summary>
internal sealed partial class StoredConfiguration(NpgsqlConnection connection, SettingsCatalog catalog)
{
    /// <summary>Everything.</summary>
    /// <exception cref="InvalidDataException">A row was written past the program and cannot be read; the message names it.</exception>
    public async Task<ConfigurationDocument> ReadAsync(CancellationToken cancellationToken) => await ReadHouseAsync(cancellationToken) with
    {
        Entries = await ReadAsync(ReadEntries, EntryOf, cancellationToken),
    };

    /// <summary>Everything but the entries of the directory; of those the document then has none. Settings that cannot be read are said in their item.</summary>
    public async Task<ConfigurationDocument> ReadHouseAsync(CancellationToken cancellationToken)
    {
        var spaces = (await ReadAsync(
            ReadAddressSpaces, row => (row.GetString(0), new AddressSpaceItem(0, row.GetString(1), row.GetString(2), row.GetInt32(3))), cancellationToken))
            .ToLookup(space => space.Item1, space => space.Item2);
        return new ConfigurationDocument
        {
            Retention = await ReadAsync(ReadRetention, row => new RetentionItem(0, row.GetInt32(0), row.GetInt32(1)), cancellationToken),
            Operations = await ReadAsync(ReadOperations, row => new OperationsItem(0, row.GetInt32(0), row.GetInt32(1)), cancellationToken),
            Alerts = await ReadAsync(AlertSettingsStore.ReadSql, row => new AlertsItem(0, AlertSettingsStore.Of(row)), cancellationToken),
            Security = await ReadAsync(ReadSecurity, row => new SecurityItem(0, [.. row.GetFieldValue<string[]>(0).Select(RoleOf).Order()], row.GetString(1)), cancellationToken),
            Sites = await ReadAsync(ReadSites, SiteOf, cancellationToken),
            Connectors = await ReadAsync(ReadConnectors, row => ConnectorOf(row, spaces[row.GetString(0)]), cancellationToken),
            PostOffices = await ReadAsync(
                ReadPostOffices, row => new PostOfficeItem(0, row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3)), cancellationToken),
            Listeners = await ReadAsync(ReadListeners, ListenerOf, cancellationToken),
            Entries = [],
        };
    }

    /// <summary>A connector whose mail still waits cannot go: nothing would ever take that mail out.</summary>
    public async Task CheckRemovalsAsync(ConfigurationDifference difference, FaultList faults, CancellationToken cancellationToken)
    {
        if (difference.Connectors.Removed.Count == 0)
        {
            return;
        }

        var names = difference.Connectors.Removed.Select(connector => connector.Name).ToArray();
        foreach (var (name, count) in await ReadAsync(CountWaiting, row => (row.GetString(0), row.GetInt64(1)), cancellationToken, names))
        {
            faults.Add(0, $"The connector {name} cannot be removed: {count:N0} deliveries wait for it. Return, remove or deliver them first.");
        }
    }

    /// <summary>An address that a partner's entry has is taken, although that entry is no part of the configuration.</summary>
    public async Task CheckGivenAsync(ConfigurationDifference difference, FaultList faults, CancellationToken cancellationToken)
    {
        var wanted = difference.Entries.Added.Concat(difference.Entries.Changed.Select(pair => pair.Wanted))
            .SelectMany(entry => entry.Addresses.Select(address => (Key: Convert.ToHexString(AddressKey.Of(address)), entry)))
            .DistinctBy(pair => pair.Key).ToDictionary(pair => pair.Key, pair => pair.entry, StringComparer.Ordinal);
        foreach (var keys in wanted.Keys.Chunk(10_000))
        {
            await using var command = new NpgsqlCommand(ReadGiven, connection) { Parameters = { new() { Value = keys.Select(Convert.FromHexString).ToArray() } } };
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            while (await row.ReadAsync(cancellationToken))
            {
                var entry = wanted[Convert.ToHexString(row.GetFieldValue<byte[]>(3))];
                faults.Add(entry.Line, $"The address {row.GetString(0)} of {entry.DisplayName} is taken: the partner {row.GetString(2)} gives it to {row.GetString(1)}.");
            }
        }
    }

    /// <summary>A sentence for each secret that settings ask for and nobody has stored.</summary>
    public async Task<IReadOnlyList<string>> MissingSecretsAsync(ConfigurationDocument wanted, CancellationToken cancellationToken)
    {
        var stored = (await ReadAsync("select name from secret", row => row.GetString(0), cancellationToken)).ToHashSet(StringComparer.Ordinal);
        var hook = wanted.Alerts![0].Settings.WebhookSecret;
        return
        [
            .. hook.Length > 0 && !stored.Contains(hook) ? [$"The secret {hook}, which the alerts ask for, is not stored yet."] : Array.Empty<string>(),
            .. from connector in wanted.Connectors!
               let shape = catalog.Connector(connector.Kind)
               where shape is not null
               from name in shape.SecretsIn(connector.Settings)
               where !stored.Contains(name)
               select $"The secret {name}, which the connector {connector.Name} asks for, is not stored yet.",
        ];
    }

    private static Role RoleOf(string word) => RoleRights.TryParse(word, out var role) ? role : Role.Viewer;

    private static SiteItem SiteOf(NpgsqlDataReader row) => new(
        0, row.GetString(0), row.GetFieldValue<string[]>(1), row.GetString(2), row.GetString(3), row.GetString(4),
        row.GetString(5) == "forward" ? UnknownRecipients.Forward : UnknownRecipients.Refuse);

    private ConnectorItem ConnectorOf(NpgsqlDataReader row, IEnumerable<AddressSpaceItem> spaces)
    {
        var (name, kind) = (row.GetString(0), row.GetString(1));
        var (settings, unreadable) = SettingsOf($"connector {name}", catalog.Connector(kind), row.GetString(4));
        return new ConnectorItem(
            0, name, kind, row.GetString(2) == "started", row.GetString(3),
            [.. spaces.OrderBy(space => space.Type, StringComparer.Ordinal).ThenBy(space => space.Pattern, StringComparer.Ordinal)],
            settings)
        {
            Unreadable = unreadable,
        };
    }

    private ListenerItem ListenerOf(NpgsqlDataReader row)
    {
        var (settings, unreadable) = SettingsOf($"listener {row.GetString(0)}", catalog.Listener, row.GetString(4));
        return new ListenerItem(0, row.GetString(0), row.GetString(1), row.GetInt32(2), row.GetBoolean(3), settings) { Unreadable = unreadable };
    }

    // A row that was written past the program concerns itself alone. A kind that this program does not have keeps its settings as they are.
    private static (string Settings, string Unreadable) SettingsOf(string title, SettingsShape? shape, string json)
    {
        var (settings, fault) = shape is null ? (json, "") : shape.Salvage(json);
        return (settings, fault.Length == 0 ? "" : $"The stored settings of the {title} cannot be read: {fault}. Set what is missing and save, or apply a configuration that has it.");
    }

    private static EntryItem EntryOf(NpgsqlDataReader row)
    {
        var addresses = row.GetFieldValue<string[]>(3);
        var parsed = new List<MailAddress>(addresses.Length);
        foreach (var text in addresses)
        {
            parsed.Add(MailAddress.TryParse(text, out var address, out var fault)
                ? address
                : throw new InvalidDataException($"The stored address “{text}” of {row.GetString(1)} cannot be read: {fault}"));
        }

        return new EntryItem(
            0, row.GetInt64(0), row.GetString(1), Enum.Parse<EntryKind>(row.GetString(2), ignoreCase: true), parsed[0], parsed[1..]);
    }

    private async Task<IReadOnlyList<T>> ReadAsync<T>(
        string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params object[][] parameters)
    {
        await using var command = connection.Command(sql, parameters);
        return await command.RowsAsync(read, cancellationToken);
    }
}
