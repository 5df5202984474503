using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Postern.Domain.Access;
using Postern.Domain.Addresses;
using Postern.Domain.Routing;
using Postern.Domain.Routing.Map;
using Postern.Infrastructure.Audit;
using Postern.Web.Components.Configure;
using Postern.Web.Components.Routing;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Components.Routing;

public sealed class RoutingPartsTests
{
    [Fact]
    [Trait("source", "Q199534")]
    public async Task The_map_draws_where_mail_stops_and_says_the_same_to_who_cannot_see_it()
    {
        var model = ExampleRoutes.Model(ExampleRoutes.WrongWay);
        var proof = StructureProof.Of(model);
        using var map = await MapAsync(RouteDrawing.Of(new MapSubject(model.Table, proof.CounterExamples)));

        map.Body.QuerySelectorAll(".stop").Length.ShouldBe(1);
        map.Body.QuerySelectorAll("text.bad").Select(text => text.TextContent).ShouldBe(["undefined hub to", "HARBOR/SITE2"]);
        map.Body.QuerySelector("desc")!.TextContent.ShouldContain(proof.CounterExamples[0].Sentence);
        map.Body.QuerySelectorAll("a.hot").Select(box => box.GetAttribute("aria-label")).ShouldContain(
            "PIER2, via PIER1: post office HARBOR/PIER2; mail stops here: undefined hub to HARBOR/SITE2");
    }

    [Fact]
    public async Task Each_box_of_the_map_is_a_link_that_says_what_it_is_and_each_line_what_passes()
    {
        var drawing = RouteDrawing.Of(new MapSubject(ExampleRoutes.Model().Table, []) { Knowledge = new Dictionary<string, KnowledgeState> { [ExampleRoutes.Sales.Key] = KnowledgeState.Issued } });
        using var map = await MapAsync(drawing, new() { [ExampleRoutes.Sales.Key] = "411 a day", [ExampleRoutes.Pier2.Key] = "<1 a day", [MapSubject.KeyOfSite("SITE2")] = "37 a day" }, new() { ["msmail-harbor"] = "stopped" });

        map.Body.QuerySelector("svg.map")!.GetAttribute("role").ShouldBe("group");
        map.Body.QuerySelectorAll("a.nd").Select(box => box.GetAttribute("aria-label")).ShouldBe(
        [
            "Postern, 2 sites: all shadow post offices",
            "PIER1, by msmail-harbor: post office HARBOR/PIER1, reached directly", "PIER2, via PIER1, <1 a day: post office HARBOR/PIER2", "SALES, by ccmail-sales: post office SALES, reached directly; what it must know is issued; 411 a day to and from there",
            "SITE1, site1.example: site SITE1", "SITE2, site2.example: site SITE2; 37 a day to and from there", "Internet, default route: address space SMTP *, by backbone",
        ]);
        map.Body.QuerySelectorAll("a.nd")[2].GetAttribute("href").ShouldBe("/routes?of=MS%3AHARBOR%2FPIER2");
        map.Body.QuerySelectorAll("text.el").Select(text => text.TextContent).ShouldBe(["stopped", "411 a day", "nothing", "37 a day", "nothing"], ignoreOrder: true);
        map.Body.QuerySelectorAll("text.bad").Select(text => text.TextContent).ShouldBe(["stopped"]);
        map.Body.QuerySelectorAll("path.ind").Length.ShouldBe(2);
    }

    [Fact]
    public async Task Lines_say_nothing_while_their_traffic_is_not_known()
    {
        using var map = await PartRenderer.RenderAsync<RouteMap>(new Dictionary<string, object?>
        {
            ["Drawing"] = RouteDrawing.Of(new MapSubject(ExampleRoutes.Model().Table, [])),
            ["Title"] = "Route map of configuration 41",
            ["Roads"] = RouteRoads.Unknown,
        });

        map.Body.QuerySelectorAll("text.el").Select(text => text.TextContent).ShouldAllBe(text => text.Length == 0);
    }

    [Fact]
    public async Task Names_of_strangers_do_nothing_on_the_map()
    {
        var office = new PostOffice("CCMAIL", "<b>x</b>\u202EOFF", "ccmail-sales", "");
        using var map = await MapAsync(RouteDrawing.Of(new MapSubject(ExampleRoutes.Table(office), [])));

        map.Body.QuerySelectorAll("b").ShouldBeEmpty();
        map.Text.ShouldNotContain("\u202E");
    }

    [Fact]
    public async Task A_way_is_read_stop_by_stop_with_what_fails()
    {
        PathHop[] path = [new("PIER3", HopState.Fails), new("PIER2", HopState.NotReached), new("Postern", HopState.NotReached)];
        using var strip = await PartRenderer.RenderAsync<HopStrip>(new Dictionary<string, object?> { ["Path"] = path });

        strip.Body.QuerySelector("[role=img]")!.GetAttribute("aria-label").ShouldBe("PIER3, fails, then PIER2, not reached, then Postern, not reached");
        strip.Body.QuerySelectorAll(".hop").Select(hop => hop.ClassName!.Trim()).ShouldBe(["hop bad", "hop lost", "hop lost"]);
    }

