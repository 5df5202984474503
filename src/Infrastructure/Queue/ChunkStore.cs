using System.Buffers;
using Npgsql;
using NpgsqlTypes;

namespace Postern.Infrastructure.Queue;

/// <summary>Writes large content as chunk rows in a transaction of its own, before the message that owns it is accepted.</summary>
/// <remarks>Chunks whose message was never accepted are nobody's, and go with their partition.</remarks>
public sealed class ChunkStore(NpgsqlDataSource database) : IDisposable
{
    // Each writer holds one chunk in memory and one connection.
    private readonly SemaphoreSlim writers = new(4);

    /// <summary>Stores the content under <paramref name="messageId"/>; the instant it returns is the message's time of acceptance.</summary>
    public async Task<DateTimeOffset> StoreAsync(long messageId, MessageContent content, CancellationToken cancellationToken)
    {
        await writers.WaitAsync(cancellationToken);
        try
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            var now = await NowAsync(connection, cancellationToken);
            await using (var import = await connection.BeginBinaryImportAsync(
                "copy message_content (message_id, chunk, accepted_at, data) from stdin (format binary)", cancellationToken))
            {
                await CopyAsync(import, messageId, now, content, cancellationToken);
                await import.CompleteAsync(cancellationToken);
            }

            await transaction.CommitAsync(cancellationToken);
            return now;
        }
        finally
        {
            writers.Release();
        }
    }

    public void Dispose() => writers.Dispose();

    private static async Task CopyAsync(
        NpgsqlBinaryImporter import, long messageId, DateTimeOffset now, MessageContent content, CancellationToken cancellationToken)
    {
        var bytes = content.AsSequence();
        var buffer = ArrayPool<byte>.Shared.Rent(MessageContent.InlineLimit);
        for (var chunk = 0; bytes.Length > 0; chunk++)
        {
            var piece = bytes.Slice(0, Math.Min(MessageContent.InlineLimit, bytes.Length));
            piece.CopyTo(buffer);
            await import.StartRowAsync(cancellationToken);
            await import.WriteAsync(messageId, NpgsqlDbType.Bigint, cancellationToken);
            await import.WriteAsync(chunk, NpgsqlDbType.Integer, cancellationToken);
            await import.WriteAsync(now, NpgsqlDbType.TimestampTz, cancellationToken);
            await import.WriteAsync(buffer.AsMemory(0, (int)piece.Length), NpgsqlDbType.Bytea, cancellationToken);
            bytes = bytes.Slice(piece.End);
        }

        ArrayPool<byte>.Shared.Return(buffer);
    }

    private static async Task<DateTimeOffset> NowAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select now()", connection);
        return new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(cancellationToken))!);
    }
}
