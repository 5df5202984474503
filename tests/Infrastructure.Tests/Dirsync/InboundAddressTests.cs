using Postern.Domain.Addresses;
using Postern.Domain.Directory.Merging;
using Postern.Infrastructure.Dirsync;
using Postern.Infrastructure.Tests.Dirsync.Support;

namespace Postern.Infrastructure.Tests.Dirsync;

/// <summary>Which addresses an entry gets that a partner gave: made by a template, held off for a former holder, left to whoever has them.</summary>
public sealed class InboundAddressTests
{
    private static readonly SyncRules Takes = DirsyncHouse.Automatic with { GivesEntries = false, OwnedHomes = ["site1.example", "CCMAIL:SALES"] };

    [Fact]
    [Trait("source", "Q142266")]
    [Trait("source", "Q197255")]
    public async Task Addresses_are_made_once_are_numbered_on_a_clash_and_stay_whatever_the_template_says_later()
    {
        await using var house = await DirsyncHouse.CreateAsync("""entries: [{displayName: "Own", native: jane.doe@home.example}]""");
        var directory = house.Kind["site1"];
        directory.Put("Doe, Jane", "CCMAIL:Doe, Jane at SALES", "m1");
        directory.Put("Doe, Jane", "CCMAIL:Doe, Jane B at SALES", "m2");
        directory.Put(new() { Name = "Own, Address", Address = MailAddress.Parse("CCMAIL:Own, Address at SALES"), Proxies = [MailAddress.Parse("mine@home.example")] }, "m3");
        var rules = Takes with { Import = new ImportRules { AddressTemplates = new Dictionary<string, string> { ["SMTP"] = "%g.%s@home.example" } } };
        var partner = await house.AddAsync("site1", rules);

        var first = await house.RunAsync(partner);

        (await house.ListingAsync()).ShouldBe(
        [
            "Doe, Jane (CCMAIL:Doe, Jane B at SALES) Jane.Doe3@home.example < site1", "Doe, Jane (CCMAIL:Doe, Jane at SALES) Jane.Doe2@home.example < site1",
            "Own, Address (CCMAIL:Own, Address at SALES) mine@home.example < site1", "Own (jane.doe@home.example)",
        ], ignoreOrder: true);
        (await house.RowsAsync(first.Plans[0]))[0].Why.ShouldContain("is made by the template SMTP:%g.%s@home.example.");
        partner = await house.ChangeAsync(partner, rules with { Import = new ImportRules { AddressTemplates = new Dictionary<string, string> { ["SMTP"] = "%s@else.example" } } });
        (await house.RunAsync(partner)).Changes.ShouldBe(0);
        partner = await house.ChangeAsync(partner, Takes);
        (await house.RunAsync(partner)).Changes.ShouldBe(0);
    }

    [Fact]
    [Trait("source", "Q142266")]
    public async Task A_changed_template_becomes_a_plan_when_somebody_asks_and_the_addresses_before_stay_as_further_ones()
    {
        await using var house = await DirsyncHouse.CreateAsync("""entries: [{displayName: "Own", native: rroe@home.example}]""");
        var directory = house.Kind["site1"];
        directory.Put("Doe, Jane", "CCMAIL:Doe, Jane at SALES", "m1");
        directory.Put("Roe, Rick", "CCMAIL:Roe, Rick at SALES", "m2");
        directory.Put(new() { Name = "Poe, Paul", Address = MailAddress.Parse("CCMAIL:Poe, Paul at SALES"), Proxies = [MailAddress.Parse("pp@home.example")] }, "m3");
        var rules = Takes with { Import = new ImportRules { AddressTemplates = new Dictionary<string, string> { ["SMTP"] = "%g.%s@home.example" } } };
        var partner = await house.AddAsync("site1", rules);
        await house.RunAsync(partner);
        (await house.Cycles.ReaddressAsync(partner.Id, DirsyncHouse.Admin, default)).ShouldSatisfyAllConditions(nothing => nothing.Plans.ShouldBeEmpty(), nothing => nothing.Fault.ShouldBeEmpty());

        partner = await house.ChangeAsync(partner, rules with { Import = new ImportRules { AddressTemplates = new Dictionary<string, string> { ["SMTP"] = "%1g%s@home.example" } } });
        var plan = (await house.Cycles.ReaddressAsync(partner.Id, DirsyncHouse.Admin, default)).Plans.ShouldHaveSingleItem();

        (await house.RowsAsync(plan)).Select(row => (row.Change.Class, row.Verdict, row.Why)).ShouldBe(
        [
            (ChangeClass.Modify, "open", "JDoe@home.example is made by the template SMTP:%1g%s@home.example."), (ChangeClass.Modify, "open", "RRoe2@home.example is made by the template SMTP:%1g%s@home.example."),
        ], ignoreOrder: true);
        await house.ApproveAsync(plan);
        (await house.ListingAsync()).ShouldBe(
        [
            "Doe, Jane (CCMAIL:Doe, Jane at SALES) JDoe@home.example Jane.Doe@home.example < site1", "Own (rroe@home.example)", "Poe, Paul (CCMAIL:Poe, Paul at SALES) pp@home.example < site1",
            "Roe, Rick (CCMAIL:Roe, Rick at SALES) RRoe2@home.example Rick.Roe@home.example < site1",
        ], ignoreOrder: true);
        (await house.RunAsync(partner)).Changes.ShouldBe(0);
        (await house.Cycles.ReaddressAsync(partner.Id, DirsyncHouse.Admin, default)).Plans.ShouldBeEmpty();
    }

