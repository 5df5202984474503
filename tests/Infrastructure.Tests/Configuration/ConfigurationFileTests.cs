using Postern.Domain.Access;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Configuration;

public sealed class ConfigurationFileTests : IAsyncLifetime
{
    private const string Whole =
        """
        sites:
          - name: SITE1
            smtpDomains: [site1.example, Old.Site1.Example]
            ccMailPostOffice: SITE1
            msMailPostOffice: NET/SITE1
          - name: SITE2
            smtpDomains: [site2.example]
            unknownRecipients: forward
        connectors:
          - name: smart-host
            kind: smtp
            addressSpaces:
              - {type: SMTP, pattern: "*", cost: 10}
              - {type: SMTP, pattern: "*.partner.example"}
            settings:
              smartHosts: [mail.example:2600, "[::1]:25"]
              userName: postern
              password: {secret: relay}
              idleTimeout: 90s
              tls: required
              timeouts: {connect: 5s}
          - {name: spare, kind: smtp, state: stopped, settings: {smartHosts: [spare.example]}}
        listeners:
          - {name: smtp, port: 2526, settings: {relayNetworks: [10.1.0.0/16], maxSessions: 20}}
        entries:
          - displayName: Novak, Petra
            native: petra@site2.example
            proxies: [petra.novak@site1.example, "CCMAIL:Novak, Petra at SITE1"]
          - {displayName: "Group #1", kind: list, native: group@site2.example}
        """;

    private static readonly Operator Who = new("local:tester", [Role.Administrator], "try");

    private TestDatabase database = null!;

    private ConfigurationFile File => new(database.DataSource, SettingsCatalog.Known);

    public async ValueTask InitializeAsync() => database = await TestDatabase.CreateAsync();

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task What_is_asked_at_sign_in_and_where_the_audits_head_goes_goes_out_and_comes_in_to_the_byte()
    {
        const string Security = "security: { secondStepRoles: [routing-editor, Administrator, administrator], auditHeadTo: guard@ops.example }";

        var applied = await File.ApplyAsync(Security, Who, default);
        var text = await File.ExportAsync(default);
        var again = await File.ApplyAsync(text, Who, default);
        var wrong = await File.PlanAsync("security: { secondStepRoles: [boss], auditHeadTo: \"no address\", code: 1 }", default);
        var emptied = await File.ApplyAsync("security: {}", Who, default);

        applied.Differences.ShouldBe(
            ["~ security: auditHeadTo (empty) → guard@ops.example", "~ security: secondStepRoles[0] (none) → routing editor", "~ security: secondStepRoles[1] (none) → administrator"], ignoreOrder: true);
        text.ShouldContain("\nsecurity:\n  secondStepRoles:\n    - \"routing editor\"\n    - administrator\n  auditHeadTo: guard@ops.example\n");
        again.Differences.ShouldBeEmpty();
        wrong.Faults.Select(fault => fault.Text[..20]).ShouldBe(["Security has no “cod", "Security: there is n", "Security: “no addres"], ignoreOrder: true);
        emptied.Differences.Count.ShouldBe(3);
        (await File.ExportAsync(default)).ShouldContain("\nsecurity:\n  secondStepRoles: []\n  auditHeadTo: \"\"\n");
        await using var verify = database.DataSource.CreateCommand("select count(*) from audit where place is not null");
        (await verify.ExecuteScalarAsync()).ShouldBe(2L);
    }

    [Fact]
    public async Task Who_is_told_of_alerts_goes_out_and_comes_in_to_the_byte()
    {
        const string Alerts =
            """
            alerts:
              recipients: [duty@ops.example]
              webhooks: ["https://chat.example/hooks/1", "http://127.0.0.1:9000/x"]
              webhookSecret: {secret: hook}
              minimumSeverity: Error
              repeatAfter: 0
              delayNotice: 90m
            """;

        var applied = await ApplyAsync(Alerts);
        var text = await File.ExportAsync(default);
        var again = await ApplyAsync(text);

        applied.Faults.ShouldBeEmpty();
        applied.Differences.ShouldContain("~ alerts: recipients[0] (none) → duty@ops.example");
        applied.Differences.ShouldContain("~ alerts: delayNotice 4h → 90m");
        applied.Notes.ShouldBe(["The secret hook, which the alerts ask for, is not stored yet."]);
        again.Differences.ShouldBeEmpty();
        text.ShouldContain(
            """

            alerts:
              recipients:
                - duty@ops.example
              webhooks:
                - "https://chat.example/hooks/1"
                - "http://127.0.0.1:9000/x"
              webhookSecret:
                secret: hook
              minimumSeverity: error
              repeatAfter: 0s
              delayNotice: 90m

            """);
    }

