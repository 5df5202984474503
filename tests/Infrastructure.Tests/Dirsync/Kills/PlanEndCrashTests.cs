using Npgsql;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Tests.Dirsync.Support;

namespace Postern.Infrastructure.Tests.Dirsync.Kills;

/// <summary>What dies while it says how a plan went.</summary>
public sealed class PlanEndCrashTests
{
    // The server process that stores the first event about a plan is ended, as with a process that dies there.
    private const string CrashSql =
        """
        create sequence told;
        create function crash() returns trigger language plpgsql as $$
        begin
          if new.details ? 'plan' and nextval('told') = 1 then
            perform pg_terminate_backend(pg_backend_pid());
            perform pg_sleep(10);
          end if;
          return new;
        end $$;
        create trigger crash before insert on event for each row execute function crash();
        """;

    [Fact]
    public async Task What_is_to_be_said_of_a_plan_that_ended_is_said_by_whoever_comes_after()
    {
        await using var house = await PlanHouse.CreateAsync();
        house.Directory.Refuses = row => row.Name == "Brown" ? "No." : "";
        var plan = await house.ProposeAsync([house.Row("1", "Adams"), house.Row("2", "Brown")]);
        await house.ApproveAsync(plan);
        await house.ScalarAsync(CrashSql);

        await Should.ThrowAsync<NpgsqlException>(() => house.Apply().ContinueAsync(plan.Id, default));
        await TurnIsOverAsync(house);
        (await house.FindAsync(plan.Id)).State.ShouldBe("applying");
        (await house.Apply().ContinueAsync(plan.Id, default)).ShouldBeTrue();

        (await house.FindAsync(plan.Id)).State.ShouldBe("applied");
        (await EventsAsync(house)).ShouldBe($"{EventCodes.PlanApplied}, {EventCodes.PlanRowsRefused}");
    }

    [Fact]
    public async Task That_a_plan_waits_for_its_partner_is_said_by_whoever_comes_after()
    {
        await using var house = await PlanHouse.CreateAsync();
        var plan = await house.ProposeAsync([house.Row("1", "Adams")]);
        await house.ApproveAsync(plan);
        house.Directory.Written = _ => throw new Postern.Infrastructure.Dirsync.PartnerException("The line is down.");
        await house.ScalarAsync(CrashSql);

        await Should.ThrowAsync<NpgsqlException>(() => house.Apply().ContinueAsync(plan.Id, default));
        await TurnIsOverAsync(house);
        (await house.Apply().ContinueAsync(plan.Id, default)).ShouldBeFalse();
        (await house.Apply().ContinueAsync(plan.Id, default)).ShouldBeFalse();

        (await EventsAsync(house)).ShouldBe($"{EventCodes.PlanStuck}");
    }

    // A server process that was told to end has its locks for a moment longer than its client has its connection.
    private static async Task TurnIsOverAsync(PlanHouse house)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while ((long)(await house.ScalarAsync("select count(*) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())"))! > 0)
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    private static async Task<object?> EventsAsync(PlanHouse house) => await house.ScalarAsync("select string_agg(code::text, ', ' order by code) from event where details ? 'plan'");
}
