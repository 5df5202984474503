using System.Globalization;
using Npgsql;
using Postern.Domain.Queue;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Queue;

namespace Postern.Bench;

/// <summary>The questions of the queue page over a queue of a million deliveries, at the server: first page, counts, and each filter by itself.</summary>
internal static class QueueBench
{
    private const int Rounds = 5;
    private const double PageLimit = 300;
    private const double FilterLimit = 500;

    private const string FillSql =
        """
        -- as a queue looks when two connectors are down for a week: mostly queued, tried some times, a few reasons
        insert into connector (name, kind) values ('backbone', 'smtp'), ('partners', 'smtp'), ('sales', 'ccmail'), ('aurora', 'ccmail');
        select queue_partitions((now() at time zone 'UTC')::date - day) from generate_series(0, 7) day;
        insert into message (id, accepted_at, last_id, source, sender, header_id, subject, size)
             select 2 * n - 1, now() - n * interval '0.5 seconds', 2 * n, 'smtp', 'sender' || n % 5000 || '@site' || n % 40 || '.example',
                    md5(n::text) || '@site.example', 'Order ' || n || ', ' || (array['mooring lines', 'crane 4', 'berth plan', 'manifest'])[n % 4 + 1], 1000 + n % 5000000
               from generate_series(1, {0}) n;
        insert into delivery (id, message_id, last_id, transfer_id, accepted_at, connector_id, destination, recipient, sender, subject, size, state, due_at,
                              expires_at, attempts, route_version, reason, is_report)
             select m.last_id, m.id, m.last_id, m.last_id, m.accepted_at, m.id / 2 % 4 + 1, (array['relay', 'mx.partner.example', 'SALES', 'AURORA'])[m.id / 2 % 4 + 1],
                    case when m.id / 2 % 4 < 2 then 'user' || m.id % 20000 || '@customer' || m.id % 300 || '.example'
                         else 'CCMAIL:Person' || m.id % 400 || ', Pat at ' || (array['SALES', 'AURORA'])[m.id / 2 % 2 + 1] end,
                    m.sender, m.subject, m.size,
                    case when m.id % 97 = 0 then 'held' when m.id % 4999 = 0 then 'quarantined' else 'queued' end::delivery_state,
                    now() + (m.id % 3600) * interval '1 second', m.accepted_at + interval '5 days', m.id % 12, 1,
                    case when m.id % 3 = 0 then '' else (array['mx.partner.example asks to try later.', 'The post office SALES is locked by another program.',
                         'Connection refused by 192.0.2.' || m.id % 200 || '.'])[m.id % 3 + 1] end,
                    m.id % 50 = 0
               from message m;
        """;

