using Postern.Infrastructure.Tests.Support;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Cli;

/// <summary>Kill -9 of the process that carries a plan out.</summary>
public sealed class DirsyncCrashTests
{
    private const int Rows = 4_000;

    // So many rows are done, at least, when the process is killed.
    private static readonly int[] Kills = [1, 900, 2_100];

    [Fact]
    public async Task A_plan_goes_on_after_its_process_was_killed_three_times_and_no_row_is_lost_or_done_twice()
    {
        await using var database = await TestDatabase.CreateAsync();
        using var folder = new TestFolder();
        var environment = new Dictionary<string, string> { ["POSTERN_DATABASE"] = database.ConnectionString };
        string[] command = ["dirsync", "approve", "--plan", "1", "--data", folder["data"]];
        await ExecuteAsync(database, "insert into partner (name, kind) values ('aurora', 'csv')");
        await ExecuteAsync(database, $$"""insert into plan (partner_id, direction, cycle, state, hash, counts) values (1, 'in', 1, 'waiting', repeat('a', 64), '{0,0,0,0,{{Rows}},0}')""");
        await ExecuteAsync(
            database,
            $"""
            insert into plan_row (plan_id, ordinal, class, identity, hash, after_key, after_name, after_address, after_address_key, after_kind, after_values)
            select 1, n, 4, 'u' || n, sha256(n::text::bytea), n::text::bytea, 'Person ' || n, 'p' || n || '@p.example', 'p' || n || '@p.example', 0, '' from generate_series(1, {Rows}) n
            """);

        foreach (var done in Kills)
        {
            using var process = PosternProgram.Start(environment, command);
            await Eventually.HoldsAsync($"{done} rows are done", async () => process.HasExited || await DoneAsync(database) >= done);
            process.HasExited.ShouldBeFalse("it was to be killed at work");
            process.Kill();
            await process.WaitForExitAsync();
            (await DoneAsync(database)).ShouldBeLessThan(Rows);
        }

        await PosternProgram.RunAsync(environment, command);

        (await ScalarAsync(database, "select state || ' ' || tally[4] || ' ' || tally[5] from plan")).ShouldBe($"applied {Rows} 0");
        (await ScalarAsync(database, "select count(*) || ' ' || count(distinct source_identity) || ' ' || (select count(*) from entry_address) from entry")).ShouldBe($"{Rows} {Rows} {Rows}");
        (await ScalarAsync(database, "select count(*) || ' ' || count(distinct identity) || ' ' || count(entry_id) from entry_change")).ShouldBe($"{Rows} {Rows} {Rows}");
    }

    private static async Task<long> DoneAsync(TestDatabase database) => (long)(await ScalarAsync(database, "select count(*) from plan_row where outcome = 2"))!;

    private static async Task ExecuteAsync(TestDatabase database, string sql) => await ScalarAsync(database, sql);

    private static async Task<object?> ScalarAsync(TestDatabase database, string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
