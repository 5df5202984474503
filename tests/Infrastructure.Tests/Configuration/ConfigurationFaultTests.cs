using Postern.Domain.Access;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Configuration;

public sealed class ConfigurationFaultTests : IAsyncLifetime
{
    private TestDatabase database = null!;

    public async ValueTask InitializeAsync() => database = await TestDatabase.CreateAsync();

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    [Trait("source", "Q114031")]
    public async Task All_faults_come_at_once_in_the_order_of_their_lines_and_nothing_is_applied()
    {
        var faults = await FaultsAsync(
            """
            sites:
              - name: SITE1
                smtpDomains: [good.example, "bad domain"]
                colour: red
              - {name: Site1, smtpDomains: [GOOD.example]}
            entries:
              - displayName: A
                native: a@good.example
                proxies: [shared@good.example]
              - displayName: B
                native: not an address
              - displayName: C
                native: SHARED@good.example
            tables: []
            """);

        faults.Select(fault => fault.Line).ShouldBe([3, 4, 5, 5, 11, 12, 14]);
        faults[0].Text.ShouldContain("“bad domain” cannot be used");
        faults[1].Text.ShouldContain("no “colour”");
        faults[4].Text.ShouldContain("“not an address” is not an address");
        faults[5].Text.ShouldContain("A");
        faults[5].Text.ShouldContain("line 7");
        faults[6].Text.ShouldContain("no “tables”");
        await using var count = database.DataSource.CreateCommand("select count(*) from site");
        (await count.ExecuteScalarAsync()).ShouldBe(0L);
    }

