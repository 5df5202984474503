using System.Net.Http.Json;
using System.Text.Json;
using Postern.Domain.Access;

namespace Postern.Web.Tests.Api;

/// <summary>What programs do to the queue.</summary>
[Collection(ApiUnderTest.Name)]
public sealed class ApiOperationsTests(ApiUnderTest api)
{
    [Fact]
    public async Task A_filter_is_tried_dry_then_acted_on_followed_and_taken_back()
    {
        var ids = await AcceptAsync("remove.example", 3);
        using var client = await api.ActorAsync();
        var filter = new { domain = "remove.example" };

        var effect = await (await client.PostAsJsonAsync("/api/v1/operations", new { verb = "remove", filter, dryRun = true })).JsonAsync(200);
        var answer = await client.PostAsJsonAsync("/api/v1/operations", new { verb = "remove", filter, reason = "Test mail" });
        var operation = await answer.JsonAsync(201);
        var gone = await client.JsonAsync("/api/v1/deliveries?domain=remove.example");
        var items = await client.JsonAsync($"{answer.Headers.Location}/items?limit=2");
        var more = await client.JsonAsync(items.GetProperty("next").GetString()!);
        var undone = await (await client.PostAsync($"{answer.Headers.Location}/undo", null)).JsonAsync(200);
        var back = await client.JsonAsync("/api/v1/deliveries?domain=remove.example");

        (effect.GetProperty("verb").GetString(), effect.GetProperty("waiting").GetInt32()).ShouldBe(("remove", 3));
        (operation.GetProperty("state").GetString(), operation.GetProperty("done").GetInt32(), operation.GetProperty("actor").GetString()).ShouldBe(("done", 3, "actor"));
        gone.GetProperty("deliveries").GetArrayLength().ShouldBe(0);
        items.GetProperty("items").EnumerateArray().Concat(more.GetProperty("items").EnumerateArray())
            .Select(item => (item.GetProperty("id").GetInt64(), item.GetProperty("done").GetBoolean(), item.GetProperty("state").GetString()))
            .ShouldBe(ids.Select(id => (id, true, (string?)"removed")));
        undone.GetProperty("state").GetString().ShouldBe("undone");
        back.GetProperty("deliveries").GetArrayLength().ShouldBe(3);
        (await api.Queue.ScalarAsync<string>($"select string_agg(actor || ' ' || verb || ' ' || reason, ', ') from audit where verb = 'remove' and reason = 'Test mail'"))
            .ShouldBe("actor remove Test mail");
        (await (await client.PostAsync($"{answer.Headers.Location}/undo", null)).ProblemAsync(409)).ShouldBe("It has been taken back already.");
        (await (await client.PostAsync($"{answer.Headers.Location}/cancel", null)).ProblemAsync(409)).ShouldContain("runs no more");
    }

