using System.Globalization;
using Npgsql;

namespace Postern.Bench;

/// <summary>A queue as it looks when four connectors are down for a week: mostly queued, tried some times, for a few reasons, in the books.</summary>
internal static class LongQueue
{
    /// <summary>Names of its connectors.</summary>
    public static readonly IReadOnlyList<string> Connectors = ["backbone", "partners", "sales", "aurora"];

    // Far from the numbers that a running server takes; nothing expires, and no sender asks to hear of delays: what is measured is a queue that rests.
    private const string FillSql =
        """
        select queue_partitions((now() at time zone 'UTC')::date - day) from generate_series(0, 7) day;
        insert into message (id, accepted_at, last_id, source, sender, header_id, subject, size)
             select 1000000000 + 2 * n - 1, now() - n * interval '0.5 seconds', 1000000000 + 2 * n, 'smtp', 'sender' || n % 5000 || '@site' || n % 40 || '.example',
                    md5(n::text) || '@site.example', 'Order ' || n || ', ' || (array['mooring lines', 'crane 4', 'berth plan', 'manifest'])[n % 4 + 1], 1000 + n % 5000000
               from generate_series(1, {0}) n;
        with named as (
          select array_agg(id order by array_position(array[{1}], name)) as ids from connector where name in ({1}))
        insert into delivery (id, message_id, last_id, transfer_id, accepted_at, connector_id, destination, recipient, sender, subject, size, state, due_at,
                              expires_at, attempts, route_version, reason, is_report, notify)
             select m.last_id, m.id, m.last_id, m.last_id, m.accepted_at, named.ids[m.id / 2 % 4 + 1], (array['relay', 'mx.partner.example', 'SALES', 'AURORA'])[m.id / 2 % 4 + 1],
                    case when m.id / 2 % 4 < 2 then 'user' || m.id % 20000 || '@customer' || m.id % 300 || '.example'
                         else 'CCMAIL:Person' || m.id % 400 || ', Pat at ' || (array['SALES', 'AURORA'])[m.id / 2 % 2 + 1] end,
                    m.sender, m.subject, m.size,
                    case when m.id % 97 = 0 then 'held' when m.id % 4999 = 0 then 'quarantined' else 'queued' end::delivery_state,
                    now() + (m.id % 3600) * interval '1 second', now() + interval '5 days', m.id % 12, 1,
                    case when m.id % 3 = 0 then '' else (array['mx.partner.example asks to try later.', 'The post office SALES is locked by another program.',
                         'Connection refused by 192.0.2.' || m.id % 200 || '.'])[m.id % 3 + 1] end,
                    m.id % 50 = 0, 4
               from message m, named where m.id > 1000000000;
        insert into ledger (day, batch, source, deliveries, messages, first_id, last_id)
             select (accepted_at at time zone 'UTC')::date, gen_random_uuid(), 'smtp', count(*), count(*), min(message_id), max(id)
               from delivery where id > 1000000000 group by 1
        """;

    /// <summary>Puts this many deliveries into the queue.</summary>
    /// <param name="connectors">A statement that makes the connectors; empty when they are there.</param>
    public static async Task FillAsync(NpgsqlDataSource database, int rows, string connectors = "")
    {
        if (connectors.Length > 0)
        {
            await ExecuteAsync(database, connectors);
        }

        await ExecuteAsync(database, FillSql
            .Replace("{0}", rows.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{1}", string.Join(", ", Connectors.Select(name => $"'{name}'")), StringComparison.Ordinal));
        await ExecuteAsync(database, "vacuum analyze");
    }

    /// <summary>A statement that may take minutes.</summary>
    public static async Task ExecuteAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        command.CommandTimeout = 600;
        await command.ExecuteNonQueryAsync();
    }
}
