using System.Globalization;
using Npgsql;
using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Directory.Rows;
using Postern.Infrastructure.Dirsync;
using Postern.Infrastructure.Tests.Dirsync.Support;

namespace Postern.Infrastructure.Tests.Dirsync;

/// <summary>Whatever breaks off while a plan is carried out, no change is lost and none is done twice.</summary>
/// <remarks>
/// The server process of the connection that writes is ended by the database itself at a row that is drawn: in the middle of a statement of a transaction, as at a crash. Or the partner's
/// code throws after the directory has changed and before anybody knows. What continues is an object that remembers nothing.
/// </remarks>
public sealed class PlanCrashTests
{
    private const int Seed = 237588;

    // A few in each run of the tests; as many as are asked for when somebody changes how plans are carried out.
    private static readonly int Points = int.TryParse(Environment.GetEnvironmentVariable("POSTERN_KILLS"), CultureInfo.InvariantCulture, out var asked) ? asked : 48;

    private static readonly int DatabasePoints = Points * 2 / 3;

    private const string CrashSql =
        """
        create table kept as select * from held_row;
        create sequence crash_count;
        create table crash (at bigint);
        create function crash() returns trigger language plpgsql as $$
        begin
          if nextval('crash_count') = (select at from crash) then
            perform pg_terminate_backend(pg_backend_pid());
            perform pg_sleep(10);
          end if;
          return coalesce(new, old);
        end $$;
        create trigger crash before insert or update or delete on plan_row for each row execute function crash();
        create trigger crash before insert or update or delete on held_row for each row execute function crash();
        create trigger crash before insert or update or delete on entry_change for each row execute function crash();
        create trigger crash before insert or update or delete on flapping for each row execute function crash();
        create trigger crash before insert or update or delete on plan for each row execute function crash();
        """;

    private const string IsQuietSql =
        "select not exists (select from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database()))";

    [Fact]
    public async Task A_plan_survives_the_death_of_its_connection_at_any_row_and_of_its_process_after_any_step()
    {
        await using var house = await PlanHouse.CreateAsync();
        DirectoryRow[] held =
        [
            house.Row("1", "Adams"), house.Row("2", "Brown"), house.Row("3", "Clark"), house.Row("4", "Davis"), house.Row("5", "Evans"), house.Row("6", "Ford"), house.Row("7", "Gray"),
        ];
        await house.HoldAsync(held);
        await house.ScalarAsync(CrashSql);
        var random = new Random(Seed);
        var hits = 0;
        var last = 40;
        for (var point = 0; point < Points; point++)
        {
            var plan = await BeginAsync(house, held);
            var isPartner = point >= DatabasePoints;
            var at = random.Next(1, isPartner ? 13 : last + 1);
            await house.ScalarAsync("select setval('crash_count', 1, false)");
            await house.ScalarAsync("insert into crash values ($1)", isPartner ? -1L : (long)at);
            var steps = 0;
            house.Directory.Written = _ =>
            {
                if (isPartner && ++steps == at)
                {
                    throw new IOException("The process is gone.");
                }
            };

            hits += await CarryOutAsync(house, plan.Id);

            last = Math.Max(last, isPartner ? 0 : (int)(long)(await house.ScalarAsync("select last_value from crash_count"))!);
            await AssertAsync(house, plan.Id, $"point {point}, seed {Seed}, at {at}");
        }

        hits.ShouldBeGreaterThanOrEqualTo(Points * 4 / 5, "the points were met");
        TestContext.Current.SendDiagnosticMessage("{0} of {1} points met, seed {2}, {3} rows written by an undisturbed run", hits, Points, Seed, last);
    }

