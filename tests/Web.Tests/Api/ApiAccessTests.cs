using System.Net;
using Postern.Domain.Access;
using Postern.Infrastructure.Access;
using Postern.Infrastructure.Audit;

namespace Postern.Web.Tests.Api;

/// <summary>Who comes in, and what those are told who do not.</summary>
[Collection(ApiUnderTest.Name)]
public sealed class ApiAccessTests(ApiUnderTest api)
{
    [Theory]
    [InlineData("/api/v1/deliveries")]
    [InlineData("/api/v1/nothing")]
    [InlineData("/api")]
    public async Task A_stranger_is_asked_for_a_key_and_learns_nothing(string path)
    {
        using var client = api.Client();

        var answer = await client.GetAsync(path);

        (await answer.ProblemAsync(401)).ShouldContain("Send a key");
        answer.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer realm=\"postern\"");
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
    }

    [Fact]
    public async Task A_wrong_key_is_refused_and_said_to_be_none()
    {
        using var client = api.Client("postern_" + new string('A', 43));

        var answer = await client.GetAsync("/api/v1/books");

        (await answer.ProblemAsync(401)).ShouldBe("This key is not known here.");
        answer.Headers.WwwAuthenticate.ToString().ShouldContain("invalid_token");
    }

    [Fact]
    public async Task A_session_of_the_console_opens_nothing_here()
    {
        using var browser = await api.SignedInAsync();

        var look = await browser.GetAsync("/api/v1/deliveries");
        var stop = await browser.PostAsync("/api/v1/connectors/smtp-test/stop", null);
        var page = await browser.GetAsync("/queue.csv");

        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        await look.ProblemAsync(401);
        await stop.ProblemAsync(401);
    }

    [Fact]
    public async Task A_key_that_is_revoked_or_whose_person_is_locked_is_dead_at_once()
    {
        var first = await api.KeyAsync("leaver", Role.Viewer, KeyScope.Read);
        var second = await api.KeyAsync("leaver", Role.Viewer, KeyScope.Read);
        using var client = api.Client(first.Text);
        using var other = api.Client(second.Text);
        await client.JsonAsync("/api/v1/connectors");

        await new ApiKeys(api.Queue.Database.DataSource).RevokeAsync(first.Key!.Id, Operator.Local(), default);
        var revoked = await client.GetAsync("/api/v1/connectors");
        await other.JsonAsync("/api/v1/connectors");
        await api.Queue.ExecuteAsync("update console_user set lockout_end = now() + interval '1 hour' where user_name = 'leaver'");
        var locked = await other.GetAsync("/api/v1/connectors");

        (await revoked.ProblemAsync(401)).ShouldBe("This key was revoked.");
        (await locked.ProblemAsync(401)).ShouldContain("locked");
    }

    [Fact]
    public async Task What_the_person_or_the_key_may_not_do_is_403_with_why()
    {
        using var blind = api.Client((await api.KeyAsync("blind", Role.Operator, KeyScope.Queue)).Text);
        using var viewer = api.Client((await api.KeyAsync("onlooker", Role.Viewer, KeyScope.Read, KeyScope.Connectors)).Text);

        var scope = await blind.GetAsync("/api/v1/deliveries");
        var role = await viewer.PostAsync("/api/v1/connectors/smtp-test/stop", null);

        (await scope.ProblemAsync(403)).ShouldBe("With this key blind may not look at anything. A key with a wider scope can.");
        scope.Headers.WwwAuthenticate.ToString().ShouldContain("insufficient_scope");
        (await role.ProblemAsync(403)).ShouldBe("onlooker may not run connectors. An administrator can give the role operator.");
        (await api.Queue.ScalarAsync<string>("select desired_state from connector where name = 'smtp-test'")).ShouldBe("started");
    }

    [Fact]
    public async Task A_connector_is_stopped_and_started_by_its_person_and_a_second_time_refused()
    {
        using var client = await api.ActorAsync();

        var stopped = await (await PostAsync("stop", """{"reason": "Yard closed"}""")).JsonAsync(200);
        var again = await PostAsync("stop", "{}");
        var started = await (await client.PostAsync("/api/v1/connectors/smtp-test/start", null)).JsonAsync(200);
        var unknown = await client.PostAsync("/api/v1/connectors/nobody/start", null);
        var misspelt = await PostAsync("stop", """{"raeson": "x"}""");
        var text = await client.PostAsync("/api/v1/connectors/smtp-test/stop", new StringContent("stop"));
        var canary = await PostAsync("canary", """{"reason": "After the move"}""");
        // Who does not ask first may be cut off while still sending, and never read the answer (RFC 9110, 10.1.1).
        using var tooMuch = new HttpRequestMessage(HttpMethod.Post, "/api/v1/connectors/smtp-test/stop")
        {
            Content = new StringContent($"{{\"reason\": \"{new string('x', 2_000_000)}\"}}", System.Text.Encoding.UTF8, "application/json"),
            Headers = { ExpectContinue = true },
        };
        var large = await client.SendAsync(tooMuch);

        (stopped.GetProperty("wanted").GetString(), started.GetProperty("wanted").GetString()).ShouldBe(("stopped", "started"));
        (await again.ProblemAsync(409)).ShouldBe("The connector smtp-test is stopped already.");
        (await canary.ProblemAsync(409)).ShouldBe("The connector smtp-test has no canary. Name a mailbox for it in the settings first.");
        var canaries = await client.JsonAsync("/api/v1/canaries");
        (canaries.GetProperty("canaries").GetArrayLength(), canaries.GetProperty("entries").GetArrayLength()).ShouldBe((0, 0));
        (await unknown.ProblemAsync(404)).ShouldBe("There is no connector called nobody.");
        (await misspelt.ProblemAsync(400)).ShouldContain("$.raeson");
        await text.ProblemAsync(415);
        await large.ProblemAsync(413);
        (await api.Queue.ScalarAsync<string>("select string_agg(actor || ' ' || verb || ' ' || target || ' ' || reason, ', ' order by id) from audit where target like 'connector%'"))
            .ShouldBe("actor stop connector smtp-test Yard closed, actor start connector smtp-test ");

        Task<HttpResponseMessage> PostAsync(string verb, string json) =>
            client.PostAsync($"/api/v1/connectors/smtp-test/{verb}", new StringContent(json, System.Text.Encoding.UTF8, "application/json"));
    }

    [Theory]
    [InlineData("GET", "/api/v1/nothing", 404, "nothing at this address")]
    [InlineData("GET", "/api/v1/deliveries/abc", 404, "nothing at this address")]
    [InlineData("GET", "/api/v1/deliveries/999999999", 404, "There is no delivery 999999999.")]
    [InlineData("GET", "/api/v1/messages/999999999", 404, "There is no message 999999999.")]
    [InlineData("GET", "/api/v1/connectors/nobody", 404, "There is no connector called nobody.")]
    [InlineData("DELETE", "/api/v1/deliveries", 405, "it takes GET.")]
    [InlineData("DELETE", "/api/v1/messages/5", 405, "it takes GET.")]
    [InlineData("GET", "/api/v1/deliveries?stat=held", 400, "There is no parameter “stat” here; there are state, connector,")]
    [InlineData("GET", "/api/v1/deliveries?state=lost", 400, "There is no state “lost”; the states are queued,")]
    [InlineData("GET", "/api/v1/deliveries?age=soon", 400, "An age is a range such as 30m-, -12h or 2h-2d, not “soon”.")]
    [InlineData("GET", "/api/v1/deliveries?connector=nobody", 400, "There is no connector called nobody.")]
    [InlineData("GET", "/api/v1/deliveries?limit=0", 400, "limit is a whole number from 1 to 1000.")]
    [InlineData("GET", "/api/v1/deliveries?limit=1001", 400, "limit is a whole number from 1 to 1000.")]
    [InlineData("GET", "/api/v1/deliveries?after=xyz", 400, "This cursor does not belong to this list")]
    [InlineData("GET", "/api/v1/deliveries?sort=colour", 400, "sort is one of")]
    [InlineData("GET", "/api/v1/deliveries?state=bounced&sort=size", 400, "ordered by age only")]
    [InlineData("GET", "/api/v1/deliveries?state=held&state=queued", 400, "more than once")]
    [InlineData("GET", "/api/v1/books?x=1", 400, "takes nothing behind its question mark")]
    [InlineData("GET", "/api/v1/events?severity=loud", 400, "severity is information, warning or error.")]
    public async Task What_cannot_be_followed_says_why(string method, string path, int status, string says)
    {
        using var client = await api.ReaderAsync();

        var answer = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        (await answer.ProblemAsync(status)).ShouldContain(says);
    }
}
