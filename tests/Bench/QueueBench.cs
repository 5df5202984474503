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

    public static async Task<int> RunAsync(int rows)
    {
        var folder = Directory.CreateTempSubdirectory("postern-bench-").FullName;
        try
        {
            await using var postgres = await EmbeddedPostgres.StartAsync(folder, Console.Out, CancellationToken.None);
            await new DatabaseMigrator(postgres.ConnectionString).MigrateAsync(CancellationToken.None);
            await using var database = PosternDataSource.Create(postgres.ConnectionString);
            await LongQueue.FillAsync(database, rows, "insert into connector (name, kind) values ('backbone', 'smtp'), ('partners', 'smtp'), ('sales', 'ccmail'), ('aurora', 'ccmail')");
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
}
