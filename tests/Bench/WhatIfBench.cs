using System.Globalization;
using Npgsql;
using Postern.Domain.Directory;
using Postern.Domain.Routing;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Routing;

namespace Postern.Bench;

/// <summary>What-if over a million deliveries of the past days: to a hundred thousand addresses at two thousand post offices, against a draft that changes the way of a tenth.</summary>
internal static class WhatIfBench
{
    private const int Rounds = 3;
    private const int PostOffices = 2_000;
    private const int People = 25_000;
    private const double Limit = 10;

    private const string FillSql =
        """
        insert into message (id, accepted_at, last_id, source, sender, size)
        select n * 2, now() - n % 7 * interval '1 day', n * 2 + 1, case when n % 10 = 0 then 'ccmail' else 'in' end, 'x@y.example', 5000 from generate_series(1, $1) n
        """;

    private const string HistorySql =
        """
        insert into delivery_history (id, message_id, last_id, transfer_id, accepted_at, connector_id, destination, recipient, sender, size, state, attempts, route_version, finished_at)
        select m.last_id, m.id, m.last_id, m.last_id, m.accepted_at, 1, 'SALES', ($1::text[])[1 + m.id / 2 * 7919 % cardinality($1::text[])], m.sender, m.size, 'delivered', 1, 1, m.accepted_at
          from message m
        """;

    public static async Task<int> RunAsync(int rows)
    {
        var folder = Directory.CreateTempSubdirectory("postern-bench-").FullName;
        try
        {
            await using var postgres = await EmbeddedPostgres.StartAsync(folder, Console.Out, CancellationToken.None);
            await new DatabaseMigrator(postgres.ConnectionString).MigrateAsync(CancellationToken.None);
            await using var database = PosternDataSource.Create(postgres.ConnectionString);
            var network = new ExampleNetwork(PostOffices);
            await FillAsync(database, rows, [.. network.Addresses(People)]);
            var active = network.Table(new AddressBook(network.Entries(People)));
            var draft = RouteSet.Of(active).With(new AddressSpace("SMTP", "*.partner.example", 5, "backbone")).Without(RouteItemKind.AddressSpace, "PARTNERS SMTP *.partner.example").Over(active, 2);
            var took = new List<double>();
            for (var round = 0; round < Rounds; round++)
            {
                var start = TimeProvider.System.GetTimestamp();
                var result = await new RouteWhatIf(database).RunAsync(active, draft, TimeSpan.FromDays(30), null, CancellationToken.None);
                took.Add(TimeProvider.System.GetElapsedTime(start).TotalSeconds);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{result.Past:N0} deliveries: {result.Count(WhatIfKind.OtherPath):N0} take another path, {took[^1]:N2} s"));
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"what-if over {rows:N0} deliveries: {Measure.Median(took):N2} s"));
            var map = await MapAsync(database);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"figures of the map over the same deliveries: {map:N2} s"));
            return Measure.Median(took) < Limit ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<double> MapAsync(NpgsqlDataSource database)
    {
        var took = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            var start = TimeProvider.System.GetTimestamp();
            await new RouteTraffic(database).HomesAsync(TimeSpan.FromDays(30), CancellationToken.None);
            took.Add(TimeProvider.System.GetElapsedTime(start).TotalSeconds);
        }

        return Measure.Median(took);
    }

    private static async Task FillAsync(NpgsqlDataSource database, int rows, string[] addresses)
    {
        await using var messages = database.CreateCommand(FillSql);
        messages.CommandTimeout = 0;
        messages.Parameters.Add(new() { Value = rows });
        await messages.ExecuteNonQueryAsync();
        await using var history = database.CreateCommand(HistorySql);
        history.CommandTimeout = 0;
        history.Parameters.Add(new() { Value = addresses });
        await history.ExecuteNonQueryAsync();
        await using var analyse = database.CreateCommand("analyze message; analyze delivery_history");
        await analyse.ExecuteNonQueryAsync();
    }
}
