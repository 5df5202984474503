using System.Buffers;
using Npgsql;
using NpgsqlTypes;
using Postern.Domain.Mime;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Quarantine;

/// <summary>A changed copy of a message, with who made it and what was changed.</summary>
/// <param name="Notes">What was changed, as JSON.</param>
/// <param name="Deliveries">Those that go, or went, with it; none when its replay was taken back.</param>
public sealed record MessageVersion(
    long Id, long MessageId, DateTimeOffset MadeAt, string MadeBy, string Reason, long Size, string Notes, IReadOnlyList<long> Deliveries);

/// <summary>Keeps changed copies beside the message as it was accepted, which is never overwritten.</summary>
public sealed class MessageVersions(NpgsqlDataSource database, ContentStore contents)
{
    private const string ListSql =
        """
        -- the changed copies of one message, and who goes with each
          select v.id, v.message_id, v.made_at, v.made_by, v.reason, v.size, v.notes::text,
                 array(select d.id from delivery d where d.id > $1 and d.id <= $2 and d.version_id = v.id
                       union all
                       select h.id from delivery_history h where h.id > $1 and h.id <= $2 and h.accepted_at = v.accepted_at and h.version_id = v.id
                       order by 1)
            from message_version v
           where v.message_id = $1
        order by v.id
        """;

    private const string InsertSql =
        """
        -- a changed copy; its bytes were written in this transaction
        insert into message_version (id, message_id, accepted_at, made_at, made_by, reason, size, subject, is_8bit, is_utf8, notes)
             values ($1, $2, $3, now(), $4, $5, $6, $7, $8, $9, $10)
        """;

    /// <summary>All of one message, oldest first.</summary>
    public async Task<IReadOnlyList<MessageVersion>> ListAsync(MessageRow message, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ListSql);
        command.Parameters.Add(new() { Value = message.Id });
        command.Parameters.Add(new() { Value = message.LastId });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<MessageVersion>();
        while (await row.ReadAsync(cancellationToken))
        {
            found.Add(new MessageVersion(
                row.GetInt64(0), row.GetInt64(1), row.GetFieldValue<DateTimeOffset>(2), row.GetString(3), row.GetString(4), row.GetInt64(5),
                row.GetString(6), row.GetFieldValue<long[]>(7)));
        }

        return found;
    }

    /// <summary>The bytes of one; null when they are kept no longer. The caller disposes them.</summary>
    /// <exception cref="ContentDamagedException">What is stored is not what was made.</exception>
    public async Task<MessageContent?> OpenAsync(MessageVersion version, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select exists (select from message_content where message_id = $1 and accepted_at >= $2)");
        command.Parameters.Add(new() { Value = version.Id });
        command.Parameters.Add(new() { Value = version.MadeAt });
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!
            ? await contents.OpenAsync(version.Id, version.MadeAt, version.Size, cancellationToken)
            : null;
    }

    /// <summary>Stores a copy in the transaction of the act that uses it.</summary>
    internal static async Task WriteAsync(
        NpgsqlConnection connection, long id, ReplayCandidate of, MessageContent content, string notes, string madeBy, string reason, CancellationToken cancellationToken)
    {
        var bytes = content.AsSequence();
        var header = HeaderSummary.Read(bytes);
        await CopyAsync(connection, id, bytes, cancellationToken);
        await using var command = new NpgsqlCommand(InsertSql, connection);
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = of.MessageId });
        command.Parameters.Add(new() { Value = of.AcceptedAt });
        command.Parameters.Add(new() { Value = madeBy });
        command.Parameters.Add(new() { Value = Storable.Text(reason) });
        command.Parameters.Add(new() { Value = content.Length });
        command.Parameters.Add(new() { Value = Storable.Text(header.Subject, Storable.SubjectLimit) });
        command.Parameters.Add(new() { Value = EightBit.IsIn(bytes) });
        command.Parameters.Add(new() { Value = header.HasEightBitHeader });
        command.Parameters.Add(new() { Value = notes, NpgsqlDbType = NpgsqlDbType.Jsonb });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task CopyAsync(NpgsqlConnection connection, long id, ReadOnlySequence<byte> bytes, CancellationToken cancellationToken)
    {
        for (var chunk = 0; bytes.Length > 0; chunk++)
        {
            var piece = bytes.Slice(0, Math.Min(MessageContent.InlineLimit, bytes.Length));
            await using var command = new NpgsqlCommand("insert into message_content (message_id, chunk, accepted_at, data) values ($1, $2, now(), $3)", connection);
            command.Parameters.Add(new() { Value = id });
            command.Parameters.Add(new() { Value = chunk });
            command.Parameters.Add(new() { Value = piece.ToArray() });
            await command.ExecuteNonQueryAsync(cancellationToken);
            bytes = bytes.Slice(piece.End);
        }
    }
}
