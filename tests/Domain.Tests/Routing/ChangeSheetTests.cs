using Postern.Domain.Routing;
using static Postern.Domain.Tests.Routing.TestNetwork;

namespace Postern.Domain.Tests.Routing;

public sealed class ChangeSheetTests
{
    private static readonly PostOffice[] PostOffices = [Direct("HARBOR/PIER1", "m"), Via("HARBOR/PIER2", "HARBOR/PIER1"), Direct("SALES", "c"), Via("WAREHSE", "SALES")];

    [Fact]
    [Trait("source", "Q199534")]
    public void A_missing_definition_is_entered_in_the_order_of_the_screens()
    {
        var line = Sheet("HARBOR/PIER2", Row("HARBOR/PIER2", "HARBOR/PIER1")).Lines.Single(line => line.Definition.Destination == "CORP/SITE2");

        line.Title.ShouldBe("HARBOR/PIER2 must learn the way to CORP/SITE2");
        line.Steps.ShouldBe(
        [
            new("Open", "External-Admin, post office HARBOR/PIER2"),
            new("Choose", "Create"),
            new("Enter", "Network CORP, Postoffice SITE2"),
            new("Choose", "Route Indirect"),
            new("Enter", "Via: Network HARBOR, Postoffice PIER1"),
            new("Press", "OK, and save"),
        ]);
    }

    [Fact]
    [Trait("source", "Q169328")]
    public void A_hub_is_entered_before_what_goes_through_it() =>
        Sheet("HARBOR/PIER2").Lines.Select(line => line.Definition.ToString()).ShouldBe(
            ["at HARBOR/PIER2: HARBOR/PIER1, direct", "at HARBOR/PIER2: CORP/SITE2, indirect via HARBOR/PIER1"]);

    [Fact]
    public void A_cc_mail_post_office_takes_its_hub_as_an_address() =>
        Sheet("WAREHSE", Row("WAREHSE", "SALES")).Lines.ShouldHaveSingleItem().Steps.Select(step => step.Text).ShouldBe(
            ["cc:Mail Admin, post office WAREHSE", "Manage Mail Directory", "Name: SITE2", "Location: P", "Address: SALES", "OK, and save"]);

    [Fact]
    public void What_is_confirmed_is_not_asked_for_again() =>
        Sheet("HARBOR/PIER2", Row("HARBOR/PIER2", "HARBOR/PIER1"), Row("HARBOR/PIER2", "CORP/SITE2", "HARBOR/PIER1")).Lines.ShouldBeEmpty();

    [Theory]
    [InlineData(KnowledgeState.Issued)]
    [InlineData(KnowledgeState.Stale)]
    public void What_is_not_sure_stays_on_the_sheet(KnowledgeState state) =>
        Sheet("HARBOR/PIER2", Row("HARBOR/PIER2", "HARBOR/PIER1"), Row("HARBOR/PIER2", "CORP/SITE2", "HARBOR/PIER1", state)).Lines.ShouldHaveSingleItem().Act.ShouldBe(SheetAct.Create);

    [Fact]
    [Trait("source", "Q197255")]
    public void Another_way_that_works_is_left_to_the_administrator_who_made_it() =>
        Sheet("HARBOR/PIER2", Row("HARBOR/PIER2", "HARBOR/PIER1"), Row("HARBOR/PIER2", "CORP/SITE2")).Lines.ShouldBeEmpty();

    [Fact]
    public void A_way_that_leads_nowhere_is_changed_with_what_stands_there_now()
    {
        var line = Sheet("HARBOR/PIER2", Row("HARBOR/PIER2", "HARBOR/PIER1"), Row("HARBOR/PIER2", "CORP/SITE2", "HARBOR/GONE")).Lines.ShouldHaveSingleItem();

        (line.Act, line.Before!.Via, line.Definition.Via).ShouldBe((SheetAct.Modify, "HARBOR/GONE", "HARBOR/PIER1"));
        line.Title.ShouldBe("HARBOR/PIER2 must take another way to CORP/SITE2");
    }