    public static async Task<int> RunAsync(int rows)
    {
        var folder = Directory.CreateTempSubdirectory("postern-bench-").FullName;
        try
        {
            await using var postgres = await EmbeddedPostgres.StartAsync(folder, Console.Out, CancellationToken.None);
            await new DatabaseMigrator(postgres.ConnectionString).MigrateAsync(CancellationToken.None);
            await using var database = PosternDataSource.Create(postgres.ConnectionString);
            await ExecuteAsync(database, FillSql.Replace("{0}", rows.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
            await ExecuteAsync(database, "vacuum analyze");
            var isWithin = await MeasureAsync(new QueueView(database), rows);
            await PrintPlansAsync(postgres.ConnectionString);
            return isWithin ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<bool> MeasureAsync(QueueView view, int rows)
    {
        Console.WriteLine($"{rows:N0} deliveries wait; medians of {Rounds}, in ms (lowest–highest)");
        var first = await TimeAsync("first page: rows and count", () => view.FirstPageAsync(QueueFilter.Waiting, QueueOrder.Default, CancellationToken.None));
        var slowest = 0.0;
        foreach (var (name, filter) in Filters())
        {
            slowest = Math.Max(slowest, await TimeAsync($"filter {name}: rows and count", () => view.FirstPageAsync(filter, QueueOrder.Default, CancellationToken.None)));
        }

        foreach (var sort in Enum.GetValues<QueueSort>())
        {
            await TimeAsync($"sorted by {sort.ToString().ToLowerInvariant()}", () => view.PageAsync(QueueFilter.Waiting, new QueueOrder(sort, false), CancellationToken.None));
        }

        await TimeAsync("figures of the overview, shared by all windows", () => view.SummaryAsync([TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromHours(1), TimeSpan.FromHours(12), TimeSpan.FromDays(2)], CancellationToken.None));
        await TimeAsync("causes, shared by all windows", () => view.CausesAsync(8, CancellationToken.None));
        await TimeAsync("effect of a removal of everything", () => view.EffectAsync(DeliveryVerb.Remove, QueueFilter.Waiting, CancellationToken.None));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"first page: {first:N0} ms, slowest filter: {slowest:N0} ms"));
        return first < PageLimit && slowest < FilterLimit;
    }

    // The server itself notes how it answered: what is printed is the plan that ran, not one like it.
    private static async Task PrintPlansAsync(string connectionString)
    {
        await using var explaining = PosternDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString)
        {
            Options = "-c session_preload_libraries=auto_explain -c auto_explain.log_min_duration=0 -c auto_explain.log_analyze=on -c auto_explain.log_timing=off",
        }.ConnectionString);
        await using var database = PosternDataSource.Create(connectionString);
        var view = new QueueView(explaining);
        await view.RowsAsync([], CancellationToken.None); // a new connection asks questions of its own
        foreach (var (name, filter) in Filters().Prepend(("none", QueueFilter.Waiting)))
        {
            var before = await LogAsync(database, 0);
            await view.FirstPageAsync(filter, QueueOrder.Default, CancellationToken.None);
            Console.WriteLine($"\nplan, filter {name}:");
            Console.WriteLine(await LogAsync(database, before.Length));
        }
    }

    private static async Task<string> LogAsync(NpgsqlDataSource database, int from)
    {
        await using var command = database.CreateCommand("select pg_read_binary_file(pg_current_logfile())");
        return System.Text.Encoding.Latin1.GetString((byte[])(await command.ExecuteScalarAsync())!)[from..];
    }

    private static IEnumerable<(string Name, QueueFilter Filter)> Filters()
    {
        yield return ("connector", QueueFilter.Waiting with { Connector = "sales" });
        yield return ("destination", QueueFilter.Waiting with { Destination = "AURORA" });
        yield return ("state", QueueFilter.Waiting with { States = [DeliveryState.Held] });
        yield return ("sender", QueueFilter.Waiting with { Sender = "sender4711@" });
        yield return ("recipient", QueueFilter.Waiting with { Recipient = "Person399" });
        yield return ("domain", QueueFilter.Waiting with { Domain = "customer17.example" });
        yield return ("subject", QueueFilter.Waiting with { Subject = "Order 777777" });
        yield return ("message id", QueueFilter.Waiting with { HeaderId = "d41d8cd98f00b204e9800998ecf8427e@site.example" });
        yield return ("text", QueueFilter.Waiting with { Text = "crane 4" });
        yield return ("age", QueueFilter.Waiting with { OlderThan = TimeSpan.FromDays(5) });
        yield return ("attempts", QueueFilter.Waiting with { AttemptsAtLeast = 11 });
        yield return ("size", QueueFilter.Waiting with { SizeAtLeast = 4_900_000 });
        yield return ("reports", QueueFilter.Waiting with { IsReport = true });
        yield return ("cause", QueueFilter.Waiting with { Cause = "Connection refused by #.#.#.#." });
    }

    private static async Task<double> TimeAsync(string what, Func<Task> question)
    {
        await question(); // what is in no cache yet is another measurement
        var took = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            var start = TimeProvider.System.GetTimestamp();
            await question();
            took.Add(TimeProvider.System.GetElapsedTime(start).TotalMilliseconds);
        }

        Console.WriteLine($"  {what,-40} {Measure.Range(took)}");
        return Measure.Median(took);
    }

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        command.CommandTimeout = 600;
        await command.ExecuteNonQueryAsync();
    }
}
