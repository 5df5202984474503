
namespace Postern.Web.Tests.Cli;

/// <summary>Plans on the command line.</summary>
public sealed partial class VerbTests
{
    [Fact]
    public async Task A_plan_is_listed_shown_approved_carried_out_and_taken_back()
    {
        var id = await WaitingPlanAsync("kai");

        var none = await postern.VerbAsync("dirsync", "show", "nobody");
        var unsaid = await postern.VerbAsync("dirsync", "approve");
        var list = await postern.VerbAsync("dirsync", "plans", "kai", "--json");
        var notEmpty = await postern.VerbAsync("dirsync", "plans", "kai", "--empty");
        var show = await postern.VerbAsync("dirsync", "show", "kai", "--json");
        var text = await postern.VerbAsync("dirsync", "show", "--plan", id);
        var stale = await postern.VerbAsync("dirsync", "approve", "kai", "--hash", "00000000");
        var rejected = await postern.VerbAsync("dirsync", "reject", "kai", "--row", "2", "--reason", "Not here", "--json");
        var approved = await postern.VerbAsync("dirsync", "approve", "kai", "--json");
        var nothing = await postern.VerbAsync("dirsync", "approve", "kai");
        var revert = await postern.VerbAsync("dirsync", "revert", "kai", "--json");

        (none.ExitCode, unsaid.ExitCode, notEmpty.ExitCode, stale.ExitCode, nothing.ExitCode).ShouldBe((3, 2, 1, 4, 4));
        (list.Json.GetProperty("changes").GetInt32(), list.Json.GetProperty("plans")[0].GetProperty("state").GetString()).ShouldBe((2, "waiting"));
        (show.Json.GetProperty("changes").GetInt32(), show.Json.GetProperty("plans")[0].GetProperty("rows").GetArrayLength()).ShouldBe((2, 2));
        text.Output.ShouldContain("Kai One (one@kai.example) is added.");
        stale.Error.ShouldContain($"Plan {id} is no longer as you saw it");
        rejected.ExitCode.ShouldBe(0, rejected.Error);
        approved.ExitCode.ShouldBe(0, approved.Error);
        approved.Json.GetProperty("plans")[0].GetProperty("plan").GetProperty("state").GetString().ShouldBe("applied");
        (await postern.QueryAsync("select display_name from entry where source_identity = 'kai1'")).ShouldBe("Kai One");
        (await postern.QueryAsync($"select string_agg(verb || ' ' || reason || ' ' || (actor like 'local:%'), ', ' order by id) from audit where target like 'plan {id} %'"))
            .ShouldBe("reject plan Not here true, approve plan  true, revert plan  true");
        (revert.ExitCode, revert.Json.GetProperty("changes").GetInt32(), revert.Json.GetProperty("plans")[0].GetProperty("reverts").GetInt64().ToString(System.Globalization.CultureInfo.InvariantCulture)).ShouldBe((0, 1, id));
    }

    [Fact]
    public async Task A_terminal_is_nobodys_second_and_a_cycle_that_cannot_be_run_ends_with_69()
    {
        var id = await WaitingPlanAsync("ole");
        await postern.QueryAsync("update plan set needed = '{Approve,Approve,Approve,Approve,TwoApprovers}' where id = " + id);
        await postern.QueryAsync($"update plan_row set approved_by = array['kim'] where plan_id = {id}");

        var second = await postern.VerbAsync("dirsync", "approve", "ole", "--json");
        var dry = await postern.VerbAsync("dirsync", "run", "ole", "--dry", "--json");

        second.ExitCode.ShouldBe(4);
        second.Json.GetProperty("plans")[0].GetProperty("sentence").GetString()!.ShouldContain("a terminal is nobody's second");
        (dry.ExitCode, dry.Json.GetProperty("changes").GetInt32(), dry.Json.GetProperty("cycles")[0].GetProperty("fault").GetString()!.Length > 0).ShouldBe((69, 0, true));
    }

    [Fact]
    public async Task A_plan_that_no_cycle_makes_is_asked_for_and_waits_for_a_person()
    {
        var id = await WaitingPlanAsync("una");
        await postern.VerbAsync("dirsync", "approve", "una");

        var unsaid = await postern.VerbAsync("dirsync", "propose", "una");
        var both = await postern.VerbAsync("dirsync", "propose", "una", "--templates", "--take-out");
        var untemplated = await postern.VerbAsync("dirsync", "propose", "una", "--templates");
        var isOn = await postern.VerbAsync("dirsync", "propose", "una", "--take-out");
        await postern.QueryAsync("update partner set is_enabled = false where name = 'una'");
        var proposed = await postern.VerbAsync("dirsync", "propose", "una", "--take-out", "--reason", "Moves to kai", "--json");
        await postern.VerbAsync("dirsync", "approve", "una");
        var nothing = await postern.VerbAsync("dirsync", "propose", "una", "--take-out");

        (unsaid.ExitCode, both.ExitCode, untemplated.ExitCode, isOn.ExitCode).ShouldBe((2, 2, 4, 4));
        untemplated.Error.ShouldContain("una has no template of addresses.");
        (isOn.Output, isOn.Error.Contains("switch it off first.", StringComparison.Ordinal)).ShouldBe(("", true));
        proposed.ExitCode.ShouldBe(0, proposed.Error);
        var plan = proposed.Json.GetProperty("plans")[0];
        (proposed.Json.GetProperty("changes").GetInt32(), plan.GetProperty("state").GetString(), plan.GetProperty("id").GetInt64().ToString(System.Globalization.CultureInfo.InvariantCulture) != id).ShouldBe((2, "waiting", true));
        (await postern.QueryAsync("select reason from audit where verb = 'empty partner' and target like '%una%'")).ShouldBe("Moves to kai");
        (await postern.QueryAsync("select count(*) from entry where source_identity like 'una%'")).ShouldBe(0L);
        (nothing.ExitCode, nothing.Output.Trim()).ShouldBe((0, "una: there is nothing to propose."));
    }

    private async Task<string> WaitingPlanAsync(string partner)
    {
        await postern.QueryAsync($"insert into partner (name, kind) values ('{partner}', 'csv')");
        await postern.QueryAsync(
            $$"""
            insert into plan (partner_id, direction, cycle, state, hash, counts)
            select id, 'in', 1, 'waiting', encode(sha256('{{partner}}'), 'hex'), '{0,0,0,0,2,0}' from partner where name = '{{partner}}'
            """);
        var id = (await postern.QueryAsync($"select p.id::text from plan p join partner n on n.id = p.partner_id where n.name = '{partner}'"))!.ToString()!;
        await postern.QueryAsync(
            $"""
            insert into plan_row (plan_id, ordinal, class, identity, hash, after_key, after_name, after_address, after_address_key, after_kind, after_values)
            select {id}, n, 4, '{partner}' || n, sha256(('{partner}' || n)::bytea), ('{partner}' || n)::bytea, 'Kai ' || name, lower(name) || '@{partner}.example', lower(name) || '@{partner}.example', 0, ''
              from (values (1, 'One'), (2, 'Two')) v (n, name)
            """);
        return id;
    }
}
