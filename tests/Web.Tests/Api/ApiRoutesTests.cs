using System.Net.Http.Json;
using System.Text.Json;
using Postern.Browser.Tests.Support;
using Postern.Domain.Access;

namespace Postern.Web.Tests.Api;

/// <summary>Routing for programs, over the harbour of the examples.</summary>
public sealed class ApiRoutesTests : IAsyncLifetime
{
    private readonly ApiUnderTest api = new();

    public async ValueTask InitializeAsync()
    {
        await api.InitializeAsync();
        await ExampleHarbor.FillAsync(api.Queue, isBroken: false);
    }

    public ValueTask DisposeAsync() => api.DisposeAsync();

    [Fact]
    [Trait("source", "Q148389")]
    [Trait("source", "Q149121")]
    public async Task A_program_asks_where_mail_goes_what_is_missing_and_enters_and_activates_what_mends_it()
    {
        using var client = api.Client((await api.KeyAsync("router", Role.RoutingEditor, KeyScope.Read, KeyScope.Routing)).Text);

        var decision = await client.JsonAsync("/api/v1/routes/explain?address=p1@site2.example");
        var nowhere = await client.JsonAsync("/api/v1/routes/explain?address=MS:FAR/AWAY/JOE");
        var way = await client.JsonAsync("/api/v1/routes/way?address=MS:HARBOR/SITE2/P1&from=HARBOR/PIER3");
        var proof = await client.JsonAsync("/api/v1/routes/prove");
        var table = await client.JsonAsync("/api/v1/routes/table");
        var knows = await client.JsonAsync("/api/v1/routes/knowledge?postOffice=HARBOR/PIER3");
        var sheet = await client.JsonAsync("/api/v1/routes/sheet?postOffice=MS:HARBOR/PIER3");

        (decision.GetProperty("routed").GetBoolean(), decision.GetProperty("connector").GetString()).ShouldBe((true, "smtp-backbone"));
        nowhere.GetProperty("reason").GetString().ShouldBe("No route leads to FAR/AWAY: it is not defined and no address space covers it.");
        way.GetProperty("there").GetProperty("path").EnumerateArray().Select(stop => stop.GetProperty("name").GetString()).ShouldBe(["HARBOR/PIER3", "HARBOR/PIER2", "HARBOR/PIER1", "Postern", "smtp-backbone"]);
        proof.GetProperty("required").GetArrayLength().ShouldBeGreaterThan(10);
        table.GetProperty("lines").EnumerateArray().ShouldContain(line => line.GetProperty("pattern").GetString() == "HARBOR/PIER3" && line.GetProperty("how").GetString() == "via HARBOR/PIER2, HARBOR/PIER1");
        Row(knows, "HARBOR/SITE2").GetProperty("state").GetString().ShouldBe("required");
        knows.GetProperty("withheld").EnumerateArray().ShouldContain(one => one.GetProperty("until").EnumerateArray().Any(row => row.GetString() == "at HARBOR/PIER3: HARBOR/SITE2, indirect via HARBOR/PIER2"));
        sheet.GetProperty("lines")[0].GetProperty("destination").GetString().ShouldBe("HARBOR/PIER2", "the hub comes first");

        var issued = await PostAsync(client, "sheet", new { postOffice = "HARBOR/PIER3", reason = "spring" });
        var confirmed = await PostAsync(client, "knowledge", new { postOffice = "HARBOR/PIER3", destination = "HARBOR/SITE2", via = "HARBOR/PIER2", verb = "confirm", reason = "seen there" });
        issued.GetProperty("issued").GetBoolean().ShouldBeTrue();
        (Row(confirmed.GetProperty("now"), "HARBOR/SITE2").GetProperty("proof").GetString(), Row(confirmed.GetProperty("now"), "HARBOR/SITE2").GetProperty("provedBy").GetString()).ShouldBe(("operator", "router"));

        await api.Queue.ExecuteAsync(
            """
            insert into route_draft (name, made_by, changed_by, base_version, base, content)
            select 'spring', 'router', 'router', 1, '{"sites":[],"postOffices":[],"spaces":[]}', '{"sites":[],"postOffices":[],"spaces":[{"type":"SMTP","pattern":"far.example","cost":3,"connector":"smtp-backbone"}]}'
            """);
        var drafts = await client.JsonAsync("/api/v1/routes/drafts");
        var active = await PostAsync(client, "activate", new { draft = "spring", reason = "spring" });
        var history = await client.JsonAsync("/api/v1/routes/history?limit=1");
        var back = await PostAsync(client, "return", new { version = active.GetProperty("version").GetInt64() - 1, reason = "too early" });

        drafts.GetProperty("drafts")[0].GetProperty("changes")[0].GetString().ShouldBe("+ address space SMTP far.example of smtp-backbone: cost 3");
        (history.GetProperty("versions")[0].GetProperty("source").GetString(), history.GetProperty("versions")[0].GetProperty("reason").GetString()).ShouldBe(("draft", "spring"));
        (await client.JsonAsync(history.GetProperty("next").GetString()!)).GetProperty("versions").GetArrayLength().ShouldBe(1);
        back.GetProperty("changes")[0].GetString().ShouldBe("- address space SMTP far.example of smtp-backbone: cost 3");
        (await api.Queue.ScalarAsync<string>("select string_agg(actor || ' ' || verb, ', ' order by id) from audit where actor = 'router' and verb ~ 'rout|definitions'"))
            .ShouldBe("router issue definitions, router confirm definitions, router activate routing, router return to routing");
    }