    [Fact]
    [Trait("source", "Q199534")]
    [Trait("source", "Q148389")]
    public async Task A_counter_example_says_who_loses_what_and_what_mends_it()
    {
        var example = StructureProof.Of(ExampleRoutes.Model(ExampleRoutes.WrongWay)).CounterExamples.Single(found => found.To == "HARBOR/SITE2");
        using var part = await PartRenderer.RenderAsync<CounterExamplePart>(new Dictionary<string, object?> { ["Example"] = example });

        part.Body.QuerySelector("h3")!.TextContent.ShouldBe("Mail from HARBOR/PIER2 to HARBOR/SITE2 vanishes");
        part.Text.ShouldContain("MS Mail drops such mail without a report.");
        part.Text.ShouldContain("23 entries are seen at HARBOR/SITE2.");
        part.Text.ShouldContain("Add at HARBOR/PIER2: HARBOR/SITE2, indirect via HARBOR/PIER1");
    }

    [Fact]
    [Trait("source", "Q199534")]
    public async Task What_a_form_would_break_is_drawn_and_saved_all_the_same_only_with_a_reason_and_by_who_may()
    {
        var example = StructureProof.Of(ExampleRoutes.Model(ExampleRoutes.WrongWay)).CounterExamples.Single(found => found.To == "HARBOR/SITE2");
        var reasons = new List<string>();
        Task<PartRenderer> PanelAsync(Role role) => PartRenderer.RenderAsync<LossPanel>(new Dictionary<string, object?>
        {
            ["Losses"] = new RouteLosses([example], [example]),
            ["Person"] = new Operator("kim", [role], ""),
            ["OnAccept"] = EventCallback.Factory.Create<string>(this, reasons.Add),
        });

        using var editor = await PanelAsync(Role.RoutingEditor);
        using var administrator = await PanelAsync(Role.Administrator);
        await administrator.RaiseAsync("onclick", new MouseEventArgs());
        await administrator.RaiseAsync("oninput", new ChangeEventArgs { Value = " Moved on Monday " });
        await administrator.RaiseAsync("onclick", new MouseEventArgs());

        editor.Text.ShouldContain("Mail from HARBOR/PIER2 to HARBOR/SITE2 vanishes");
        editor.Text.ShouldContain("ask an administrator, who may accept it.");
        editor.Body.QuerySelector("button").ShouldBeNull();
        reasons.ShouldBe(["Moved on Monday"]);
    }

    [Fact]
    public async Task A_change_sheet_is_paper_with_the_screens_of_the_original_and_a_line_to_sign()
    {
        var sheet = ChangeSheet.Of(ExampleRoutes.Model(), ExampleRoutes.Pier2.Key, []);
        using var paper = await PartRenderer.RenderAsync<SheetPaper>(new Dictionary<string, object?> { ["Sheet"] = sheet, ["Since"] = sheet.Since(sheet with { Lines = [.. sheet.Lines.Skip(1)] }) });

        paper.Body.QuerySelector("h2")!.TextContent.ShouldBe("Change sheet, not issued for HARBOR/PIER2");
        paper.Body.QuerySelectorAll("ol > li").Length.ShouldBe(sheet.Lines.Count);
        paper.Body.QuerySelectorAll("td").Select(step => step.TextContent).ShouldContain("Route Indirect");
        paper.Body.QuerySelectorAll(".chip").Select(chip => chip.TextContent.Trim()).ShouldBe(["new"]);
        paper.Body.QuerySelectorAll(".sign").Length.ShouldBe(sheet.Lines.Count);
    }

    [Fact]
    public async Task A_sheet_without_lines_says_that_nothing_is_to_be_done()
    {
        using var paper = await PartRenderer.RenderAsync<SheetPaper>(new Dictionary<string, object?> { ["Sheet"] = new ChangeSheet("MS", "HARBOR/PIER1", []), ["Number"] = 12 });

        paper.Text.ShouldContain("Change sheet 12 for HARBOR/PIER1");
        paper.Text.ShouldContain("Nothing is to be entered here.");
    }

    [Fact]
    public async Task A_direction_of_a_mail_is_a_strip_its_steps_and_what_mends_it()
    {
        var way = RouteExplanation.Of(ExampleRoutes.Model(ExampleRoutes.WrongWay), ExampleRoutes.Pier2.Key, MailAddress.Parse("MS:HARBOR/SITE2/LINDQVIST")).There;
        using var part = await PartRenderer.RenderAsync<ExplainedWayPart>(new Dictionary<string, object?> { ["Title"] = "The mail", ["Way"] = way });

        part.Text.ShouldContain("does not arrive");
        part.Body.QuerySelectorAll("li").Select(step => step.TextContent).Last().ShouldContain("HARBOR/GONE");
        part.Body.QuerySelector("a.link")!.GetAttribute("href").ShouldBe("/routes/sheets?of=MS%3AHARBOR%2FPIER2");
    }

