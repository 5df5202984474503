using System.Net.Http.Json;
using System.Text.Json;
using Postern.Domain.Access;

namespace Postern.Web.Tests.Api;

/// <summary>Programs look at plans and decide about them.</summary>
[Collection(ApiUnderTest.Name)]
public sealed class ApiPlansTests(ApiUnderTest api)
{
    private static long partners;

    [Fact]
    public async Task A_plan_is_found_read_approved_by_two_people_and_put_off()
    {
        var (id, partner) = await PlanAsync("{Approve,Approve,Approve,Approve,TwoApprovers}");
        using var kim = api.Client((await api.KeyAsync("kim", Role.DirectoryApprover, KeyScope.Read, KeyScope.Directory)).Text);
        using var again = api.Client((await api.KeyAsync("kim", Role.DirectoryApprover, KeyScope.Directory)).Text);
        using var lee = api.Client((await api.KeyAsync("lee", Role.DirectoryApprover, KeyScope.Directory)).Text);

        var list = await kim.JsonAsync($"/api/v1/plans?partner={partner}&state=open");
        var plan = await kim.JsonAsync($"/api/v1/plans/{id}");
        var rows = await kim.JsonAsync($"/api/v1/plans/{id}/rows?limit=1");
        var more = await kim.JsonAsync(rows.GetProperty("next").GetString()!);
        var hash = plan.GetProperty("hash").GetString();
        var first = await (await kim.PostAsJsonAsync($"/api/v1/plans/{id}/approve", new { hash, reason = "Checked" })).JsonAsync(200);
        var same = await (await again.PostAsJsonAsync($"/api/v1/plans/{id}/approve", new { hash })).ProblemAsync(409);
        var second = await (await lee.PostAsJsonAsync($"/api/v1/plans/{id}/approve", new { hash, rows = new[] { 1 } })).JsonAsync(200);
        var rest = await (await kim.PostAsJsonAsync($"/api/v1/plans/{id}/postpone", new { until = "2099-01-01T00:00:00Z" })).JsonAsync(200);

        (list.GetProperty("changes").GetInt32(), list.GetProperty("plans").GetArrayLength()).ShouldBe((2, 1));
        (plan.GetProperty("changes").GetInt32(), plan.GetProperty("counts").GetProperty("add").GetInt32(), plan.GetProperty("needed").GetProperty("add").GetString()).ShouldBe((2, 2, "twoApprovers"));
        rows.GetProperty("rows")[0].GetProperty("sentence").GetString().ShouldBe("Adams (adams@p.example) is added.");
        more.GetProperty("rows")[0].GetProperty("after").GetProperty("name").GetString().ShouldBe("Brown");
        first.GetProperty("sentence").GetString().ShouldBe("2 rows are waiting for a second person.");
        same.ShouldContain("agreed to before");
        (second.GetProperty("changed").GetInt32(), second.GetProperty("plan").GetProperty("approved").GetInt32(), second.GetProperty("plan").GetProperty("state").GetString()).ShouldBe((1, 1, "waiting"));
        rest.GetProperty("plan").GetProperty("postponedUntil").GetString().ShouldBe("2099-01-01T00:00:00Z");
        (await api.Queue.ScalarAsync<string>($"select string_agg(actor || ' ' || reason, ', ' order by id) from audit where verb = 'approve plan' and target like 'plan {id} %'")).ShouldBe("kim Checked, lee ");
    }

