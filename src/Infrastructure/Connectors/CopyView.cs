using Npgsql;

namespace Postern.Infrastructure.Connectors;

/// <summary>A copy that capture mode has kept.</summary>
/// <param name="Name">As the file was called on the way; hostile.</param>
public sealed record CopyRow(
    long Id, string Connector, DateTimeOffset At, bool IsIncoming, bool IsBefore, long? MessageId, string Node, string File, string Name, long Size, int KeepDays);

/// <summary>What pages ask about kept copies.</summary>
public sealed class CopyView(NpgsqlDataSource database)
{
    private const int Most = 200;

    private const string Columns = "select id, connector, at, direction = 'in', stage = 'before', message_id, node, file, name, size, keep_days from connector_copy";

    /// <summary>The newest copies of a connector.</summary>
    public Task<IReadOnlyList<CopyRow>> OfConnectorAsync(string connector, CancellationToken cancellationToken) =>
        ReadAsync($"{Columns} where connector = $1 order by id desc limit {Most}", connector, cancellationToken);

    /// <summary>The copies of a message, in the order in which they were made.</summary>
    public Task<IReadOnlyList<CopyRow>> OfMessageAsync(long messageId, CancellationToken cancellationToken) =>
        ReadAsync($"{Columns} where message_id = $1 order by id limit {Most}", messageId, cancellationToken);

    /// <summary>One copy; null when it is gone.</summary>
    public async Task<CopyRow?> FindAsync(long id, CancellationToken cancellationToken) =>
        await ReadAsync($"{Columns} where id = $1", id, cancellationToken) is [var copy] ? copy : null;

    private async Task<IReadOnlyList<CopyRow>> ReadAsync(string sql, object value, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = value });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<CopyRow>();
        while (await row.ReadAsync(cancellationToken))
        {
            rows.Add(new CopyRow(
                row.GetInt64(0), row.GetString(1), row.GetFieldValue<DateTimeOffset>(2), row.GetBoolean(3), row.GetBoolean(4),
                row.IsDBNull(5) ? null : row.GetInt64(5), row.GetString(6), row.GetString(7), row.GetString(8), row.GetInt64(9), row.GetInt32(10)));
        }

        return rows;
    }
}