    [Theory]
    [InlineData("alerts: {recipients: [nobody]}", "The recipient “nobody” is not an internet address.")]
    [InlineData("alerts: {webhooks: [\"file:///etc/passwd\"]}", "The webhook “file:///etc/passwd” is not an address that begins with https:// or http://")]
    [InlineData("alerts: {webhookSecret: hunter2}", "webhookSecret is never written into this file.")]
    [InlineData("alerts: {minimumSeverity: loud}", "minimumSeverity is “loud”; it can be warning, error.")]
    [InlineData("alerts: {repeatAfter: soon}", "repeatAfter is “soon”; a time is written as 90s")]
    [InlineData("alerts: {repeatAfter: 1s}", "Alerts are told again after 5 minutes to 30 days")]
    [InlineData("alerts: {recipient: [a@b.example]}", "Alerts has no “recipient”")]
    [InlineData("alerts: [a@b.example]", "Alerts must be a mapping")]
    public async Task Alerts_that_cannot_be_used_are_said(string yaml, string fault) =>
        (await ApplyAsync(yaml)).Faults.ShouldHaveSingleItem().Text.ShouldContain(fault);

    [Fact]
    public async Task What_is_exported_is_what_was_applied_and_applying_it_again_changes_nothing()
    {
        var applied = await ApplyAsync(Whole);
        var text = await File.ExportAsync(default);

        var again = await ApplyAsync(text);

        applied.Faults.ShouldBeEmpty();
        applied.Differences.Count.ShouldBe(7);
        again.Differences.ShouldBeEmpty();
        again.Version.ShouldBe(applied.Version);
        (await File.ExportAsync(default)).ShouldBe(text);
        (await ApplyAsync(Whole)).Differences.ShouldBeEmpty();
        text.ShouldContain(
            """
              - name: smart-host
                kind: smtp
                state: started
                addressSpaces:
                  - type: SMTP
                    pattern: "*"
                    cost: 10
                  - type: SMTP
                    pattern: "*.partner.example"
                    cost: 1
                settings:
                  idleTimeout: 90s
                  password:
                    secret: relay
                  smartHosts:
                    - "mail.example:2600"
                    - "[::1]:25"
                  timeouts:
                    connect: 5s
                  tls: Required
                  userName: postern
            """);
    }

    [Fact]
    public async Task The_order_and_spelling_of_the_file_do_not_matter()
    {
        await ApplyAsync(Whole);
        var text = await File.ExportAsync(default);
        await ApplyAsync("sites: []\nconnectors: []\npostOffices: []\nlisteners: []\nentries: []\n");

        await ApplyAsync(text);

        (await File.ExportAsync(default)).ShouldBe(text);
    }

    [Fact]
    public async Task A_plan_says_what_would_change_and_changes_nothing()
    {
        var before = await File.ExportAsync(default);

        var plan = await File.PlanAsync(Whole, default);

        plan.Differences.ShouldContain("+ connector smart-host");
        plan.Notes.ShouldContain(note => note.Contains("secret relay"));
        (await File.ExportAsync(default)).ShouldBe(before);
        (await NumberAsync("select version from configuration")).ShouldBe(1);
        (await NumberAsync("select count(*) from audit")).ShouldBe(0);
        (await ApplyAsync(Whole)).Differences.ShouldBe(plan.Differences);
    }