    [Fact]
    public void A_way_the_operator_wants_instead_goes_before_the_one_that_is_there()
    {
        var line = Sheet(
            "HARBOR/PIER2", Row("HARBOR/PIER2", "HARBOR/PIER1"), Row("HARBOR/PIER2", "CORP/SITE2", "HARBOR/PIER1"),
            Row("HARBOR/PIER2", "CORP/SITE2", "", KnowledgeState.Required)).Lines.ShouldHaveSingleItem();

        (line.Act, line.Definition.IsDirect, line.Steps[3].Text).ShouldBe((SheetAct.Modify, true, "Route Direct, by the line that leads there"));
    }

    [Fact]
    [Trait("source", "Q199036")]
    [Trait("source", "Q86625")]
    public void What_nobody_needs_is_taken_out_only_where_a_sheet_asked_for_it_and_hubs_last()
    {
        Knowledge[] rows =
        [
            Row("HARBOR/PIER2", "HARBOR/PIER1"), Row("HARBOR/PIER2", "CORP/SITE2", "HARBOR/PIER1"),
            Row("HARBOR/PIER2", "HARBOR/OLDHUB"), Row("HARBOR/PIER2", "HARBOR/OLD", "HARBOR/OLDHUB"), Row("HARBOR/PIER2", "HARBOR/THEIRS"),
        ];
        var asked = rows.Where(row => row.Definition.Destination != "HARBOR/THEIRS").Select(row => row.Definition).ToList();

        var lines = ChangeSheet.Of(Model(rows), Key("HARBOR/PIER2"), asked).Lines;

        lines.Select(line => (line.Act, line.Definition.Destination)).ShouldBe([(SheetAct.Delete, "HARBOR/OLD"), (SheetAct.Delete, "HARBOR/OLDHUB")]);
        lines[0].Steps.Select(step => step.Verb).ShouldBe(["Open", "Choose", "Enter", "Press"]);
    }

    [Fact]
    [Trait("source", "Q86625")]
    public void The_dependants_of_a_hub_are_the_rows_that_go_through_it_now()
    {
        Definition[] rows = [Row("HARBOR/PIER1", "HARBOR/X", "HARBOR/HUB").Definition, Row("HARBOR/PIER1", "HARBOR/Y", "harbor/hub").Definition, Row("HARBOR/PIER2", "HARBOR/Z", "HARBOR/HUB").Definition];

        ChangeSheet.DependantsOf(Row("HARBOR/PIER1", "HARBOR/HUB").Definition, rows).Select(row => row.Destination).ShouldBe(["HARBOR/X", "HARBOR/Y"]);
        ChangeSheet.DependantsOf(Row("HARBOR/PIER1", "HARBOR/HUB").Definition, []).ShouldBeEmpty();
    }

    [Fact]
    public void What_changed_since_the_last_sheet_is_told()
    {
        var issued = Sheet("HARBOR/PIER2");

        var now = ChangeSheet.Of(
            Model([Row("HARBOR/PIER2", "HARBOR/PIER1"), Row("HARBOR/PIER2", "CORP/SITE2", "", KnowledgeState.Required)]) with { Homes = [.. Homes, Backbone("SITE1", "CORP/SITE1")] }, Key("HARBOR/PIER2"), []);
        var changes = now.Since(issued);

        changes.New.Select(line => line.Definition.Destination).ShouldBe(["CORP/SITE1"]);
        changes.Changed.Select(line => line.Definition.ToString()).ShouldBe(["at HARBOR/PIER2: CORP/SITE2, direct"]);
        changes.Gone.Select(line => line.Definition.Destination).ShouldBe(["HARBOR/PIER1"]);
        now.Since(now).ShouldSatisfyAllConditions(same => same.New.ShouldBeEmpty(), same => same.Changed.ShouldBeEmpty(), same => same.Gone.ShouldBeEmpty());
    }

    private static readonly Home[] Homes = [Backbone("SITE2", "CORP/SITE2"), Backbone("SITE2", "SITE2")];

    private static ChangeSheet Sheet(string postOffice, params Knowledge[] rows) => ChangeSheet.Of(Model(rows), Key(postOffice), []);

    private static RouteModel Model(IReadOnlyList<Knowledge> rows) => TestNetwork.Model([Site("SITE1"), Site("SITE2")], PostOffices, Homes, rows);
}
