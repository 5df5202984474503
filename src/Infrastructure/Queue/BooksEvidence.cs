using Npgsql;
using Postern.Domain.Queue;

namespace Postern.Infrastructure.Queue;

/// <summary>What is known of one number in which ledger and rows differ.</summary>
/// <param name="MessageId">The message it is, or is a delivery of; null when no row of it is left.</param>
/// <param name="Row">The row that holds it now, in a state; null when none does.</param>
/// <param name="Recipient">Of that row; empty when there is none.</param>
/// <param name="Sender">Of the message; empty when there is none, or it is a report.</param>
/// <param name="Accepted">When and from where the ledger has it accepted.</param>
/// <param name="Finished">How, when and by which connector the ledger has it finished.</param>
public sealed record BooksTrace(
    long Id, long? MessageId, DeliveryState? Row, string Recipient, string Sender, string Subject, (DateTimeOffset At, string Source)? Accepted,
    (DateTimeOffset At, string Connector, DeliveryState State)? Finished);

/// <summary>Looks up the numbers that the books name: what is left of each in the ledger and in the rows.</summary>
public sealed class BooksEvidence(NpgsqlDataSource database)
{
    // The ledger's day is walked once for all numbers, whichever way round they are asked for.
    private const string TraceSql =
        """
        -- what the ledger and the rows have of these numbers of one day
        with asked as (select id from unnest($2::bigint[]) as a (id)),
        accepted as (
          select a.id, min(l.at) as at, min(l.source) as source
            from ledger l join asked a on a.id between l.first_id and l.last_id
           where l.day = $1 and l.outcome is null
           group by a.id),
        finished as (
          select distinct on (id) id, outcome, at, connector_id
            from (select u.id, l.outcome, max(l.at) as at, max(l.connector_id) as connector_id
                    from ledger l cross join lateral unnest(l.ids) as u (id)
                   where l.day = $1 and l.outcome is not null and l.ids && $2::bigint[] and u.id = any ($2::bigint[])
                   group by u.id, l.outcome having sum(sign(l.deliveries)) > 0) ended
           order by id, at desc)
          select a.id, m.id, coalesce(d.state, h.state)::text, coalesce(d.recipient, h.recipient, ''), coalesce(m.sender, d.sender, h.sender, ''),
                 coalesce(m.subject, d.subject, h.subject, ''), i.at, coalesce(i.source, ''), f.at, coalesce(c.name, ''), f.outcome::text
            from asked a
                 left join lateral (select id, last_id, sender, subject from message where id <= a.id order by id desc limit 1) m on m.last_id >= a.id
                 left join delivery d on d.id = a.id
                 left join lateral (select state, recipient, sender, subject from delivery_history where id = a.id limit 1) h on true
                 left join accepted i on i.id = a.id
                 left join finished f on f.id = a.id
                 left join connector c on c.id = f.connector_id
        order by a.id
        """;

    /// <summary>What is known of these numbers.</summary>
    public async Task<IReadOnlyList<BooksTrace>> ReadAsync(DateOnly day, IReadOnlyList<long> ids, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(TraceSql);
        command.Parameters.Add(new() { Value = day });
        command.Parameters.Add(new() { Value = ids.ToArray() });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<BooksTrace>();
        while (await row.ReadAsync(cancellationToken))
        {
            found.Add(new BooksTrace(
                row.GetInt64(0),
                row.IsDBNull(1) ? null : row.GetInt64(1),
                row.IsDBNull(2) ? null : DeliveryStateText.Parse(row.GetString(2)),
                row.GetString(3), row.GetString(4), row.GetString(5),
                row.IsDBNull(6) ? null : (new DateTimeOffset(row.GetDateTime(6)), row.GetString(7)),
                row.IsDBNull(8) ? null : (new DateTimeOffset(row.GetDateTime(8)), row.GetString(9), DeliveryStateText.Parse(row.GetString(10)))));
        }

        return found;
    }
}