    [Fact]
    public async Task A_change_is_told_fact_by_fact_and_raises_the_version_once()
    {
        await ApplyAsync(Whole);

        var result = await ApplyAsync(
            Whole.Replace("port: 2526", "port: 2527").Replace("cost: 10", "cost: 20").Replace("idleTimeout: 90s", "idleTimeout: 2m")
                .Replace("proxies: [petra.novak@site1.example, ", "proxies: [petra.n@site1.example, ").Replace("unknownRecipients: forward", ""));

        result.Differences.ShouldBe(
        [
            "~ site SITE2: unknownRecipients forward → refuse",
            "~ connector smart-host: addressSpaces[SMTP *] cost 10 → cost 20",
            "~ connector smart-host: settings.idleTimeout 00:01:30 → 00:02:00",
            "~ listener smtp: port 2526 → 2527",
            "~ entry petra@site2.example: proxies[0] petra.novak@site1.example → petra.n@site1.example",
        ]);
        result.Version.ShouldBe(3);
        (await NumberAsync("select version from configuration")).ShouldBe(3);
        (await TextAsync("select actor || ' ' || verb || ' ' || target || ' ' || (details -> 'count') from audit order by id desc limit 1"))
            .ShouldBe("local:tester apply configuration version 3 5");
    }

    [Fact]
    public async Task A_section_in_the_file_is_the_whole_truth_and_one_that_is_not_stays()
    {
        await ApplyAsync(Whole);

        var result = await ApplyAsync("entries:\n  - {displayName: New, native: new@site2.example}\n");

        result.Differences.ShouldBe(["- entry group@site2.example", "+ entry new@site2.example", "- entry petra@site2.example"]);
        (await NumberAsync("select count(*) from site")).ShouldBe(2);
        (await NumberAsync("select count(*) from entry_address")).ShouldBe(1);
    }

    [Fact]
    [Trait("source", "Q200564")]
    [Trait("source", "Q234665")]
    public async Task An_address_moves_from_one_entry_to_another_in_one_go()
    {
        await ApplyAsync("entries: [{displayName: A, native: a@x.example, proxies: [info@x.example]}, {displayName: B, native: b@x.example}]");

        var result = await ApplyAsync("entries: [{displayName: A, native: a@x.example}, {displayName: B, native: b@x.example, proxies: [info@x.example]}]");

        result.Faults.ShouldBeEmpty();
        (await TextAsync("select display_name from entry join entry_address a on a.entry_id = entry.id where address = 'info@x.example'")).ShouldBe("B");
    }

    [Fact]
    public async Task A_swap_of_mailbox_and_proxy_keeps_both()
    {
        await ApplyAsync("entries: [{displayName: A, native: a@x.example, proxies: [b@x.example]}]");

        (await ApplyAsync("entries: [{displayName: A, native: b@x.example, proxies: [a@x.example]}]")).Faults.ShouldBeEmpty();

        (await TextAsync("select address from entry_address where is_native")).ShouldBe("b@x.example");
    }

    [Fact]
    public async Task A_connector_whose_mail_waits_is_not_removed()
    {
        await ApplyAsync(Whole);
        await ExecuteAsync(
            """
            insert into delivery (id, message_id, last_id, transfer_id, accepted_at, connector_id, destination, recipient, sender, size, state, due_at, expires_at, route_version)
                 select 2, 1, 2, 2, now(), id, 'x', 'a@b.example', '', 1, 'queued', now(), now(), 1 from connector where name = 'spare'
            """);

        var result = await ApplyAsync("connectors: []");

        result.Faults.ShouldHaveSingleItem().Text.ShouldContain("1 deliveries wait for it");
        (await NumberAsync("select count(*) from connector")).ShouldBe(2);
    }

    [Fact]
    public async Task Ten_thousand_entries_go_in_and_out()
    {
        var text = "entries:\n" + string.Concat(Enumerable.Range(0, 10_000).Select(i => $"  - displayName: P{i}\n    native: p{i}@x.example\n    proxies:\n      - q{i}@x.example\n"));

        (await ApplyAsync(text)).Differences.Count.ShouldBe(10_000);
        (await ApplyAsync(await File.ExportAsync(default))).Differences.ShouldBeEmpty();
    }

    [Fact]
    public async Task Changes_at_the_same_time_follow_each_other()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => ApplyAsync($"sites: [{{name: S{i}}}]")));

        (await NumberAsync("select count(*) from site")).ShouldBe(1);
        (await NumberAsync("select version from configuration")).ShouldBe(9);
        (await NumberAsync("select count(*) from audit")).ShouldBe(8);
    }

    private Task<ConfigurationResult> ApplyAsync(string yaml) => File.ApplyAsync(yaml, Who, default);

    private async Task<long> NumberAsync(string sql) => (long)(await ScalarAsync(sql))!;

    private async Task<string> TextAsync(string sql) => (string)(await ScalarAsync(sql))!;

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