    [Fact]
    [Trait("source", "Q166581")]
    public async Task A_namesake_does_not_get_the_addresses_of_somebody_who_left_until_the_hold_off_is_over()
    {
        await using var house = await DirsyncHouse.CreateAsync();
        var directory = house.Kind["site1"];
        var gone = directory.Put("Smith, John", "CCMAIL:Smith, John at SALES");
        var partner = await house.AddAsync("site1", Takes with { Import = new ImportRules { AddressTemplates = new Dictionary<string, string> { ["SMTP"] = "%g.%s@home.example" } } });
        await house.RunAsync(partner);
        directory.Remove(gone);
        await house.RunAsync(partner);

        directory.Put("Smith, John", "CCMAIL:Smith, John at SALES");
        directory.Put(new() { Name = "Other, One", Address = MailAddress.Parse("CCMAIL:Other, One at SALES"), Proxies = [MailAddress.Parse("john.smith@home.example"), MailAddress.Parse("one@home.example")] });
        await house.RunAsync(partner);

        (await house.ListingAsync()).ShouldBe(
            ["Other, One (CCMAIL:Other, One at SALES) one@home.example < site1", "Smith, John (CCMAIL:Smith, John at SALES) John.Smith2@home.example < site1"]);
        (await house.NotesAsync()).ShouldContain(note => note.StartsWith("john.smith@home.example is left out at Other, One: Smith, John had it until ", StringComparison.Ordinal));
        await house.ExecuteAsync("update former_address set gone_at = now() - interval '91 days'");
        await house.RunAsync(partner);
        (await house.ListingAsync())[0].ShouldBe("Other, One (CCMAIL:Other, One at SALES) john.smith@home.example one@home.example < site1");
    }

    [Fact]
    [Trait("source", "Q192023")]
    [Trait("source", "Q155727")]
    public async Task A_further_address_that_somebody_has_is_left_out_and_the_same_mailbox_put_in_by_hand_is_taken_over()
    {
        await using var house = await DirsyncHouse.CreateAsync(
            """
            entries:
              - {displayName: "Put in by hand", native: "CCMAIL:Doe, Jane at SALES", proxies: [jd@home.example]}
              - {displayName: "Holder", native: holder@home.example, proxies: ["CCMAIL:Roe, Rick at SALES"]}
            """);
        var directory = house.Kind["site1"];
        directory.Put(new() { Name = "Doe, Jane", Address = MailAddress.Parse("CCMAIL:Doe, Jane at SALES"), Proxies = [MailAddress.Parse("holder@home.example")] });
        directory.Put("Roe, Rick", "CCMAIL:Roe, Rick at SALES");
        var partner = await house.AddAsync("site1", Takes);

        var result = await house.RunAsync(partner);

        var rows = await house.RowsAsync(result.Plans[0]);
        rows.Select(row => row.Change.Class).ShouldBe([ChangeClass.Rename, ChangeClass.Collision]);
        rows[1].Change.Sides.Select(side => $"{side.Name} {side.Holds}").ShouldBe(["Holder True", "Roe, Rick False"]);
        (await house.ListingAsync()).ShouldBe(["Doe, Jane (CCMAIL:Doe, Jane at SALES) jd@home.example < site1", "Holder (holder@home.example) CCMAIL:Roe, Rick at SALES"]);
        (await house.NotesAsync()).ShouldContain("holder@home.example is left out at Doe, Jane: it belongs to Holder.");
        (await house.RunAsync(partner)).Changes.ShouldBe(0);
    }
}