    [Fact]
    public async Task A_row_tells_how_sure_it_is_and_offers_only_what_can_be_said_of_it()
    {
        var line = RouteScene.Of(ExampleRoutes.Model(), [], [], [], ExampleRoutes.Pier2.Key, new HashSet<string>()).Lines[0];
        using var fresh = await PartRenderer.RenderAsync<DefinitionDrawer>(new Dictionary<string, object?> { ["Line"] = line });
        using var known = await PartRenderer.RenderAsync<DefinitionDrawer>(new Dictionary<string, object?> { ["Line"] = line with { Needed = line.Needed with { State = KnowledgeState.Confirmed } } });

        fresh.Text.ShouldContain("no change sheet asks for it yet");
        fresh.Body.QuerySelectorAll(".foot button").Select(button => button.TextContent.Trim()).ShouldBe(["It is there"]);
        known.Body.QuerySelectorAll(".foot button").Select(button => button.TextContent.Trim()).ShouldBe(["It is not there"]);
    }

    [Fact]
    [Trait("source", "Q199534")]
    public async Task Withheld_names_tell_what_they_wait_for_and_are_let_through_only_with_a_reason()
    {
        var withheld = Publication.Of(ExampleRoutes.Model()).From(ExampleRoutes.Pier2.Key).Single(kept => kept.Home.Entries == 23);
        using var part = await PartRenderer.RenderAsync<WithheldDrawer>(new Dictionary<string, object?> { ["Line"] = new WithheldLine(1, ExampleRoutes.Pier2, withheld, null) });

        part.Body.QuerySelector("h2")!.TextContent.ShouldBe("23 entries of HARBOR/SITE2 withheld from HARBOR/PIER2");
        part.Text.ShouldContain("at HARBOR/PIER2: HARBOR/SITE2, indirect via HARBOR/PIER1");
        part.Body.QuerySelector(".foot button")!.HasAttribute("disabled").ShouldBeTrue();
        await part.RaiseAsync("oninput", new ChangeEventArgs { Value = "They were told by telephone." });
        part.Body.QuerySelector(".foot button")!.HasAttribute("disabled").ShouldBeFalse();
    }

    [Fact]
    public void A_scene_finds_the_least_sure_row_of_each_post_office_and_marks_the_one_that_fails()
    {
        var model = ExampleRoutes.Model(ExampleRoutes.WrongWay, new Knowledge(new Definition("MS", "HARBOR/PIER2", "HARBOR/PIER1", ""), KnowledgeState.Confirmed));
        var scene = RouteScene.Of(model, StructureProof.Of(model).CounterExamples, [], [], "", new HashSet<string>());

        var pier2 = scene.Offices.Single(line => line.Office == ExampleRoutes.Pier2);
        (pier2.Confirmed, pier2.LeastSure, pier2.Findings).ShouldBe((1, KnowledgeState.Required, 1));
        scene.Lines.Where(line => line.IsBad).Select(line => line.Definition.ToString()).ShouldBe(["at HARBOR/PIER2: HARBOR/SITE2, indirect via HARBOR/PIER1"]);
        scene.Drawing.Nodes.Single(node => node.Key == ExampleRoutes.Pier2.Key).Knowledge.ShouldBe(KnowledgeState.Required);
    }

    [Fact]
    public void A_long_list_is_shown_by_the_hundred_and_an_address_that_means_nothing_begins_at_the_first()
    {
        int[] all = [.. Enumerable.Range(0, 250)];

        RowPages.Of(all, new Uri("http://x/routes"), "/routes").NextHref.ShouldBe("/routes?after=100");
        var second = RowPages.Of(all, new Uri("http://x/routes?after=100"), "/routes?view=offices");
        (second.Rows[0], second.Rows.Count, second.NextHref, second.FirstHref).ShouldBe((100, 100, "/routes?view=offices&after=200", "/routes?view=offices"));
        RowPages.Of(all, new Uri("http://x/routes?after=200"), "/routes").NextHref.ShouldBeNull();
        RowPages.Of(all, new Uri("http://x/routes?after=-7"), "/routes").Rows[0].ShouldBe(0);
    }

    private static Task<PartRenderer> MapAsync(RouteDrawing drawing, Dictionary<string, string>? traffic = null, Dictionary<string, string>? troubles = null) =>
        PartRenderer.RenderAsync<RouteMap>(new Dictionary<string, object?>
        {
            ["Drawing"] = drawing,
            ["Title"] = "Route map of configuration 41",
            ["Roads"] = new RouteRoads(traffic ?? [], troubles ?? []),
            ["HrefOf"] = (Func<MapNode, string>)(node => Urls.Routes("", node.Key)),
        });
}
