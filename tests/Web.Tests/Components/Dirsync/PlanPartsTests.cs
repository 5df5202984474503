using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Postern.Domain.Access;
using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Directory.Rows;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Dirsync;
using Postern.Web.Components.Dirsync;
using Postern.Web.Tests.Support;
using static Postern.Web.Tests.Components.Dirsync.ExamplePlans;

namespace Postern.Web.Tests.Components.Dirsync;

public sealed class PlanPartsTests
{
    [Theory]
    [InlineData("Lindqvist, Ann", "Lindqvist, Anna", "Lindqvist, Ann||", "Lindqvist, Ann|a|")]
    [InlineData("4471", "5471", "|4|471", "|5|471")]
    [InlineData("Okafor, Ngozi", "Okafor-Bell, Ngozi", "Okafor||, Ngozi", "Okafor|-Bell|, Ngozi")]
    [InlineData("e\u0301x", "e\u0300x", "|e\u0301|x", "|e\u0300|x")]
    [InlineData("same", "same", "|same|", "|same|")]
    [InlineData("", "new", "||", "|new|")]
    public void The_letters_that_differ_are_marked_and_none_is_taken_apart(string before, string after, string marked, string becomes)
    {
        var difference = TextDifference.Of(before, after);

        $"{difference.Before.Head}|{difference.Before.Changed}|{difference.Before.Tail}".ShouldBe(marked);
        $"{difference.After.Head}|{difference.After.Changed}|{difference.After.Tail}".ShouldBe(becomes);
    }

    [Fact]
    public void A_change_far_behind_in_a_long_text_is_still_shown()
    {
        var difference = TextDifference.Of(new string('a', 900) + "1" + new string('b', 900), new string('a', 900) + "2" + new string('b', 900));

        difference.Before.Changed.ShouldBe("1");
        difference.After.Changed.ShouldBe("2");
        difference.After.ToString().Length.ShouldBeLessThan(80);
    }

    [Fact]
    public async Task Each_class_shows_what_it_changes()
    {
        var renamed = new Change(ChangeClass.Rename, Row("Lindqvist, Ann", "CCMAIL:Lindqvist, Ann at SALES"), Row("Lindqvist, Anna", "CCMAIL:Lindqvist, Ann at SALES"));
        var moved = new Change(ChangeClass.Move, Row("Haddad, Rami", "CCMAIL:Haddad, Rami at WAREHSE"), Row("Haddad, Rami", "CCMAIL:Haddad, Rami at SALES"));
        var modified = new Change(ChangeClass.Modify, Row("Keane, Orla", "CCMAIL:Keane, Orla at SALES", ("phone", "4471"), ("office", "12")), Row("Keane, Orla", "CCMAIL:Keane, Orla at SALES", ("phone", "5471"), ("title", "Clerk")));

        (await CellAsync(Delete())).Text.ShouldBe("Aldous, Peter at SALES");
        (await CellAsync(new Change(ChangeClass.Add, null, Row("Sandoval, Luz", "luz@site2.example")))).Text.ShouldBe("Sandoval, Luz, luz@site2.example");
        (await CellAsync(renamed)).Text.ShouldBe("Lindqvist, AnnLindqvist, Anna");
        (await CellAsync(moved)).Body.QuerySelectorAll("del, ins").Select(part => part.TextContent).ShouldBe(["at WAREHSE", "at SALES"]);
        (await CellAsync(modified)).Text.ShouldBe("Office12and 2 more");
        (await CellAsync(renamed)).Body.QuerySelector("ins u")!.TextContent.ShouldBe("a");
        ChangeLines.Of(modified).Select(line => $"{line.Label}: {line.Before} > {line.After}").ShouldBe(["Office: 12 > ", "Phone: 4471 > 5471", "Title:  > Clerk"]);
    }

    [Fact]
    public async Task What_a_partner_sends_is_inert()
    {
        foreach (var (name, value) in HostileText.All)
        {
            var plain = Row("x", "x@evil.example", ("notes", value));
            var part = await CellAsync(new Change(ChangeClass.Modify, Row("x", "x@evil.example", ("notes", "before")), plain));
            var panel = await PartRenderer.RenderAsync<RowPanel>(new Dictionary<string, object?> { ["Row"] = Of(new Change(ChangeClass.Modify, Row("x", "x@evil.example"), plain), why: value, source: value, said: value, author: value, agreed: [value]) });

            HostileText.ActsIn(part.Body.TextContent + panel.Body.TextContent.Replace("\r", "", StringComparison.Ordinal)).ShouldBeEmpty(name);
            (part.Body.QuerySelectorAll("script, img, iframe, form").Length + panel.Body.QuerySelectorAll("script, img, iframe, form").Length).ShouldBe(0, name);
        }
    }

