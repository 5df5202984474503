using Npgsql;

namespace Postern.Infrastructure.Queue;

/// <summary>The life of one delivery, however many others its message has.</summary>
public sealed class DeliveryTimeline(NpgsqlDataSource database)
{
    private const string ReadSql =
        """
        -- what happened to one delivery beyond its acceptance and a success at the first try
          select delivery_id, at, kind, attempt, status, reply, reason, remote, actor, details::text
            from delivery_event
           where delivery_id = $1
        order by at, attempt
           limit $2
        """;

    /// <summary>Oldest first, at most <see cref="MessageView.MostHappenings"/>.</summary>
    public async Task<IReadOnlyList<DeliveryHappening>> ReadAsync(long id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ReadSql);
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = MessageView.MostHappenings });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<DeliveryHappening>();
        while (await row.ReadAsync(cancellationToken))
        {
            found.Add(new DeliveryHappening(
                row.GetInt64(0), row.GetFieldValue<DateTimeOffset>(1), row.GetString(2), row.GetInt32(3), row.GetString(4), row.GetString(5),
                row.GetString(6), row.GetString(7), row.GetString(8), row.IsDBNull(9) ? null : row.GetString(9)));
        }

        return found;
    }
}
