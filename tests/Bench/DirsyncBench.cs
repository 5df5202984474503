using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Postern.Domain.Access;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Dirsync;
using Postern.Infrastructure.Dirsync.Csv;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Routing;

namespace Postern.Bench;

/// <summary>From the file of a partner to a plan: how long a cycle takes, and how much memory at its peak; beside what OpenLDAP's own tools take for entries of their own.</summary>
internal static class DirsyncBench
{
    // The code of a process that has just started is not compiled yet; a cycle of a server that runs is what is measured.
    private const int WarmUp = 25_000;

    private const int LargestForSlapd = 100_000;
    private const int MegabyteLimit = 400;
    private const double SecondsOfMillion = 60;

    private static readonly Operator Administrator = new("bench", [Role.Administrator], "");

    public static async Task<int> RunAsync(int rows)
    {
        var folder = Directory.CreateTempSubdirectory("postern-bench-").FullName;
        try
        {
            await using var postgres = await EmbeddedPostgres.StartAsync(folder, Console.Out, CancellationToken.None);
            await new DatabaseMigrator(postgres.ConnectionString).MigrateAsync(CancellationToken.None);
            await using var database = PosternDataSource.Create(postgres.ConnectionString);
            await MeasureAsync(database, folder, WarmUp);
            var isGood = true;
            foreach (var count in new[] { rows / 10, rows }.Where(count => count > 0))
            {
                isGood &= await MeasureAsync(database, folder, count);
            }

            if (await SlapdTimes.MeasureAsync(Math.Min(rows / 10, LargestForSlapd)) is { } slapd)
            {
                Console.WriteLine(slapd);
            }

            return isGood ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<bool> MeasureAsync(NpgsqlDataSource database, string folder, int rows)
    {
        var file = Path.Combine(folder, $"entries{rows.ToString(CultureInfo.InvariantCulture)}.csv");
        await WriteAsync(file, rows);
        var kinds = new PartnerKinds([new CsvPartners(new AllowedPaths([], [folder]), TimeProvider.System)]);
        var store = new PartnerStore(database, kinds);
        var settings = JsonSerializer.Serialize(new CsvSettings { ReadFile = file, Rest = TimeSpan.Zero }, SettingsJson.Options);
        var draft = new PartnerDraft(0, $"site{rows.ToString(CultureInfo.InvariantCulture)}", "csv", settings, new SyncRules { GivesEntries = false, OwnedHomes = [$"site{rows.ToString(CultureInfo.InvariantCulture)}.example"] });
        var saved = await store.SaveAsync(draft, null, Administrator, CancellationToken.None);
        var partner = saved.Saved ?? throw new InvalidOperationException(string.Join(' ', saved.Faults));
        using var routing = new LiveRouting(new RoutingLoader(database), TimeProvider.System, NullLogger<LiveRouting>.Instance);
        using var models = new RouteModels(database, new RoutingLoader(database), routing);
        var cycle = new DirsyncCycle(
            database, kinds, models, new EventLog(database, NullLogger<EventLog>.Instance), (_, _) => Task.FromResult(true), NullLogger<DirsyncCycle>.Instance);
        var isGood = true;
        // The second cycle finds the same plan waiting, and takes its place.
        foreach (var what in (string[])["first plan", "the same again"])
        {
            GC.Collect();
            await File.WriteAllTextAsync("/proc/self/clear_refs", "5");
            var start = TimeProvider.System.GetTimestamp();
            var result = await cycle.RunAsync(partner.Id, isDry: false, CancellationToken.None);
            var took = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
            if (result.Changes != rows)
            {
                throw new InvalidOperationException($"{result.Changes} changes for {rows} rows. {result.Fault}");
            }

            var megabytes = PeakMegabytes();
            var limit = SecondsOfMillion * rows / 1_000_000;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"dirsync, file to plan ({what}): {rows:N0} entries in {took:N2} s, {rows / took:N0} a second, {megabytes:N0} MB resident at the peak (limits {limit:N0} s, {MegabyteLimit} MB)"));
            isGood &= took < limit && megabytes < MegabyteLimit;
        }

        return isGood;
    }

    private static async Task WriteAsync(string file, int rows)
    {
        await using var writer = new StreamWriter(file);
        await writer.WriteAsync("id,name,address,given,surname,department,phone,office\n");
        for (var i = 0; i < rows; i++)
        {
            await writer.WriteAsync(string.Create(
                CultureInfo.InvariantCulture, $"{i},\"Number{i}, Person\",person.{i}@site{rows}.example,Person,Number{i},Department {i % 40},+47 {i},Room {i % 900}\n"));
        }
    }

    private static int PeakMegabytes()
    {
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return int.Parse(line.AsSpan(6).Trim().TrimEnd("kB").Trim(), NumberStyles.Integer, CultureInfo.InvariantCulture) / 1024;
    }
}