    [Fact]
    public async Task The_strip_counts_every_class_and_the_one_over_its_limit_is_red_with_the_limit_on_its_bar()
    {
        var plan = Plan();
        var part = await PartRenderer.RenderAsync<ClassStrip>(new Dictionary<string, object?> { ["Plan"] = plan, ["Limits"] = PlanLimits.Of(plan), ["HrefOf"] = (Func<ChangeClass, string>)(kind => $"/plans/7?class={kind}") });

        part.Body.QuerySelectorAll("a .v").Select(number => number.TextContent).ShouldBe(["41", "212", "6", "9", "37", "2"]);
        part.Body.QuerySelectorAll("a .s").Select(words => words.TextContent).ShouldBe(["automatic up to 100", "one approver", "one approver", "one approver", "over the limit of 25", "a person decides"]);
        var over = part.Body.QuerySelectorAll("a.over").ShouldHaveSingleItem();
        over.GetAttribute("href").ShouldBe("/plans/7?class=Delete");
        over.QuerySelector(".tick")!.GetAttribute("style").ShouldBe("left:67%");
        part.Body.QuerySelector("a .lim")!.GetAttribute("style").ShouldBe("width:41%");
    }

    [Fact]
    public void A_limit_in_percent_counts_where_it_is_the_lower_one()
    {
        PlanLimits.Of(Plan(limits: [new PlanThreshold(ChangeClass.Delete, 50, 2, 37, 1_284, true, "")]))[ChangeClass.Delete].ShouldBe(new PlanLimit(37, 25));
        PlanLimits.Of(Plan(limits: [new PlanThreshold(ChangeClass.Delete, null, 2, 37, 0, false, "")])).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_verdict_is_pressed_and_pressed_again_to_take_it_back()
    {
        var given = new List<string>();
        var open = await VerdictAsync(Of(Delete()), given);
        await open.RaiseAsync("onclick", new MouseEventArgs(), 0);
        await open.RaiseAsync("onclick", new MouseEventArgs(), 1);
        var rejected = await VerdictAsync(Of(Delete(), verdict: "rejected"), given);
        await rejected.RaiseAsync("onclick", new MouseEventArgs(), 1);

        given.ShouldBe(["approved", "rejected", "open"]);
        rejected.Body.QuerySelectorAll("button").Select(button => button.GetAttribute("aria-pressed")).ShouldBe(["false", "true"]);
    }

    [Fact]
    public async Task Who_already_agreed_is_said_where_a_second_one_is_needed()
    {
        var part = await VerdictAsync(Of(Delete(), agreed: "t.braun"), [], ApprovalMode.TwoApprovers);

        part.Body.QuerySelector("button")!.TextContent.ShouldBe("Approve too");
        part.Body.QuerySelector("button")!.GetAttribute("title").ShouldBe("t.braun agreed; one more is needed");
    }

    [Fact]
    public async Task Who_may_not_decide_sees_why_and_decides_nothing()
    {
        var given = new List<string>();
        var part = await PartRenderer.RenderAsync<VerdictButtons>(Parameters(Of(Delete()), given, ApprovalMode.Approve));
        part.Rights.Set(new Operator("v.ito", [Role.Viewer], ""));
        await part.RaiseAsync("onclick", new MouseEventArgs());

        given.ShouldBeEmpty();
        part.Rights.Refusal.ShouldNotBeNull().ShouldContain("v.ito may not change the directory");
    }

    [Theory]
    [InlineData(2, "done")]
    [InlineData(3, "refused")]
    [InlineData(1, "half done")]
    [InlineData(4, "not needed")]
    public async Task What_became_of_a_row_takes_the_place_of_its_buttons(int outcome, string word) =>
        (await VerdictAsync(Of(Delete(), verdict: "approved", outcome: outcome), [])).Text.ShouldBe(word);

    [Fact]
    public async Task A_class_that_is_never_applied_has_no_buttons()
    {
        var part = await VerdictAsync(Of(Delete()), [], ApprovalMode.Never);

        part.Text.ShouldBe("only shown");
        part.Body.QuerySelectorAll("button").ShouldBeEmpty();
    }

    [Fact]
    [Trait("source", "Q237588")]
    public async Task All_who_want_a_name_are_shown_and_the_holder_keeps_it_until_somebody_says_otherwise()
    {
        var given = new List<string>();
        var part = await PartRenderer.RenderAsync<CollisionCard>(new Dictionary<string, object?>
        {
            ["Rows"] = Smiths,
            ["Target"] = "sales",
            ["Rule"] = "cc:Mail does not tell upper from lower case.",
            ["OnGive"] = EventCallback.Factory.Create<(PlanRow Row, string Identity)>(this, found => given.Add(found.Identity)),
        });

        part.Text.ShouldContain("3 entries, one name at sales");
        part.Body.QuerySelectorAll("li").Select(side => side.ClassName).ShouldBe(["win", "", ""]);
        part.Body.QuerySelectorAll("li b").Select(name => name.TextContent).ShouldBe(["Smith, Jimmy", "SMITH, Jimmy", "Smith, jimmy"]);
        await part.RaiseAsync("onclick", new MouseEventArgs(), 1);
        part.Body.QuerySelectorAll("li")[1].TextContent.ShouldContain("keeps the name");
        part.Body.QuerySelectorAll("li")[0].TextContent.ShouldContain("loses the name");
        await part.RaiseAsync("onclick", new MouseEventArgs(), 3);
        given.ShouldBe(["two"]);
    }

    [Fact]
    public async Task A_name_that_the_directory_holds_by_itself_cannot_be_given_away()
    {
        var own = Smiths.Select(row => row with { Change = row.Change with { Sides = [.. row.Change.Sides.Select(side => side.Holds ? side with { IsOurs = false } : side)] } }).ToList();
        var part = await PartRenderer.RenderAsync<CollisionCard>(new Dictionary<string, object?> { ["Rows"] = own, ["Target"] = "sales", ["Rule"] = "x" });

        part.Text.ShouldContain("sales holds it by itself, so it can be changed only there.");
        part.Body.QuerySelectorAll("button")[0].HasAttribute("disabled").ShouldBeTrue();
    }

    [Fact]
    public async Task Names_are_edited_one_beside_the_other()
    {
        IReadOnlyDictionary<int, string>? typed = null;
        var part = await PartRenderer.RenderAsync<CollisionCard>(new Dictionary<string, object?>
        {
            ["Rows"] = Smiths,
            ["Target"] = "sales",
            ["Rule"] = "x",
            ["OnNames"] = EventCallback.Factory.Create<IReadOnlyDictionary<int, string>>(this, names => typed = names),
        });

        await part.RaiseAsync("onclick", new MouseEventArgs(), 5);
        await part.RaiseAsync("onchange", new ChangeEventArgs { Value = "Smith, James" }, 3);
        await part.RaiseAsync("onclick", new MouseEventArgs(), 3);

        typed.ShouldNotBeNull().ShouldBe(new Dictionary<int, string> { [10] = "Smith, James", [11] = "Smith, jimmy" });
    }

    [Fact]
    public async Task The_head_of_a_class_says_what_it_needs_and_who_agreed()
    {
        var part = await HeadAsync(ChangeClass.Delete, new ClassFigures(ChangeClass.Delete, 33, 0, 4, 3, [("t.braun", 31)]), null, []);

        part.Text.ShouldContain("37 deletes (2.9 % of 1,284 entries): more than 25, so a person looks at this plan first. Needs two approvers. t.braun approved 31.");
        part.Body.QuerySelectorAll("button").Select(button => button.TextContent.Trim()).ShouldBe(["Approve 33…", "Reject…"]);
    }

    [Fact]
    public async Task Rows_that_change_one_value_alone_are_offered_together()
    {
        var asked = new List<string>();
        var part = await HeadAsync(ChangeClass.Modify, new ClassFigures(ChangeClass.Modify, 212, 0, 0, 0, []), new ValueCount("phone", 204), asked);
        await part.RaiseAsync("onclick", new MouseEventArgs());

        part.Text.ShouldContain("204 change only Phone.");
        asked.ShouldBe(["phone"]);
    }

    [Fact]
    public async Task An_edited_row_says_its_values_and_which_are_left_out()
    {
        (string Name, RowValues Values)? saved = null;
        var row = Of(new Change(ChangeClass.Add, null, Row("Keane, Orla", "o@site2.example", ("phone", "4471"), ("office", "12"))));
        var part = await PartRenderer.RenderAsync<EditRow>(new Dictionary<string, object?> { ["Row"] = row, ["OnSave"] = EventCallback.Factory.Create<(string, RowValues)>(this, typed => saved = typed) });

        await part.RaiseAsync("onchange", new ChangeEventArgs { Value = "Keane, O." }, 0);
        await part.RaiseAsync("onchange", new ChangeEventArgs { Value = "" }, 1);
        await part.RaiseAsync("onchange", new ChangeEventArgs { Value = "title" }, 3);
        await part.RaiseAsync("onchange", new ChangeEventArgs { Value = "Clerk" }, 3);
        await part.RaiseAsync("onclick", new MouseEventArgs());

        saved!.Value.Name.ShouldBe("Keane, O.");
        saved.Value.Values.All().ShouldBe([KeyValuePair.Create("office", ""), KeyValuePair.Create("title", "Clerk")]);
    }

    [Fact]
    public async Task What_happened_to_an_entry_is_told_with_its_rule_and_its_approvers()
    {
        EntryChangeRow Past(ChangeClass kind, string? before, string? after, string direction = "in") => new(
            1, Now, "hr-table", direction, 7, 3, "id", 5, kind, before, before is null ? null : "a@site1.example", "phone=4471\n", after, after is null ? null : "b@site1.example", "phone=5471\n", "line 40,118", "phone", ["t.braun", "m.keller"]);
        var part = await PartRenderer.RenderAsync<EntryHistory>(new Dictionary<string, object?>
        {
            ["Changes"] = (IReadOnlyList<EntryChangeRow>)[Past(ChangeClass.Modify, "Keane, Orla", "Keane, Orla"), Past(ChangeClass.Delete, "Keane, Orla", null, "out"), Past(ChangeClass.Add, null, "<b>x</b>")],
        });

        part.Text.ShouldContain("Keane, Orla was changed: Phone “4471” became “5471”.From hr-table; phone. Approved by t.braun and m.keller. line 40,118");
        part.Text.ShouldContain("Keane, Orla was deleted at hr-table.");
        part.Body.QuerySelectorAll("b").ShouldBeEmpty();
        part.Body.QuerySelector("a")!.GetAttribute("href").ShouldBe("/plans/7?row=3&tab=row");
    }

    [Fact]
    public async Task A_plan_whose_source_moved_says_what_moved()
    {
        var part = await PartRenderer.RenderAsync<MovesBanner>(new Dictionary<string, object?>
        {
            ["Moves"] = new PlanMoves(6, Now.AddHours(-1), 250, 1, 2, 0, [new MovedRow(4, "Keane, Orla", "approved", ChangeClass.Modify), new MovedRow(null, "Yamada, Ken", "half approved", ChangeClass.Delete)]),
            ["HrefOf"] = (Func<int, string>)(ordinal => $"/plans/7?row={ordinal}"),
        });

        part.Text.ShouldContain("250 rows are as before and kept what was decided, 1 row moved and asks again, 2 are over.");
        await part.RaiseAsync("onclick", new MouseEventArgs());
        part.Text.ShouldContain("Keane, Orla, approved before: is proposed in another way and asks again");
        part.Body.QuerySelectorAll("li a").Select(link => link.GetAttribute("href")).ShouldBe(["/plans/7?row=4"]);
    }

    [Fact]
    public async Task How_far_a_plan_is_stands_under_its_rows()
    {
        (await FootAsync(Plan())).Text.ShouldBe("264 approved4 rejected 39 open Applied when every row is decided; deletes first.Apply 264 now…");
        (await FootAsync(Plan("applying", open: 0, done: 120))).Text.ShouldContain("Being applied: 120 of 264 done.");
        (await FootAsync(Plan("superseded"))).Text.ShouldContain("Overtaken by a newer plan");
    }

    [Fact]
    public void An_approval_shows_its_effect_before_it_is_given()
    {
        var counts = new PlanCounts { [ChangeClass.Delete] = 3, [ChangeClass.Add] = 1 };
        var effect = PlanEffects.Approve(new DecisionPreview(counts, 4, 2, 1, 3, 0, 0, "Three need somebody else too."), Plan(open: 4), "sales");

        effect.Title.ShouldBe("Approve 4 changes of sales");
        effect.Figures.Select(figure => $"{figure.Number} {figure.Text}").ShouldBe(["1 may be applied", "3 need a second", "0 stay as they are", "2 deliveries touched"]);
        effect.Lines.Select(line => $"{line.Count} {line.Text}").ShouldBe(["3 deletes. They leave the directory.", "1 add. They are new."]);
        effect.Consequence.ShouldContain("Nothing is applied before every row is decided.");
        effect.Button.ShouldBe("Approve 4");
        PlanEffects.Revert(Plan("applied", counts, open: 0, done: 4), null, "sales").Lines.Select(line => $"{line.Count} {line.Text}").ShouldBe(["3 that were deleted come back.", "1 that was added leaves again."]);
    }

    [Fact]
    public void A_plan_is_named_after_whose_entries_go_where()
    {
        PlanWords.Title(Plan(), "SITE1").ShouldBe("SITE1 to sales");
        PlanWords.Title(Plan(direction: "in"), "SITE1").ShouldBe("sales to SITE1");
        PlanWords.Title(Plan(), "").ShouldBe("Our directory to sales");
        PlanWords.ShortHash(Plan().Hash).ShouldBe("7c41·e09b");
        PlanWords.WhoWaits(Plan(), Now).ShouldBe("two approvers");
        PlanQuery.Parse("?class=delete&q=smith&verdict=open&row=3&tab=history&after=%00").ShouldBe(new PlanQuery(ChangeClass.Delete, "smith", "open", "", 0, 3, "history"));
        PlanQuery.Parse("?class=99&verdict=x&row=-1&tab=<b>").ShouldBe(new PlanQuery(null, "", "", "", 0, null, ""));
    }

    private static IReadOnlyList<PlanRow> Smiths { get; } = Collide();

    private static IReadOnlyList<PlanRow> Collide()
    {
        CollisionSide[] sides =
        [
            new("one", "Smith, Jimmy", "CCMAIL:Smith, Jimmy at SITE1", true, true), new("two", "SMITH, Jimmy", "CCMAIL:SMITH, Jimmy at SITE2", false, true), new("three", "Smith, jimmy", "CCMAIL:Smith, jimmy at SITE3", false, true),
        ];
        return [Of(new Change(ChangeClass.Collision, null, Row("SMITH, Jimmy", "CCMAIL:SMITH, Jimmy at SITE2")) { Sides = sides }, 10), Of(new Change(ChangeClass.Collision, null, Row("Smith, jimmy", "CCMAIL:Smith, jimmy at SITE3")) { Sides = sides }, 11)];
    }

    private static Task<PartRenderer> CellAsync(Change change) => PartRenderer.RenderAsync<ChangeCell>(new Dictionary<string, object?> { ["Change"] = change });

    private static Task<PartRenderer> FootAsync(PlanSummary plan) => PartRenderer.RenderAsync<PlanFoot>(new Dictionary<string, object?> { ["Plan"] = plan });

    private Task<PartRenderer> HeadAsync(ChangeClass kind, ClassFigures figures, ValueCount? alone, List<string> asked) => PartRenderer.RenderAsync<PlanGroup>(new Dictionary<string, object?>
    {
        ["Class"] = kind,
        ["Plan"] = Plan(),
        ["Figures"] = figures,
        ["Alone"] = alone,
        ["Shown"] = Counts[kind],
        ["Href"] = "/plans/7?class=x",
        ["OnApprove"] = EventCallback.Factory.Create<string>(this, asked.Add),
    });

    private Task<PartRenderer> VerdictAsync(PlanRow row, List<string> given, ApprovalMode mode = ApprovalMode.Approve) => PartRenderer.RenderAsync<VerdictButtons>(Parameters(row, given, mode));

    private Dictionary<string, object?> Parameters(PlanRow row, List<string> given, ApprovalMode mode) => new()
    {
        ["Row"] = row,
        ["Mode"] = mode,
        ["OnVerdict"] = EventCallback.Factory.Create<string>(this, given.Add),
    };
}
