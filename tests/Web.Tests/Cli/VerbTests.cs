using System.Text.Json;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Cli;

/// <summary>The other verbs beside a running server.</summary>
public sealed partial class VerbTests(ServingPostern postern) : IClassFixture<ServingPostern>
{
    [Fact]
    public void The_server_prints_where_it_is_and_who_may_come_in()
    {
        var lines = postern.Server.Lines.SkipWhile(line => !line.StartsWith("Console: ", StringComparison.Ordinal)).ToList();

        lines.Count.ShouldBe(5);
        lines[0].ShouldMatch(@"^Console: http://127\.0\.0\.1:\d+$");
        lines[1].ShouldMatch(@"^SMTP: 127\.0\.0\.1:\d+$");
        lines[2].ShouldBe("User: admin");
        lines[3].ShouldMatch(@"^Password: \S{20}$");
        lines[4].ShouldBe("Ready");
        File.ReadAllText(Path.Combine(postern.DataFolder, "postern.pid")).Trim().ShouldBe($"{postern.Server.Id}");
    }

    [Fact]
    public async Task Health_answers_without_signing_in()
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{postern.Server.HttpPort}") };

        (await client.GetAsync("/health/live")).EnsureSuccessStatusCode();
        (await client.GetAsync("/health/ready")).EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task Books_that_balance_end_with_0()
    {
        await postern.DeliveryAsync("a@books.example");

        var text = await postern.VerbAsync("books");
        var json = await postern.VerbAsync("books", "--json");

        (text.ExitCode, json.ExitCode).ShouldBe((0, 0));
        text.Output.ShouldMatch(@"^accepted \d+ = delivered \d+ \+ bounced \d+ \+ removed \d+ \+ expanded \d+ \+ queued \d+ \+ leased \d+ \+ held \d+ \+ quarantined \d+\n");
        json.Json.EnumerateObject().Select(property => property.Name).ShouldBe(
            ["accepted", "delivered", "bounced", "removed", "expanded", "queued", "leased", "held", "quarantined", "balanced", "checkedAt", "differences"]);
        json.Json.GetProperty("queued").GetInt64().ShouldBeGreaterThan(0);
        json.Json.GetProperty("balanced").ValueKind.ShouldBe(JsonValueKind.True);
    }

    [Fact]
    public async Task A_route_is_explained()
    {
        var person = await postern.VerbAsync("route", "explain", "jane@site1.example");
        var nobody = await postern.VerbAsync("route", "explain", "nobody@site1.example", "--json");
        var back = await postern.VerbAsync("route", "explain", "x@elsewhere.example", "--came-by", "smart");
        var unknown = await postern.VerbAsync("route", "explain", "x@elsewhere.example", "--from", "NOWHERE");

        (person.ExitCode, nobody.ExitCode, back.ExitCode, unknown.ExitCode).ShouldBe((0, 1, 1, 3));
        person.Output.ShouldContain("Jane Doe in the directory");
        person.Output.ShouldContain("Route: connector smart, destination smart, as jane@customer.example");
        nobody.Json.GetProperty("status").GetString().ShouldBe("5.1.1");
        nobody.Json.GetProperty("explanation").GetArrayLength().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_user_is_added_once()
    {
        var first = await postern.VerbAsync("user", "add", "kim");
        var again = await postern.VerbAsync("user", "add", "KIM");
        var wrong = await postern.VerbAsync("user", "add", "a b");

        (first.ExitCode, again.ExitCode, wrong.ExitCode).ShouldBe((0, 4, 2));
        first.Output.ShouldMatch(@"^User: kim\nPassword: \S{20}\n$");
        (await postern.QueryAsync("select actor from audit where verb = 'add user' and target = 'user kim'")).ShouldBe($"local:{Environment.UserName}");
    }

    [Fact]
    public async Task A_user_whose_audit_row_cannot_be_written_is_not_added()
    {
        await postern.QueryAsync("alter table audit add constraint no_lee check (target <> 'user lee')");

        (await PosternProgram.RunAsync("user", "add", "lee", "--data", postern.DataFolder)).ExitCode.ShouldNotBe(0);

        (await postern.QueryAsync("select count(*) from console_user where user_name = 'lee'")).ShouldBe(0L);
    }

    [Fact]
    public async Task The_configuration_goes_out_and_comes_in()
    {
        var text = (await postern.VerbAsync("config", "export")).Output;
        var same = await postern.VerbAsync("config", "plan", postern.Write("same.yaml", text));
        var added = postern.Write("added.yaml", text.Replace("- site1.example\n", "- site1.example\n      - added.example\n", StringComparison.Ordinal));
        var plan = await postern.VerbAsync("config", "plan", added);
        var wrong = await postern.VerbAsync("config", "apply", postern.Write("wrong.yaml", "sites:\n  - nam: X\n"));
        var missing = await postern.VerbAsync("config", "apply", "/nowhere.yaml");

        (same.ExitCode, plan.ExitCode, wrong.ExitCode, missing.ExitCode).ShouldBe((0, 1, 78, 3));
        same.Output.Trim().ShouldBe("Nothing would change.");
        plan.Output.ShouldContain("added.example");
        wrong.Error.ShouldContain("line 2:");
        (await postern.VerbAsync("config", "export")).Output.ShouldBe(text);
    }

    [Fact]
    public async Task A_connector_is_stopped_only_once()
    {
        var start = await postern.VerbAsync("connector", "start", "smart");
        var stop = await postern.VerbAsync("connector", "stop", "smart");
        var again = await postern.VerbAsync("connector", "stop", "smart");
        var unknown = await postern.VerbAsync("connector", "stop", "nothing");

        (start.ExitCode, stop.ExitCode, again.ExitCode, unknown.ExitCode).ShouldBe((0, 0, 4, 3));
    }

    [Fact]
    public async Task Migrating_what_is_current_changes_nothing()
    {
        var run = await postern.VerbAsync("migrate", "--json");

        run.ExitCode.ShouldBe(0);
        run.Json.GetProperty("applied").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_second_server_on_the_same_folder_says_so()
    {
        var run = await PosternProgram.RunAsync("serve", "--data", postern.DataFolder, "--http", "0");

        run.ExitCode.ShouldBe(69);
        run.Error.ShouldContain($"in use by another Postern (process {postern.Server.Id})");
    }

    [Fact]
    public async Task A_port_in_use_is_named()
    {
        using var folder = new TestFolder();

        var http = await PosternProgram.RunAsync("serve", "--data", folder["data"], "--http", $"{postern.Server.HttpPort}", "--smtp", "0");
        var smtp = await PosternProgram.RunAsync("serve", "--data", folder["data"], "--http", "0", "--smtp", $"{postern.Server.SmtpPort}");

        (http.ExitCode, smtp.ExitCode).ShouldBe((69, 69));
        http.Error.ShouldContain($"Port {postern.Server.HttpPort} ");
        smtp.Error.ShouldContain($"Port {postern.Server.SmtpPort} ");
        http.Error.ShouldNotContain("   at ");
        smtp.Error.ShouldNotContain("   at ");
    }
}
