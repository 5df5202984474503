using System.Text.Json;
using Npgsql;
using Postern.Domain.Directory.Dirsync;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Dirsync.Requestor;

/// <summary>A mail of the server, or about ours, that waits to be read.</summary>
internal sealed record WaitingMail(long Id, string Sender, bool HasAttachment, DateTimeOffset ArrivedAt);

/// <summary>Where a requestor stands, with what the last answers said.</summary>
internal sealed record RequestorRow(RequestorState State, IReadOnlyList<string> Said, DateTimeOffset? SentAt, IReadOnlyList<long> Messages);

/// <summary>What a foreign requestor keeps in the database: where it stands, its records that are not confirmed, and the mail that waits for it.</summary>
internal sealed partial class RequestorStore(NpgsqlDataSource database, long partnerId)
{
    private const int MostSaid = 20;

    public NpgsqlDataSource Database => database;

    public long PartnerId => partnerId;

    /// <summary>Where it stands now; as new where it never spoke to its server.</summary>
    public async Task<RequestorRow> FindAsync(CancellationToken cancellationToken)
    {
        await using var command = database.Command(SelectSql, partnerId);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? await OfAsync(row, cancellationToken) : new RequestorRow(RequestorState.New, [], null, []);
    }

    /// <summary>The state, held until the transaction ends, so that two cycles cannot give one number twice.</summary>
    public async Task<RequestorRow> LockAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using (var make = connection.Command(InsertSql, partnerId, JsonSerializer.Serialize(RequestorState.New, SettingsJson.Options)))
        {
            await make.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var command = connection.Command(SelectSql + "\n for update of requestor", partnerId);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return await OfAsync(row, cancellationToken);
    }

    public async Task SaveAsync(NpgsqlConnection connection, RequestorState state, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(UpdateSql, partnerId, JsonSerializer.Serialize(state, SettingsJson.Options));
        await command.ExecuteNonQueryAsync(cancellationToken);
        await using var confirmed = connection.Command(ConfirmedSql, partnerId, state.Confirmed);
        await confirmed.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Keeps what the last answers said, for the partner's page.</summary>
    public async Task SaidAsync(IReadOnlyList<string> said, CancellationToken cancellationToken)
    {
        await using var command = database.Command("update dirsync_requestor set said = $2 where partner_id = $1", partnerId, said.Take(MostSaid).Select(line => Storable.Text(line, 500)).ToArray());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Keeps which mails were queued for the server last.</summary>
    public async Task SentAsync(IReadOnlyList<long> messages, CancellationToken cancellationToken)
    {
        await using var command = database.Command("update dirsync_requestor set sent_at = now(), messages = $2 where partner_id = $1", partnerId, messages.ToArray());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Mail of the server, and reports about ours, in the order in which it came.</summary>
    /// <param name="server">The key of the server's post office.</param>
    /// <param name="ours">The key of ours.</param>
    public async Task<IReadOnlyList<WaitingMail>> WaitingAsync(string server, string ours, CancellationToken cancellationToken)
    {
        await using var command = database.Command(WaitingSql, ours, server);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var mails = new List<WaitingMail>();
        while (await rows.ReadAsync(cancellationToken))
        {
            mails.Add(new WaitingMail(rows.GetInt64(0), rows.GetString(1), rows.GetBoolean(2), await rows.GetFieldValueAsync<DateTimeOffset>(3, cancellationToken)));
        }

        return mails;
    }

    /// <summary>The text of a mail, or its attachment; the caller disposes it.</summary>
    public async Task<MessageContent> ContentAsync(long mailId, bool isAttachment, string spoolFolder, CancellationToken cancellationToken)
    {
        using var content = new ContentWriter(spoolFolder);
        await using var command = database.Command("select content from dirsync_mail_part where mail_id = $1 and is_attachment = $2 order by piece", mailId, isAttachment);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            content.Write(await rows.GetFieldValueAsync<byte[]>(0, cancellationToken));
        }

        return content.Complete();
    }

    public static async Task ForgetAsync(NpgsqlConnection connection, long mailId, CancellationToken cancellationToken)
    {
        await using var command = connection.Command("delete from dirsync_mail where id = $1", mailId);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The records that the server has not confirmed, in their order.</summary>
    public async IAsyncEnumerable<(long Number, string Record)> PendingAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = database.Command("select number, record from dirsync_record where partner_id = $1 order by number", partnerId);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            yield return (rows.GetInt64(0), rows.GetString(1));
        }
    }

    /// <summary>What waits for addresses, in its order.</summary>
    public async Task<ILookup<string, string>> SaidAsync(IEnumerable<string> addressKeys, CancellationToken cancellationToken)
    {
        await using var command = database.Command(SaidSql, partnerId, addressKeys.Distinct(StringComparer.Ordinal).ToArray());
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var said = new List<(string Address, string Record)>();
        while (await rows.ReadAsync(cancellationToken))
        {
            said.Add((rows.GetString(0), rows.GetString(1)));
        }

        return said.ToLookup(record => record.Address, record => record.Record, StringComparer.Ordinal);
    }

    /// <summary>Puts records behind those that wait.</summary>
    public async Task AppendAsync(NpgsqlConnection connection, long after, IReadOnlyList<(string AddressKey, string Record)> records, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync(CopyRecordSql, cancellationToken);
        foreach (var (index, (address, record)) in records.Index())
        {
            await copy.WriteRowAsync(cancellationToken, partnerId, after + 1 + index, address, record);
        }

        await copy.CompleteAsync(cancellationToken);
    }

    public async Task DropRecordsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = connection.Command("delete from dirsync_record where partner_id = $1", partnerId);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<RequestorRow> OfAsync(NpgsqlDataReader row, CancellationToken cancellationToken)
    {
        var state = JsonSerializer.Deserialize<RequestorState>(row.GetString(0), SettingsJson.Options)!;
        // The numbers of what waits count, whatever else is remembered: no number is ever given twice (Q119014).
        var last = row.GetInt64(1);
        return new RequestorRow(
            state.LastNumber < last ? state with { LastNumber = last } : state, await row.GetFieldValueAsync<string[]>(2, cancellationToken),
            await row.IsDBNullAsync(3, cancellationToken) ? null : await row.GetFieldValueAsync<DateTimeOffset>(3, cancellationToken), await row.GetFieldValueAsync<long[]>(4, cancellationToken));
    }
}