    [Theory]
    [InlineData("connectors: [{name: x, kind: fax}]", "there is no kind “fax”; there is")]
    [InlineData("connectors: [{name: Big One, kind: smtp, settings: {smartHosts: [a.example]}}]", "letters a to z")]
    [InlineData("connectors: [{name: new, kind: smtp, settings: {smartHosts: [a.example]}}]", "the one on which connectors are added")]
    [InlineData("connectors: [{name: x, kind: smtp}]", "At least one smart host is needed")]
    [InlineData("connectors: [{name: x, kind: smtp, settings: {smartHosts: [a.example], prot: 25}}]", "no “prot”")]
    [InlineData("connectors: [{name: x, kind: smtp, settings: {smartHosts: [a.example], port: many}}]", "port is “many”")]
    [InlineData("connectors: [{name: x, kind: smtp, settings: {smartHosts: [a.example], port: 99999999999999999999}}]", "number of a sensible size")]
    [InlineData("connectors: [{name: x, kind: smtp, settings: {smartHosts: [a.example], port: 70000}}]", "The port must be 1 to 65,535")]
    [InlineData("connectors: [{name: x, kind: smtp, settings: {smartHosts: a.example}}]", "smartHosts must be a list")]
    [InlineData("connectors: [{name: x, kind: smtp, settings: {smartHosts: [a.example], tls: maybe}}]", "it can be Opportunistic, Required, Off")]
    [InlineData("connectors: [{name: x, kind: smtp, settings: {smartHosts: [a.example], idleTimeout: soon}}]", "a time is written as 90s")]
    [InlineData("connectors: [{name: x, kind: smtp, settings: {smartHosts: [a.example], allowPlainText: maybe}}]", "true or false")]
    [InlineData("connectors: [{name: x, kind: smtp, settings: {smartHosts: [a.example], password: hunter2}}]", "never written into this file")]
    [InlineData("connectors: [{name: x, kind: smtp, settings: {smartHosts: [a.example], password: {secret: n, value: v}}}]", "no “value”")]
    [InlineData("connectors: [{name: x, kind: smtp, settings: {smartHosts: [a.example], timeouts: 5s}}]", "timeouts must be a mapping")]
    [InlineData("connectors: [{name: x, kind: smtp, settings: {smartHosts: [a.example]}, addressSpaces: [{type: X400}]}]", "the type is “X400”")]
    [InlineData("connectors: [{name: x, kind: smtp, settings: {smartHosts: [a.example]}, addressSpaces: [{type: SMTP, pattern: 'a*.example'}]}]", "is not *, a domain")]
    [InlineData("connectors: [{name: x, kind: smtp, settings: {smartHosts: [a.example]}, addressSpaces: [{type: SMTP, cost: 0}]}]", "from 1 to 100")]
    [InlineData("connectors: [{name: x, kind: smtp, settings: {smartHosts: [a.example]}, addressSpaces: [{type: SMTP}, {type: smtp}]}]", "twice")]
    [InlineData("postOffices: [{system: CCMAIL, name: SALES, connector: nothing}]", "connector nothing, which is not defined")]
    [InlineData("postOffices: [{system: CCMAIL, name: SALES}]", "either connector")]
    [InlineData("postOffices: [{system: CCMAIL, name: SALES, connector: a, via: b}]", "either connector")]
    [InlineData("postOffices: [{system: CCMAIL, name: SALES, via: HUB}]", "via HUB, which is not defined")]
    [InlineData("postOffices: [{system: CCMAIL, name: A, via: B}, {system: CCMAIL, name: B, via: a}]", "goes in a circle")]
    [InlineData("postOffices: [{system: PROFS, name: A, via: B}]", "it can be CCMAIL or MS")]
    [InlineData("postOffices: [{system: MS, name: NETWORK, via: B}]", "is not NETWORK/POSTOFFICE")]
    [InlineData("postOffices: [{system: MS, name: SMTP/PO, via: B}]", "is reserved by MS Mail")]
    [InlineData("connectors: [{name: x, kind: smtp, settings: {smartHosts: [a.example]}, addressSpaces: [{type: MS}]}]", "carries SMTP only")]
    [InlineData("connectors: [{name: x, kind: smtp, settings: {smartHosts: [a.example]}}]\npostOffices: [{system: CCMAIL, name: A, connector: x}]", "of the kind ccmail")]
    [InlineData("sites: [{name: S, ccMailPostOffice: sales}]\npostOffices: [{system: CCMAIL, name: SALES, via: X}]", "post office name CCMAIL:sales is taken")]
    [InlineData("sites: [{name: S, msMailPostOffice: TOOLONGNETWORK/PO}]", "MS Mail allows 1 to 10")]
    [InlineData("sites: [{smtpDomains: [a.example]}]", "needs name")]
    [InlineData("sites: [{name: S, unknownRecipients: perhaps}]", "it can be refuse, forward")]
    [InlineData("sites: S", "sites must be a list")]
    [InlineData("sites: [S]", "must be a mapping")]
    [InlineData("listeners: [{name: a, port: 70000}]", "from 0 to 65535")]
    [InlineData("listeners: [{name: a, port: 26}, {name: b, port: 26}]", "is taken")]
    [InlineData("listeners: [{name: a, host: not.an.ip}]", "is not an IP address")]
    [InlineData("listeners: [{name: a, settings: {port: 5}}]", "no “port”")]
    [InlineData("entries: [{displayName: A, native: a@x.example, proxies: [A@x.example]}]", "twice")]
    [InlineData("entries: [{displayName: A, kind: robot, native: a@x.example}]", "it can be person, list, board")]
    [InlineData("entries: [{displayName: A}]", "needs native")]
    [InlineData("just words", "must begin with sections")]
    [InlineData("- a\n- b", "must begin with sections")]
    [InlineData("sites: [\n", "This is not YAML")]
    [InlineData("sites: []\nsites: []", "This is not YAML")]
    [InlineData("sites: &all []\nentries: *all", "An alias")]
    [InlineData("sites: []\n---\nsites: []", "more than one document")]
    public async Task A_fault_is_told_in_words(string yaml, string expected) =>
        (await FaultsAsync(yaml)).ShouldContain(fault => fault.Text.Contains(expected), string.Join('\n', await FaultsAsync(yaml)));

    [Fact]
    public async Task A_text_that_is_nested_without_end_is_refused()
    {
        (await FaultsAsync("sites: " + new string('[', 200_000))).ShouldHaveSingleItem().Text.ShouldContain("nested deeper");
    }

    [Fact]
    public async Task Every_cut_of_a_good_text_is_taken_or_refused_but_never_breaks()
    {
        const string text = "sites:\n  - {name: S, smtpDomains: [s.example]}\nconnectors:\n  - name: x\n    kind: smtp\n    settings: {smartHosts: [\"a.example\"], idleTimeout: 5s}\n";
        var file = new ConfigurationFile(database.DataSource, SettingsCatalog.Known);

        for (var length = 0; length <= text.Length; length++)
        {
            await file.PlanAsync(text[..length], default);
        }
    }

    private async Task<IReadOnlyList<ConfigurationFault>> FaultsAsync(string yaml) =>
        (await new ConfigurationFile(database.DataSource, SettingsCatalog.Known).ApplyAsync(yaml, new Operator("local:tester", [Role.Administrator], ""), default)).Faults;
}
