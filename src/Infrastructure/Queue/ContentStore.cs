using Npgsql;
using Postern.Infrastructure.Connectors;

namespace Postern.Infrastructure.Queue;

/// <summary>Reads the content of accepted messages back: small ones whole, large ones chunk by chunk into the spool folder.</summary>
public sealed class ContentStore(NpgsqlDataSource database, string spoolFolder)
{
    private const string OwnDaySql =
        """
        -- the chunks of one message in order
          select chunk, data
            from message_content
           where message_id = $1 and accepted_at = $2
        order by chunk
        """;

    private const string YoungerDaySql =
        """
        -- the chunks of one message that were moved on when their day was dropped
          select chunk, data
            from message_content
           where message_id = $1 and accepted_at > $2
        order by chunk
        """;

    /// <summary>For content that is made on the way out; what is large goes to the spool folder, like all content.</summary>
    public ContentWriter NewWriter() => new(spoolFolder);

    /// <summary>The content of a transfer; the caller disposes it.</summary>
    /// <exception cref="ContentDamagedException">A chunk is missing or the length differs from what was accepted.</exception>
    public async Task<MessageContent> OpenAsync(Transfer transfer, CancellationToken cancellationToken) =>
        transfer.Content ?? await OpenAsync(
            transfer.Version?.Id ?? transfer.MessageId, transfer.Version?.MadeAt ?? transfer.AcceptedAt, transfer.Size, cancellationToken);

    /// <summary>The content of a message as it was accepted.</summary>
    /// <exception cref="ContentDamagedException">A chunk is missing or the length differs from what was accepted.</exception>
    public async Task<MessageContent> OpenAsync(long messageId, DateTimeOffset acceptedAt, long size, CancellationToken cancellationToken)
    {
        using var writer = NewWriter();
        // What outlived its day lies in a younger one; looked for there only when it is not in its own.
        if (!await ReadAsync(OwnDaySql, messageId, acceptedAt, writer, cancellationToken))
        {
            await ReadAsync(YoungerDaySql, messageId, acceptedAt, writer, cancellationToken);
        }

        if (writer.Length != size)
        {
            throw new ContentDamagedException(
                messageId, $"the stored content of message {messageId} has {writer.Length:N0} of {size:N0} bytes");
        }

        return writer.Complete();
    }

    // True when there was anything.
    private async Task<bool> ReadAsync(string sql, long messageId, DateTimeOffset acceptedAt, ContentWriter writer, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = messageId });
        command.Parameters.Add(new() { Value = acceptedAt });
        await using var reader = await command.ExecuteReaderAsync(System.Data.CommandBehavior.SequentialAccess, cancellationToken);
        var expected = 0;
        while (await reader.ReadAsync(cancellationToken))
        {
            var chunk = reader.GetInt32(0);
            if (chunk != expected++)
            {
                throw new ContentDamagedException(messageId, $"part {expected} of the stored content of message {messageId} is missing");
            }

            writer.Write(await reader.GetFieldValueAsync<byte[]>(1, cancellationToken));
        }

        return expected > 0;
    }
}

/// <summary>Stored content does not match what was accepted; the message names the part (Q227142).</summary>
public sealed class ContentDamagedException(long messageId, string message) : Exception(message)
{
    public long MessageId { get; } = messageId;
}
