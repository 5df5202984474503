using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Cli;

/// <summary><c>postern route prove</c> over a configuration with two post offices.</summary>
public sealed class RouteProveTests : IDisposable
{
    private const string TwoPostOffices =
        """
        sites:
          - name: SITE1
            smtpDomains: [site1.example]
            ccMailPostOffice: SITE1
        connectors:
          - name: sales
            kind: ccmail
            state: stopped
            settings: {postOfficeName: SALES, siteName: SITE1}
          - name: smart
            kind: smtp
            state: stopped
            addressSpaces:
              - {type: SMTP, pattern: "*"}
            settings:
              smartHosts: ["127.0.0.1:9"]
        postOffices:
          - {system: CCMAIL, name: SALES, connector: sales}
          - {system: CCMAIL, name: PLANT2, via: SALES}
        entries:
          - displayName: Kim, Bo
            native: bo@partner.example
            proxies: ["CCMAIL:Kim, Bo at SITE1"]
          - displayName: Novak, Petra
            native: "CCMAIL:Novak, Petra at PLANT2"
            proxies: [petra.novak@site1.example]

        """;

    private readonly TestFolder folder = new();

    [Fact]
    [Trait("source", "Q148389")]
    public async Task It_says_what_each_post_office_must_know_and_shows_the_way_that_fails_when_a_site_loses_its_name()
    {
        await MigratedFolder.CopyToAsync(folder["data"]);
        (await ConfigAsync("apply", TwoPostOffices)).ExitCode.ShouldBe(0);
        var holds = await ProveAsync();
        (await ConfigAsync("apply", Nameless, "--accept-loss", "--reason", "the sites move")).ExitCode.ShouldBe(0);
        var fails = await ProveAsync();
        var json = (await ProveAsync("--json")).Json;

        (holds.ExitCode, holds.Output).ShouldBe((0,
            """
            CCMAIL PLANT2 must know SALES, direct; SITE1, indirect via SALES.
            CCMAIL SALES must know PLANT2, direct; SITE1, direct.
            Everybody is reached and every answer comes back, where the post offices know this.

            """));
        fails.ExitCode.ShouldBe(1);
        fails.Output.ShouldStartWith(
            """
            No site has a name by which SALES could know it; the cc:Mail router returns it as “Message not deliverable”.
              SALES (fails here) → Postern (not reached)

            """);
        fails.Output.ShouldEndWith("The proof does not hold: 1 counter-example.\n");
        json.GetProperty("holds").GetBoolean().ShouldBeFalse();
        json.GetProperty("counterExamples")[0].GetProperty("path").EnumerateArray().Select(hop => $"{hop.GetProperty("name")} {hop.GetProperty("state")}").ShouldBe(["SALES fails", "Postern notReached"]);
        json.GetProperty("required").GetArrayLength().ShouldBe(3);
    }

    [Fact]
    [Trait("source", "Q199534")]
    public async Task A_text_that_breaks_a_way_is_refused_with_it_until_somebody_says_that_they_have_seen_it_and_why()
    {
        await MigratedFolder.CopyToAsync(folder["data"]);
        await ConfigAsync("apply", TwoPostOffices);

        var planned = await ConfigAsync("plan", Nameless);
        var refused = await ConfigAsync("apply", Nameless);
        var silent = await ConfigAsync("apply", Nameless, "--accept-loss");
        var json = await ConfigAsync("apply", Nameless, "--json");
        var holds = await ProveAsync();
        var accepted = await ConfigAsync("apply", Nameless, "--accept-loss", "--reason", "the sites move");

        (planned.ExitCode, refused.ExitCode, silent.ExitCode, json.ExitCode, holds.ExitCode, accepted.ExitCode).ShouldBe((1, 4, 4, 4, 0, 0));
        planned.Output.ShouldContain("~ site SITE1: ccMailPostOffice SITE1 → (empty)\n! No site has a name by which SALES could know it");
        refused.Error.ShouldStartWith("Mail would not arrive: No site has a name by which SALES could know it");
        refused.Error.ShouldEndWith("Say that you have seen it, and why.\n");
        refused.Output.ShouldStartWith("! No site has a name by which SALES could know it");
        silent.Error.ShouldBe("Say why this is saved although mail stops.\n");
        json.Json.GetProperty("counterExamples").GetArrayLength().ShouldBe(1);
        json.Json.GetProperty("refusal").GetString().ShouldBe(refused.Error.TrimEnd());
        accepted.Output.ShouldContain("~ site SITE1: ccMailPostOffice SITE1 → (empty)");
    }

    public void Dispose() => folder.Dispose();

    private static string Nameless => TwoPostOffices.Replace("    ccMailPostOffice: SITE1\n", "", StringComparison.Ordinal);

    private async Task<ProgramRun> ConfigAsync(string verb, string text, params string[] options)
    {
        await File.WriteAllTextAsync(folder["configuration.yaml"], text);
        return await PosternProgram.RunAsync(["config", verb, folder["configuration.yaml"], .. options, "--data", folder["data"]]);
    }

    private Task<ProgramRun> ProveAsync(params string[] options) => PosternProgram.RunAsync(["route", "prove", .. options, "--data", folder["data"]]);
}
