using Npgsql;
using Postern.Domain.Addresses;
using Postern.Domain.Directory.Partners;
using Postern.Domain.Directory.Rows;
using Postern.Domain.Formats.MsMail;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Dirsync.MsMail;
using Postern.Infrastructure.MsMail;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Dirsync.Requestor;

/// <summary>An entry of the server's lists.</summary>
internal sealed record ListedEntry(string Name, MailAddress Address, RowValues Values, string Source);

/// <summary>The lists of a synchronisation server as its answers told: an answer brings changes, and a directory is all of them together.</summary>
internal sealed class ServerLists(long partnerId, MsMailEntries entries)
{
    private const string PutSql =
        """
        -- an entry as it was told last; a name alone that comes without fields leaves them as they are (Q107754)
        insert into dirsync_entry (partner_id, address_key, list_key, name_key, name, address, row_values, source)
             values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict (partner_id, address_key) do update
                set name_key = excluded.name_key, name = excluded.name, address = excluded.address, source = excluded.source,
                    row_values = case when $9 then dirsync_entry.row_values else excluded.row_values end
        """;

    private const string ValuesSql = "select row_values from dirsync_entry where partner_id = $1 and address_key = $2";

    private const string DropSql = "delete from dirsync_entry where partner_id = $1 and address_key = $2";

    private const string DropNameSql = "delete from dirsync_entry where partner_id = $1 and list_key = $2 and name_key = $3";

    private const string DropListSql = "delete from dirsync_entry where partner_id = $1 and list_key = $2";

    private const string DropAllSql = "delete from dirsync_entry where partner_id = $1";

    private const string ByNameSql = "select address_key from dirsync_entry where partner_id = $1 and name_key = $2 limit 2";

    private const string SelectSql = "select name, address, row_values, source from dirsync_entry where partner_id = $1 order by address_key";

    private const int BatchSize = 500;

    private readonly List<NpgsqlBatchCommand> adds = new(BatchSize);

    /// <summary>Empties all lists, before a full import.</summary>
    public async Task DropAllAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(DropAllSql, partnerId);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Applies one record; a sentence where it cannot be, and the next one is applied all the same (Q156729, Q194819).</summary>
    /// <remarks>An add of somebody who is there changes, a change of somebody who is not adds, a delete of nobody does nothing (Q118447, Q241086, Q117260).</remarks>
    public async Task<EntryFault?> ApplyAsync(NpgsqlConnection connection, ImportRecord record, OwnLists own, CancellationToken cancellationToken)
    {
        if (record.Action != ImportAction.Add || adds.Count >= BatchSize)
        {
            await FlushAsync(connection, cancellationToken);
        }

        switch (record.Action)
        {
            case ImportAction.Template when record.Faults.Count == 0:
                return null;
            case ImportAction.Replace when record.Faults.Count == 0:
                return await ReplaceAsync(connection, record, own, cancellationToken);
            case ImportAction.Modify when record.IsUsable && record is { Address.IsEmpty: true, NewAddress: null }:
                return await FieldsByNameAsync(connection, record, cancellationToken);
        }

        if (!entries.TryRead(record, out var entry, out var fault))
        {
            return fault with { Source = SourceOf(record) };
        }

        if (own.Has(entry.Address))
        {
            return null; // ours, told back to us
        }

        if (record.Action == ImportAction.Delete)
        {
            await DeleteAsync(connection, entry, cancellationToken);
            return null;
        }

        if (record.Action == ImportAction.Modify && record.NewAddress is not null && record.Address.TryAddress(out var before, out _) && before.Key != entry.Address.Key)
        {
            await ExecuteAsync(connection, DropSql, [partnerId, before.Key], cancellationToken);
        }

        var keepsValues = record.Action == ImportAction.Modify && entry.Values.IsEmpty;
        var values = record.Action == ImportAction.Modify && !keepsValues ? await OverlaidAsync(connection, entry, cancellationToken) : entry.Values;
        var put = new NpgsqlBatchCommand(PutSql);
        foreach (var value in (object[])
            [partnerId, entry.Address.Key, ListOf(entry.Address), NameKey.Fold(entry.Name), Storable.Text(entry.Name, 200), entry.Address.ToString(), values.Text, SourceOf(record), keepsValues])
        {
            put.Parameters.Add(new() { Value = value });
        }

        adds.Add(put);
        return null;
    }