    [Fact]
    public async Task What_moved_is_named_and_a_word_that_is_not_understood_is_refused()
    {
        var (id, _) = await PlanAsync("{}");
        using var kim = api.Client((await api.KeyAsync("kim", Role.DirectoryApprover, KeyScope.Read, KeyScope.Directory)).Text);

        (await (await kim.PostAsJsonAsync($"/api/v1/plans/{id}/approve", new { hash = new string('0', 64) })).ProblemAsync(409)).ShouldStartWith($"Plan {id} is no longer as you saw it");
        (await (await kim.PostAsJsonAsync($"/api/v1/plans/{id}/approve", new { hash = "x" })).ProblemAsync(409)).ShouldContain("Say which plan you saw");
        (await (await kim.PostAsJsonAsync($"/api/v1/plans/{id}/approve", new { hash = "x", @class = "5" })).ProblemAsync(400)).ShouldContain("class is delete");
        (await (await kim.PostAsJsonAsync($"/api/v1/plans/{id}/reject", new { hash = "x", rows = Array.Empty<int>() })).ProblemAsync(400)).ShouldContain("rows are 1 to 10,000");
        (await (await kim.PostAsJsonAsync($"/api/v1/plans/{id}/postpone", new { })).ProblemAsync(400)).ShouldContain("until is a time");
        (await (await kim.PostAsync($"/api/v1/plans/{id}/revert", null)).ProblemAsync(409)).ShouldContain("only what was carried out can be taken back");
        (await (await kim.PostAsync($"/api/v1/plans/{id}/apply", null)).ProblemAsync(409)).ShouldBe($"Nothing of plan {id} is approved.");
        (await (await kim.PostAsync($"/api/v1/plans/{id}/stop", null)).ProblemAsync(409)).ShouldContain("there is nothing to stop");
        (await (await kim.GetAsync("/api/v1/plans/999999")).ProblemAsync(404)).ShouldBe("There is no plan 999999.");
        (await (await kim.GetAsync("/api/v1/plans?state=odd")).ProblemAsync(400)).ShouldContain("state is one of");
    }

    [Fact]
    public async Task Without_the_scope_or_the_role_nothing_is_decided()
    {
        var (id, _) = await PlanAsync("{}");
        using var reader = await api.ReaderAsync();
        using var actor = await api.ActorAsync();
        using var viewer = api.Client((await api.KeyAsync("viewer", Role.Viewer, KeyScope.Read, KeyScope.Directory)).Text);

        foreach (var verb in (string[])["approve", "reject", "undecide", "postpone", "apply", "stop", "revert"])
        {
            foreach (var client in (HttpClient[])[reader, actor, viewer])
            {
                (await (await client.PostAsJsonAsync($"/api/v1/plans/{id}/{verb}", new { })).ProblemAsync(403)).ShouldContain("may not change the directory", customMessage: verb);
            }
        }

        (await viewer.JsonAsync($"/api/v1/plans/{id}")).GetProperty("open").GetInt32().ShouldBe(2);
    }

    [Fact]
    public async Task A_plan_comes_as_a_table_and_as_one_document_to_who_may_look()
    {
        var (id, _) = await PlanAsync("{}");
        using var browser = await api.SignedInAsync();
        using var stranger = api.Client();

        var table = await browser.GetAsync(Urls.PlanFile(id));
        var document = JsonDocument.Parse(await browser.GetStringAsync($"{Urls.PlansPath}/{id}.json")).RootElement;

        (await table.Content.ReadAsStringAsync()).Split("\r\n")[1].ShouldBe("""1,"add","","","Adams","adams@p.example","phone:  → 1","line 7","",0,"open","","","none","" """.TrimEnd());
        table.Content.Headers.ContentDisposition!.FileName.ShouldBe($"plan-{id}.csv");
        (document.GetProperty("changes").GetInt32(), document.GetProperty("rows").GetArrayLength(), document.GetProperty("plan").GetProperty("id").GetInt64()).ShouldBe((2, 2, id));
        ((int)(await browser.GetAsync($"{Urls.PlansPath}/999999.csv")).StatusCode).ShouldBe(404);
        ((int)(await stranger.GetAsync(Urls.PlanFile(id))).StatusCode).ShouldBe(302);
    }

    private async Task<(long Id, string Partner)> PlanAsync(string needed)
    {
        var partner = $"aurora{Interlocked.Increment(ref partners)}";
        await api.Queue.ExecuteAsync($"insert into partner (name, kind) values ('{partner}', 'csv')");
        await api.Queue.ExecuteAsync(
            $$"""
            insert into plan (partner_id, direction, cycle, state, hash, counts, needed)
            select id, 'in', 1, 'waiting', encode(sha256('{{partner}}'), 'hex'), '{0,0,0,0,2,0}', '{{needed}}' from partner where name = '{{partner}}'
            """);
        await api.Queue.ExecuteAsync(
            """
            insert into plan_row (plan_id, ordinal, class, identity, hash, after_key, after_name, after_address, after_address_key, after_kind, after_values, source)
            select max(p.id), n, 4, 'u' || n, '\x00', '\x00', name, lower(name) || '@p.example', lower(name), 0, E'phone=1\n', 'line 7' from plan p, (values (1, 'Adams'), (2, 'Brown')) v (n, name) group by n, name
            """);
        return (await api.Queue.ScalarAsync<long>("select max(id) from plan"), partner);
    }
}