    // Seven rows are held; the plan deletes, swaps two names, renames, changes and adds. One row is refused by a person, one left open, one refused by the directory.
    private static async Task<PlanSummary> BeginAsync(PlanHouse house, DirectoryRow[] held)
    {
        var directory = new MemoryDirectory { Ability = TargetAbility.CcMail, Refuses = row => row.Name == "Yale" ? "No." : "" };
        house.Share(directory);
        await using (var writing = directory.OpenAs("postern"))
        {
            await writing.WriteAsync("{}", Steps(held), _ => ValueTask.CompletedTask, default);
        }

        await house.ScalarAsync("delete from crash");
        await house.ScalarAsync(
            """
            with plans as (delete from plan), history as (delete from entry_change), streaks as (delete from flapping), refused as (delete from refused_change),
                 changed as (delete from held_row h using kept k where h.identity = k.identity), gone as (delete from held_row h where not exists (select from kept k where k.identity = h.identity))
            select 1
            """);
        await house.ScalarAsync("insert into held_row select * from kept");
        var plan = await house.ProposeAsync(
        [
            house.Row("1", "Brown"), house.Row("2", "Adams"), house.Row("4", "Davies"), house.Row("5", "Evans", ("phone", "5")), house.Row("7", "Gray", ("phone", "7")), house.Row("8", "Clark"),
            house.Row("9", "Irwin"), house.Row("10", "Xu"), house.Row("11", "Yale"), house.Row("12", "Zane"),
        ]);
        await house.ScalarAsync(
            "update plan_row set verdict = case coalesce(after_name, before_name) when 'Ford' then 'rejected' when 'Xu' then 'open' else 'approved' end where plan_id = $1", plan.Id);
        await house.ScalarAsync("update plan set state = 'approved' where id = $1", plan.Id);
        return plan;
    }

    private static async IAsyncEnumerable<WriteStep> Steps(DirectoryRow[] rows)
    {
        foreach (var (index, row) in rows.Index())
        {
            yield return new WriteStep(index, new ApplyStep(StepKind.Add, null, row, new Change(ChangeClass.Add, null, row)), "");
        }

        await Task.CompletedTask;
    }

    // Each try is a process that has just started. Returns 1 when one of them died.
    private static async Task<int> CarryOutAsync(PlanHouse house, long planId)
    {
        for (var tries = 0; ; tries++)
        {
            tries.ShouldBeLessThan(4);
            try
            {
                (await house.Apply(batch: 3).ContinueAsync(planId, default)).ShouldBeTrue();
                return Math.Min(tries, 1);
            }
            catch (Exception e) when (e is NpgsqlException or IOException)
            {
                // It died; its turn is over when its connection is gone.
                while (!(bool)(await house.ScalarAsync(IsQuietSql))!)
                {
                    await Task.Yield();
                }
            }
        }
    }

    private static async Task AssertAsync(PlanHouse house, long planId, string where)
    {
        string[] expected =
        [
            "Adams p2", "Brown p1", "Clark p8", "Davies p4", "Evans p5 5", "Ford p6", "Gray p7 7", "Irwin p9", "Zane p12",
        ];
        house.Directory.Rows.Select(row => $"{row.Entry.Name} {row.Entry.Address.Text.Split('@')[0]} {row.Entry.Values["phone"]}".Trim()).ShouldBe(expected, false, where);
        (await house.HeldAsync()).Select(row => $"{row.Row.Name} {row.Row.Address.Split('@')[0]} {row.Row.Values["phone"]}".Trim()).Order(StringComparer.Ordinal).ShouldBe(expected, false, where);
        var rows = await house.RowsAsync(planId);
        rows.Where(row => row.Outcome == 2).Select(NameOf).Order(StringComparer.Ordinal).ShouldBe(["Adams", "Brown", "Clark", "Clark", "Davies", "Evans", "Gray", "Irwin", "Zane"], false, where);
        rows.Where(row => row.Outcome == 3).Select(NameOf).ShouldBe(["Yale"], false, where);
        rows.Where(row => row.Outcome == 0).Select(NameOf).Order(StringComparer.Ordinal).ShouldBe(["Ford", "Xu"], false, where);
        (await house.ScalarAsync("select count(*) || ' ' || count(distinct identity) || ' ' || (select string_agg(distinct streak::text, ',') from flapping) from entry_change")).ShouldBe("9 9 1", where);
        (await house.FindAsync(planId)).ShouldSatisfyAllConditions(plan => plan.State.ShouldBe("applied", where), plan => (plan.Done, plan.Failed, plan.Open, plan.Rejected).ShouldBe((9, 1, 1, 1), where));
    }

    private static string NameOf(PlanRow row) => (row.Change.After ?? row.Change.Before)!.Name;
}