    /// <summary>Puts what was applied last into the table; a full list comes in batches.</summary>
    public async Task FlushAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (adds.Count == 0)
        {
            return;
        }

        await using var batch = new NpgsqlBatch(connection);
        adds.ForEach(batch.BatchCommands.Add);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        adds.Clear();
    }

    /// <summary>Everybody in the lists.</summary>
    public async IAsyncEnumerable<ListedEntry> AllAsync(NpgsqlDataSource database, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = database.Command(SelectSql, partnerId);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            if (MailAddress.TryParse(rows.GetString(1), out var address, out _))
            {
                yield return new ListedEntry(rows.GetString(0), address, RowValues.OfText(rows.GetString(2)), rows.GetString(3));
            }
        }
    }

    private async Task<EntryFault?> ReplaceAsync(NpgsqlConnection connection, ImportRecord record, OwnLists own, CancellationToken cancellationToken)
    {
        var list = record.Address.IsNative ? SystemMail.HomeKeyOf(record.List) : record.Address.Type;
        if (list.Length == 0)
        {
            return new EntryFault(SourceOf(record), $"“{record.Address}” names no list, so none was emptied.");
        }

        if (!own.HasHome(list))
        {
            await ExecuteAsync(connection, DropListSql, [partnerId, list], cancellationToken);
        }

        return null;
    }

    // A form that the guide printed and IMPORT never took; taken where only one entry can be meant (Q152424).
    private async Task<EntryFault?> FieldsByNameAsync(NpgsqlConnection connection, ImportRecord record, CancellationToken cancellationToken)
    {
        var found = new List<string>();
        await using (var command = connection.Command(ByNameSql, partnerId, NameKey.Fold(record.Alias)))
        {
            await using var rows = await command.ExecuteReaderAsync(cancellationToken);
            while (await rows.ReadAsync(cancellationToken))
            {
                found.Add(rows.GetString(0));
            }
        }

        if (found.Count != 1)
        {
            return new EntryFault(
                SourceOf(record), $"[29] {record.Alias} is to be changed and {(found.Count == 0 ? "stands in no list" : "stands in several lists")}. A change has two lines: M with the old name and the address, then a blank with the new name and the address.");
        }

        var overlaid = entries.FieldsOf(record);
        await using var update = connection.Command(
            "update dirsync_entry set row_values = $3 where partner_id = $1 and address_key = $2", partnerId, found[0],
            Overlaid(await ValuesAsync(connection, found[0], cancellationToken), overlaid).Text);
        await update.ExecuteNonQueryAsync(cancellationToken);
        return null;
    }

    private async Task DeleteAsync(NpgsqlConnection connection, PartnerEntry entry, CancellationToken cancellationToken)
    {
        if (await ExecuteAsync(connection, DropSql, [partnerId, entry.Address.Key], cancellationToken) == 0)
        {
            await ExecuteAsync(connection, DropNameSql, [partnerId, ListOf(entry.Address), NameKey.Fold(entry.Name)], cancellationToken);
        }
    }

    private async Task<RowValues> OverlaidAsync(NpgsqlConnection connection, PartnerEntry entry, CancellationToken cancellationToken) =>
        Overlaid(await ValuesAsync(connection, entry.Address.Key, cancellationToken), entry.Values);

    private static RowValues Overlaid(RowValues before, RowValues told) => RowValues.Of([.. told.All(), .. before.All()]);

    private async Task<RowValues> ValuesAsync(NpgsqlConnection connection, string addressKey, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(ValuesSql, partnerId, addressKey);
        return await command.ExecuteScalarAsync(cancellationToken) is string values ? RowValues.OfText(values) : RowValues.None;
    }

    private static async Task<int> ExecuteAsync(NpgsqlConnection connection, string sql, object[] values, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(sql, values);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string ListOf(MailAddress address) => address is MsMailAddress ? address.HomeKey : address.Type;

    private static string SourceOf(ImportRecord record) => record.Number is { } number ? $"record {number}" : $"line {record.Line}";
}