    [Fact]
    public async Task Who_may_only_look_changes_nothing_and_what_cannot_be_done_is_said()
    {
        using var reader = await api.ReaderAsync();
        using var actor = await api.ActorAsync();
        using var client = api.Client((await api.KeyAsync("router", Role.RoutingEditor, KeyScope.Routing)).Text);

        await (await actor.PostAsJsonAsync("/api/v1/routes/activate", new { draft = "spring" })).ProblemAsync(403);
        await (await reader.PostAsJsonAsync("/api/v1/routes/knowledge", new { postOffice = "HARBOR/PIER1", destination = "HARBOR/SITE2", verb = "confirm" })).ProblemAsync(403);
        (await client.GetAsync("/api/v1/routes/prove")).StatusCode.ShouldBe(System.Net.HttpStatusCode.Forbidden, "the key may not look");

        (await (await client.PostAsJsonAsync("/api/v1/routes/activate", new { draft = "nothing" })).ProblemAsync(404)).ShouldBe("There is no draft nothing.");
        (await (await client.PostAsJsonAsync("/api/v1/routes/knowledge", new { postOffice = "HARBOR/PIER1", destination = "ELEVENCHARS", verb = "confirm" })).ProblemAsync(400)).ShouldBe("“ELEVENCHARS” is not NETWORK/POSTOFFICE.");
        (await (await client.PostAsJsonAsync("/api/v1/routes/knowledge", new { postOffice = "HARBOR/PIER1", destination = "HARBOR/SITE2", verb = "hope" })).ProblemAsync(400)).ShouldBe("verb is confirm, missing or want.");
        (await (await reader.GetAsync("/api/v1/routes/way?address=x@y.example&from=NOWHERE")).ProblemAsync(404)).ShouldBe("There is no post office NOWHERE.");
        (await (await reader.GetAsync("/api/v1/routes/explain?address=nobody")).ProblemAsync(400)).ShouldStartWith("address: ");
        (await (await reader.GetAsync("/api/v1/routes/table?version=0")).ProblemAsync(404)).ShouldBe("There is no routing version 0.");
    }

    private static JsonElement Row(JsonElement knows, string destination) =>
        knows.GetProperty("knowledge").EnumerateArray().Single(row => row.GetProperty("destination").GetString() == destination);

    private static async Task<JsonElement> PostAsync(HttpClient client, string path, object body) => await (await client.PostAsJsonAsync($"/api/v1/routes/{path}", body)).JsonAsync(200);
}
