using Npgsql;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Web.Tests.Support;

/// <summary>Deliveries of which every text that a peer controls is hostile, as the tables hold them.</summary>
public static class HostileMail
{
    private const string Sql =
        """
        with m as (update message set subject = left($2, 500), sender = $2, header_id = $2, peer = $2, envelope_id = $2 where id = $1 - 1),
        d as (
          update delivery
             set subject = left($2, 500), sender = $2, recipient = $2, original_recipient = $2, reply = $2, reason = $2, remote = $2, status = left($2, 9), destination = $3,
                 attempts = 2, first_attempt_at = now(), last_attempt_at = now(), due_at = now() + interval '1 hour'
           where id = $1 returning id, accepted_at),
        e as (insert into event (code, severity, connector, text, next_step, details) values (1, 'warning', $3, $2, $2, jsonb_build_object('said', $2)))
        insert into delivery_event (delivery_id, accepted_at, at, kind, attempt, status, reply, reason, remote, actor)
        select id, accepted_at, now(), 'deferred', 1, left($2, 9), $2, $2, $2, $2 from d
        """;

    /// <summary>One for each value, in their order, and all of them for one destination; ids of the deliveries.</summary>
    public static async Task<List<long>> FillAsync(TestQueue queue, string destination)
    {
        var ids = new List<long>();
        foreach (var (_, value) in HostileText.All)
        {
            var id = await queue.AcceptAsync(queue.Message("x", "x@hostile.example")) + 1;
            ids.Add(id);
            await using var command = queue.Database.DataSource.CreateCommand(Sql);
            foreach (var parameter in (ReadOnlySpan<object>)[id, Storable.Text(value), destination])
            {
                command.Parameters.Add(new NpgsqlParameter { Value = parameter });
            }

            await command.ExecuteNonQueryAsync();
        }

        return ids;
    }
}
