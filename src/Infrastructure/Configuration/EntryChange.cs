using Npgsql;
using NpgsqlTypes;
using Postern.Domain.Addresses;

namespace Postern.Infrastructure.Configuration;

/// <summary>Writes directory entries in bulk: a first file may bring a hundred thousand of them.</summary>
internal sealed class EntryChange(NpgsqlConnection connection)
{
    private const string DeleteEntries = "delete from entry where id = any($1)";

    private const string DeleteAddresses = "delete from entry_address where entry_id = any($1)";

    private const string UpdateEntries =
        """
        -- names and kinds of entries that stay
        update entry set display_name = new.display_name, kind = new.kind
          from unnest($1, $2, $3) as new (id, display_name, kind)
         where entry.id = new.id
        """;

    // Ids first, so that the addresses know where they belong.
    private const string ReserveIds = "select nextval(pg_get_serial_sequence('entry', 'id')) from generate_series(1, $1)";

    private const string InsertEntries =
        """
        insert into entry (id, display_name, kind) overriding system value
             select * from unnest($1, $2, $3)
        """;

    public async Task WriteAsync(SectionDifference<EntryItem> entries, CancellationToken cancellationToken)
    {
        if (entries.IsEmpty)
        {
            return;
        }

        // What goes first makes room: an address may move from one entry to another.
        await ExecuteAsync(DeleteEntries, [entries.Removed.Select(entry => entry.Id).ToArray()], cancellationToken);
        var changed = entries.Changed.Select(pair => pair.Wanted with { Id = pair.Current.Id }).ToList();
        await ExecuteAsync(DeleteAddresses, [changed.Select(entry => entry.Id).ToArray()], cancellationToken);
        await ExecuteAsync(UpdateEntries, Columns(changed), cancellationToken);
        var ids = await ReserveAsync(entries.Added.Count, cancellationToken);
        var added = entries.Added.Select((entry, index) => entry with { Id = ids[index] }).ToList();
        await ExecuteAsync(InsertEntries, Columns(added), cancellationToken);
        await CopyAddressesAsync([.. changed, .. added], cancellationToken);
    }

    private static object[] Columns(IReadOnlyList<EntryItem> entries) =>
    [
        entries.Select(entry => entry.Id).ToArray(),
        entries.Select(entry => entry.DisplayName).ToArray(),
        entries.Select(entry => entry.Kind.ToString().ToLowerInvariant()).ToArray(),
    ];

    private async Task<List<long>> ReserveAsync(int count, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(ReserveIds, connection) { Parameters = { new() { Value = count } } };
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var ids = new List<long>(count);
        while (await row.ReadAsync(cancellationToken))
        {
            ids.Add(row.GetInt64(0));
        }

        return ids;
    }

    private async Task CopyAddressesAsync(IReadOnlyList<EntryItem> entries, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            "copy entry_address (entry_id, type, address, key, is_native, ordinal) from stdin (format binary)", cancellationToken);
        foreach (var entry in entries)
        {
            var ordinal = 0;
            foreach (var address in entry.Addresses)
            {
                await WriteAsync(copy, entry.Id, address, ordinal++, cancellationToken);
            }
        }

        await copy.CompleteAsync(cancellationToken);
    }

    private static async Task WriteAsync(NpgsqlBinaryImporter copy, long entryId, MailAddress address, int ordinal, CancellationToken cancellationToken)
    {
        await copy.StartRowAsync(cancellationToken);
        await copy.WriteAsync(entryId, NpgsqlDbType.Bigint, cancellationToken);
        await copy.WriteAsync(address.Type, NpgsqlDbType.Text, cancellationToken);
        await copy.WriteAsync(address.ToString(), NpgsqlDbType.Text, cancellationToken);
        await copy.WriteAsync(AddressKey.Of(address), NpgsqlDbType.Bytea, cancellationToken);
        await copy.WriteAsync(ordinal == 0, NpgsqlDbType.Boolean, cancellationToken);
        await copy.WriteAsync(ordinal, NpgsqlDbType.Integer, cancellationToken);
    }

    private async Task ExecuteAsync(string sql, object[] values, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
