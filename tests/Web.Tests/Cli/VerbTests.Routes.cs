namespace Postern.Web.Tests.Cli;

public sealed partial class VerbTests
{
    [Fact]
    [Trait("source", "Q199534")]
    public async Task Routes_are_explained_from_a_post_office_entered_by_a_sheet_drafted_activated_and_brought_back()
    {
        await postern.QueryAsync(
            """
            update site set ccmail_post_office = 'HOME', msmail_network = '', msmail_post_office = '';
            insert into connector (name, kind, desired_state, settings) values ('harbour', 'ccmail', 'stopped', '{"postOfficeName": "QUAY", "siteName": "HOME"}');
            insert into post_office (system, name, connector_id) select 'CCMAIL', 'QUAY', id from connector where name = 'harbour';
            insert into entry (display_name) values ('Quinn');
            insert into entry_address (entry_id, type, address, key, is_native) select id, 'CCMAIL', 'CCMAIL:Quinn, Q at QUAY', 'q', true from entry where display_name = 'Quinn';
            update configuration set version = version + 1;
            insert into route_draft (name, made_by, changed_by, base_version, base, content)
            select 'second space', 'kim', 'kim', 1, '{"sites":[],"postOffices":[],"spaces":[]}', '{"sites":[],"postOffices":[],"spaces":[{"type":"SMTP","pattern":"far.example","cost":3,"connector":"smart"}]}';
            """);

        var explained = await postern.VerbAsync("route", "explain", "x@far.example", "--from", "quay");
        var both = await postern.VerbAsync("route", "explain", "jane@site1.example", "--from", "QUAY", "--came-by", "smart");
        var sheet = await postern.VerbAsync("route", "sheet", "CCMAIL:QUAY");
        var issued = await postern.VerbAsync("route", "sheet", "QUAY", "--issue", "--json");
        var drafts = await postern.VerbAsync("route", "drafts");
        var activated = await postern.VerbAsync("route", "activate", "SECOND SPACE", "--json");
        var history = await postern.VerbAsync("route", "history", "--json");
        var table = await postern.VerbAsync("route", "table");
        var before = await postern.VerbAsync("route", "table", "--previous");
        var version = activated.Json.GetProperty("version").GetInt64();
        var returned = await postern.VerbAsync("route", "return", $"{version - 1}", "--reason", "too early");
        var missing = await postern.VerbAsync("route", "activate", "nothing");

        (explained.ExitCode, both.ExitCode, sheet.ExitCode, issued.ExitCode, drafts.ExitCode, activated.ExitCode, returned.ExitCode, missing.ExitCode).ShouldBe((1, 2, 1, 0, 0, 0, 0, 3));
        explained.Output.ShouldContain("QUAY cannot write to x@far.example");
        explained.Output.ShouldEndWith("It does not arrive.\n");
        sheet.Output.ShouldStartWith("Draft of sheet 1 for the post office QUAY\n\n1. QUAY must learn the way to HOME\n   Open: cc:Mail Admin, post office QUAY\n");
        (issued.Json.GetProperty("number").GetInt32(), issued.Json.GetProperty("issued").GetBoolean()).ShouldBe((1, true));
        drafts.Output.ShouldBe("second space: 1 change, last by kim\n  + address space SMTP far.example of smart: cost 3\n");
        history.Json.GetProperty("versions")[0].GetProperty("draft").GetString().ShouldBe("second space");
        table.Output.ShouldMatch(@"(?m)^SMTP +far\.example +3 +smart +address space$");
        table.Output.ShouldMatch(@"(?m)^CCMAIL +QUAY +harbour +direct$");
        before.Output.ShouldNotContain("far.example");
        returned.Output.ShouldContain("  - address space SMTP far.example of smart: cost 3\n");
    }
}