    [Fact]
    public async Task The_same_request_sent_again_starts_nothing_a_second_time()
    {
        var ids = await AcceptAsync("again.example", 1);
        using var client = await api.ActorAsync();
        var before = await api.Queue.ScalarAsync<long>("select count(*) from operation");

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => PostAsync("k-1", new { verb = "hold", ids, reason = "Once" })));
        var other = await PostAsync("k-1", new { verb = "hold", ids, reason = "Twice" });
        var fresh = await PostAsync("k-2", new { verb = "release", ids });
        await api.Queue.ExecuteAsync("update api_operation set created_at = created_at - interval '25 hours' where idempotency_key = 'k-1'");
        var tomorrow = await PostAsync("k-1", new { verb = "hold", ids, reason = "Once" });

        var operations = new HashSet<long>();
        foreach (var answer in answers)
        {
            operations.Add((await answer.JsonAsync(201)).GetProperty("id").GetInt64());
        }

        operations.Count.ShouldBe(1);
        (await other.ProblemAsync(409)).ShouldContain("was used for another request");
        await fresh.JsonAsync(201);
        operations.ShouldNotContain((await tomorrow.JsonAsync(201)).GetProperty("id").GetInt64());
        (await api.Queue.ScalarAsync<long>("select count(*) from operation")).ShouldBe(before + 3);
        (await api.Queue.ScalarAsync<long>("select count(*) from api_operation where key_id is not null")).ShouldBeGreaterThanOrEqualTo(3);

        Task<HttpResponseMessage> PostAsync(string key, object body) =>
            client.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/api/v1/operations") { Content = JsonContent.Create(body), Headers = { { "Idempotency-Key", key } } });
    }

    [Fact]
    public async Task Of_several_the_possible_ones_are_done_and_the_others_named()
    {
        var ids = await AcceptAsync("several.example", 1);
        using var client = await api.ActorAsync();
        await (await client.PostAsJsonAsync("/api/v1/operations", new { verb = "retry", ids })).JsonAsync(201);

        var operation = await (await client.PostAsJsonAsync("/api/v1/operations", new { verb = "hold", ids = new[] { ids[0], 999_999_998 } })).JsonAsync(201);
        var one = await client.JsonAsync($"/api/v1/operations/{operation.GetProperty("id")}");
        var left = await client.JsonAsync($"/api/v1/operations/{operation.GetProperty("id")}/items?left=yes");
        var list = await client.JsonAsync("/api/v1/operations?limit=1");

        (operation.GetProperty("done").GetInt32(), operation.GetProperty("refused").GetInt32()).ShouldBe((1, 1));
        one.GetProperty("left")[0].GetProperty("refusal").GetString().ShouldBe("There is no delivery 999999998.");
        left.GetProperty("items").EnumerateArray().Single().GetProperty("state").ValueKind.ShouldBe(JsonValueKind.Null);
        list.GetProperty("operations")[0].GetProperty("id").GetInt64().ShouldBe(operation.GetProperty("id").GetInt64());
        list.GetProperty("next").GetString()!.ShouldContain("after=");
    }

    [Theory]
    [InlineData("""{}""", "verb is one of retry, hold,")]
    [InlineData("""{"verb": "hold"}""", "Exactly one of ids, filter and all")]
    [InlineData("""{"verb": "hold", "all": true, "ids": [1]}""", "Exactly one of ids, filter and all")]
    [InlineData("""{"verb": "hold", "filter": {}}""", "An empty filter would mean everything")]
    [InlineData("""{"verb": "hold", "filter": {"conector": "x"}}""", "There is no filter “conector”; there are state,")]
    [InlineData("""{"verb": "hold", "filter": {"connector": "nobody"}}""", "There is no connector called nobody.")]
    [InlineData("""{"verb": "hold", "filter": {"state": "bounced"}}""", "What has ended cannot be acted on")]
    [InlineData("""{"verb": "hold", "filter": {"age": "soon"}}""", "An age is a range")]
    [InlineData("""{"verb": "hold", "ids": []}""", "ids are 1 to 10,000")]
    [InlineData("""{"verb": "hold", "ids": [0]}""", "ids are 1 to 10,000")]
    [InlineData("""{"verb": "hold", "ids": ["1"]}""", "cannot be read at $.ids[0]")]
    [InlineData("""{"verb": "remove", "ids": [1]}""", "reason is needed")]
    [InlineData("""{"verb": "remove", "ids": [1], "reason": "  "}""", "reason is needed")]
    [InlineData("""{"verb": "prioritise", "ids": [1]}""", "priority says what they get")]
    [InlineData("""{"verb": "prioritise", "ids": [1], "priority": "utmost"}""", "cannot be read at $.priority")]
    [InlineData("""{"verb": "hold", "ids": [1], "to": "smtp-test"}""", "to belongs to reroute")]
    [InlineData("""{"verb": "reroute", "ids": [1], "to": "nobody"}""", "There is no connector called nobody.")]
    [InlineData("""{"verb": "hold", "ids": [1], "force": true}""", "cannot be read at $.force")]
    [InlineData("""[1]""", "cannot be read")]
    [InlineData("""{"verb": "hold", "ids": [1]""", "cannot be read")]
    public async Task What_is_asked_for_unclearly_is_not_done(string body, string says)
    {
        using var client = await api.ActorAsync();
        var before = await api.Queue.ScalarAsync<long>("select count(*) from operation");

        var answer = await client.PostAsync("/api/v1/operations", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));

        (await answer.ProblemAsync(400)).ShouldContain(says);
        (await api.Queue.ScalarAsync<long>("select count(*) from operation")).ShouldBe(before);
    }

    [Fact]
    public async Task More_than_one_person_may_end_waits_for_a_second_one()
    {
        var ids = await AcceptAsync("second.example", 1);
        using var client = api.Client((await api.KeyAsync("eager", Role.Operator, KeyScope.Read, KeyScope.Queue)).Text);
        await api.Queue.ExecuteAsync(
            """
            insert into operation (verb, actor, state, total, done, undo_until, ended_at) values ('remove', 'eager', 'done', 500, 500, now(), now())
            """);

        var effect = await (await client.PostAsJsonAsync("/api/v1/operations", new { verb = "remove", ids, dryRun = true })).JsonAsync(200);
        var operation = await (await client.PostAsJsonAsync("/api/v1/operations", new { verb = "remove", ids, reason = "All of it" })).JsonAsync(201);
        var undo = await client.PostAsync($"/api/v1/operations/{operation.GetProperty("id")}/undo", null);

        effect.GetProperty("needsSecondOperator").GetBoolean().ShouldBeTrue();
        (operation.GetProperty("state").GetString(), operation.GetProperty("done").GetInt32()).ShouldBe(("awaiting", 0));
        (await undo.ProblemAsync(409)).ShouldBe("It waits for a second operator; nothing has been done.");
    }

    [Fact]
    public async Task Priority_is_given_and_a_reroute_is_foreseen()
    {
        var ids = await AcceptAsync("priority.example", 1);
        using var client = await api.ActorAsync();

        var done = await (await client.PostAsJsonAsync("/api/v1/operations", new { verb = "prioritise", ids, priority = "high" })).JsonAsync(201);
        var ways = await (await client.PostAsJsonAsync("/api/v1/operations", new { verb = "reroute", ids, dryRun = true })).JsonAsync(200);

        done.GetProperty("act").GetProperty("priority").GetString().ShouldBe("high");
        ways.GetProperty("ways").ValueKind.ShouldBe(JsonValueKind.Array);
    }

    [Fact]
    public async Task A_viewer_and_a_key_that_only_reads_change_nothing()
    {
        var ids = await AcceptAsync("viewer.example", 1);
        using var viewer = api.Client((await api.KeyAsync("watcher", Role.Viewer, KeyScope.Read, KeyScope.Queue)).Text);
        using var reader = api.Client((await api.KeyAsync("careful", Role.Operator, KeyScope.Read)).Text);

        foreach (var client in new[] { viewer, reader })
        {
            (await (await client.PostAsJsonAsync("/api/v1/operations", new { verb = "hold", ids })).ProblemAsync(403)).ShouldContain("may not act on the queue");
            (await (await client.PostAsync("/api/v1/operations/1/undo", null)).ProblemAsync(403)).ShouldContain("may not act on the queue");
            (await (await client.PostAsync("/api/v1/operations/1/cancel", null)).ProblemAsync(403)).ShouldContain("may not act on the queue");
        }

        (await api.Queue.ScalarAsync<string>($"select state::text from delivery where id = {ids[0]}")).ShouldBe("queued");
    }

    private async Task<List<long>> AcceptAsync(string domain, int count)
    {
        var ids = new List<long>();
        for (var i = 0; i < count; i++)
        {
            ids.Add(await api.Queue.AcceptAsync(api.Queue.Message($"m{i}", $"{(char)('a' + i)}@{domain}")) + 1);
        }

        return ids;
    }
}
