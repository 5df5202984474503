using Npgsql;
using Postern.Domain.Queue;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Quarantine;

/// <summary>A delivery that may be replayed, as far as changing and trying it needs to know it.</summary>
/// <param name="Source">Where its message came in; routing never sends it back there.</param>
internal sealed record ReplayCandidate(
    long Id, long MessageId, DateTimeOffset AcceptedAt, long Size, DeliveryState State, string Sender, string Recipient, string OriginalRecipient,
    long ConnectorId, string Connector, string Kind, string Settings, string Destination, string Source, string Reason, int Crashes, bool MayRepeat,
    long? VersionId, DateTimeOffset? VersionAt)
{
    /// <summary>What its present content is stored under.</summary>
    public (long Id, DateTimeOffset At) Content => VersionId is { } version ? (version, VersionAt!.Value) : (MessageId, AcceptedAt);
}

/// <summary>Reads deliveries that may be replayed.</summary>
internal static class ReplayCandidates
{
    private const string Sql =
        """
        -- deliveries with what is needed to change and try them
          select d.id, d.message_id, d.accepted_at, coalesce(v.size, m.size), d.state::text, d.sender, d.recipient, d.original_recipient, d.connector_id,
                 coalesce(c.name, ''), coalesce(c.kind, ''), coalesce(c.settings::text, '{}'), d.destination, m.source, d.reason, d.crashes, d.may_repeat,
                 d.version_id, v.made_at
            from delivery d
            join message m on m.id = d.message_id and m.accepted_at = d.accepted_at
            left join connector c on c.id = d.connector_id
            left join message_version v on v.id = d.version_id
           where d.id = any($1)
        order by d.id
        """;

    public static async Task<IReadOnlyList<ReplayCandidate>> ReadAsync(NpgsqlConnection connection, IReadOnlyList<long> ids, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Sql, connection);
        command.Parameters.Add(new() { Value = ids.ToArray() });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<ReplayCandidate>();
        while (await row.ReadAsync(cancellationToken))
        {
            found.Add(new ReplayCandidate(
                row.GetInt64(0), row.GetInt64(1), row.GetFieldValue<DateTimeOffset>(2), row.GetInt64(3), DeliveryStateText.Parse(row.GetString(4)),
                row.GetString(5), row.GetString(6), row.GetString(7), row.GetInt64(8), row.GetString(9), row.GetString(10), row.GetString(11),
                row.GetString(12), row.GetString(13), row.GetString(14), row.GetInt32(15), row.GetBoolean(16),
                row.IsDBNull(17) ? null : row.GetInt64(17), row.IsDBNull(18) ? null : row.GetFieldValue<DateTimeOffset>(18)));
        }

        return found;
    }
}
