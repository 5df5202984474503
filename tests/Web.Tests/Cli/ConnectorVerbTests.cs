using Postern.Web.Cli;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Cli;

/// <summary><c>connector</c> beside a running server, whose only connector is stopped at first.</summary>
public sealed class ConnectorVerbTests(ServingPostern postern) : IClassFixture<ServingPostern>
{
    [Fact]
    [Trait("source", "Q112204")]
    public async Task Each_kind_of_failure_has_the_code_that_the_page_names()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(PosternProgram.Repository, "docs", "COMMANDS.md"));

        (await VerbAsync("connector", "start", "nobody")).ShouldSatisfyAllConditions(
            run => run.ExitCode.ShouldBe(3), run => run.Error.Trim().ShouldBe("There is no connector called nobody."));
        (await VerbAsync("connector", "stop", "smart")).ShouldSatisfyAllConditions(
            run => run.ExitCode.ShouldBe(4), run => run.Error.Trim().ShouldBe("The connector smart is stopped already."));
        (await VerbAsync("connector", "drain")).ExitCode.ShouldBe(2);
        (await PosternProgram.RunAsync(new Dictionary<string, string> { ["POSTERN_DATABASE"] = "Host=127.0.0.1;Port=1;Username=u;Password=p" }, "connector", "start", "smart")).ExitCode.ShouldBe(69);
        (await PosternProgram.RunAsync(new Dictionary<string, string> { ["POSTERN_DATABASE"] = "nonsense" }, "connector", "start", "smart")).ExitCode.ShouldBe(78);
        page.ShouldContain("0 done or yes, 1 no, 2 usage, 3 not found, 4 refused, 69 unreachable, 78 configuration");
    }

    [Fact]
    [Trait("source", "Q140186")]
    public async Task It_is_paused_for_a_while_in_one_direction_or_both_and_resumed_with_an_audit_row_each()
    {
        var before = await LastAsync();
        await DoneAsync("pause", "smart", "--delivery", "--for", "15m", "--reason", "Peer works on it");
        var delivery = await ActsAsync();
        await DoneAsync("pause", "smart", "--pickup");
        var both = await ActsAsync();
        await DoneAsync("resume", "smart");
        var nothing = await VerbAsync("connector", "resume", "smart");

        delivery.ShouldBe("pause delivery 00:15:00 Peer works on it");
        both.ShouldBe("pause delivery 00:15:00 Peer works on it, pause pickup  ");
        (await ActsAsync()).ShouldBe("");
        (nothing.ExitCode, nothing.Error.Trim()).ShouldBe((4, "Nothing of smart is paused."));
        (await AuditAsync(before)).ShouldBe("pause delivery Peer works on it, pause pickup , resume ");
    }

    [Fact]
    public async Task A_pause_without_a_direction_is_of_both_and_a_time_that_is_none_pauses_nothing()
    {
        var wrong = await VerbAsync("connector", "pause", "smart", "--for", "soon");
        var tooLong = await VerbAsync("connector", "pause", "smart", "--for", "31d");
        var before = await ActsAsync();
        await DoneAsync("pause", "smart");
        var both = await ActsAsync();
        await DoneAsync("resume", "smart");

        (wrong.ExitCode, wrong.Error.Trim()).ShouldBe((4, "“soon” is no time; it is written as 90s, 15m, 4h or 5d."));
        (tooLong.ExitCode, tooLong.Error.Trim()).ShouldBe((4, "A pause lasts at most 30 days."));
        before.ShouldBe("");
        both.ShouldBe("pause delivery  , pause pickup  ");
    }

    [Fact]
    public async Task Copies_are_kept_within_bounds_until_it_is_switched_off()
    {
        var tooMany = await VerbAsync("connector", "capture", "smart", "--days", "91");
        await DoneAsync("capture", "smart", "--days", "2", "--megabytes", "50");
        var kept = await postern.QueryAsync("select keep_days || ' ' || keep_megabytes from connector_act where kind = 'capture'");
        await DoneAsync("capture", "smart", "--off");
        var again = await VerbAsync("connector", "capture", "smart", "--off");

        (tooMany.ExitCode, tooMany.Error.Trim()).ShouldBe((4, "Copies are kept 1 to 90 days."));
        kept.ShouldBe("2 50");
        (again.ExitCode, again.Error.Trim()).ShouldBe((4, "smart keeps no copies already."));
    }

    [Fact]
    public async Task It_is_started_run_drained_and_has_stopped_when_nothing_is_left()
    {
        (await VerbAsync("connector", "run", "smart")).Error.Trim().ShouldBe("The connector smart is stopped. Start it first.");
        (await VerbAsync("connector", "drain", "smart")).ExitCode.ShouldBe(4);

        var before = await LastAsync();
        await DoneAsync("start", "smart");
        await DoneAsync("run", "smart");
        await DoneAsync("drain", "smart", "--reason", "Moves house");
        var limit = TimeProvider.System.GetTimestamp();
        while ((string?)await postern.QueryAsync("select desired_state from connector") != "stopped")
        {
            TimeProvider.System.GetElapsedTime(limit).ShouldBeLessThan(TimeSpan.FromSeconds(20));
        }

        (await postern.QueryAsync("select text from event where code = 2180")).ShouldBe($"smart is drained, as local:{Environment.UserName} asked, and has stopped.");
        (await AuditAsync(before)).ShouldBe("start , run , drain Moves house");
    }

    // The verbs themselves, without the second that a process of its own would take to start.
    private async Task<ProgramRun> VerbAsync(params string[] words)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        return new ProgramRun(await CommandLine.RunAsync([.. words, "--data", postern.DataFolder], output, error), output.ToString(), error.ToString());
    }

    private async Task DoneAsync(params string[] words)
    {
        var run = await VerbAsync(["connector", .. words]);
        run.ExitCode.ShouldBe(0, run.Error);
    }

    private async Task<string> ActsAsync() => (string)(await postern.QueryAsync(
        "select coalesce(string_agg(kind || ' ' || coalesce((until - since)::text, '') || ' ' || reason, ', ' order by kind), '') from connector_act where kind like 'pause%'"))!;

    private async Task<long> LastAsync() => (long)(await postern.QueryAsync("select coalesce(max(id), 0) from audit"))!;

    private async Task<object?> AuditAsync(long after) => await postern.QueryAsync(
        $"select string_agg(verb || ' ' || reason, ', ' order by id) from audit where target = 'connector smart' and actor = 'local:{Environment.UserName}' and id > {after}");
}
