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
        await ApplyAsync(TwoPostOffices);
        var holds = await ProveAsync();
        await ApplyAsync(TwoPostOffices.Replace("    ccMailPostOffice: SITE1\n", "", StringComparison.Ordinal));
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

    public void Dispose() => folder.Dispose();

    private async Task ApplyAsync(string text)
    {
        await File.WriteAllTextAsync(folder["configuration.yaml"], text);
        (await PosternProgram.RunAsync("config", "apply", folder["configuration.yaml"], "--data", folder["data"])).ExitCode.ShouldBe(0);
    }

    private Task<ProgramRun> ProveAsync(params string[] options) => PosternProgram.RunAsync(["route", "prove", .. options, "--data", folder["data"]]);
}
