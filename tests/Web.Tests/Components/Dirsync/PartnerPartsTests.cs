using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Postern.Domain.Directory.Canaries;
using Postern.Domain.Directory.Dirsync;
using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Directory.Rows;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Dirsync;
using Postern.Infrastructure.Dirsync.Csv;
using Postern.Infrastructure.Dirsync.Requestor;
using Postern.Web.Components.Configure;
using Postern.Web.Components.Dirsync;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Components.Dirsync;

public sealed class PartnerPartsTests
{
    [Fact]
    public void Rules_come_back_from_their_fields_as_they_went_in()
    {
        var rules = new SyncRules
        {
            GivesEntries = false,
            OwnedHomes = ["site2.example", "CCMAIL:SALES"],
            HoldOffDays = 30,
            TellApprovers = ["a@site1.example"],
            Import = new ImportRules { Only = ["ou=people"], Trust = 50, Container = "guests", Containers = new Dictionary<string, string> { ["a"] = "b" }, AddressTemplates = new Dictionary<string, string> { ["SMTP"] = "%g.%s@site1.example" } },
            Export = new ExportRules { Mesh = "north", Kinds = [RowKind.List], Values = ["phone"], NameTemplate = "%s, %g", ExportsGiven = true, TrustLimit = 10, Containers = ["x"] },
            ImportConsent = new ConsentRules { Delete = ApprovalMode.TwoApprovers, Add = ApprovalMode.Automatic, Thresholds = [new Threshold(ChangeClass.Delete, 3, 2.5m), new Threshold(null, 100, null)] },
            Schedule = new ScheduleRules { Grid = "Mon-Fri 02:00", Zone = "Europe/Berlin" },
        };

        var texts = RuleFields.Texts(rules);
        var faults = new List<DraftFault>();
        var read = RuleFields.Read(path => texts[path], faults);

        faults.ShouldBeEmpty();
        RuleFields.Texts(read).ShouldBe(texts);
        read.ImportConsent.Thresholds.ShouldBe(rules.ImportConsent.Thresholds);
        texts.Keys.Order().ShouldBe(RuleFields.Fields.Select(field => field.Path).Order());
        RuleFields.Fields.ShouldAllBe(field => RuleFields.Texts(new SyncRules())[field.Path] == field.Default);
    }

    [Fact]
    public void What_cannot_be_read_is_said_at_its_field()
    {
        var texts = new Dictionary<string, string>(RuleFields.Texts(new SyncRules()))
        {
            ["rules.holdOffDays"] = "soon",
            ["rules.export.kinds"] = "Person\nRobot",
            ["rules.import.addressTemplates"] = "SMTP %g",
            ["rules.importConsent.delete.number"] = "-3",
            ["rules.exportConsent.all.percent"] = "120",
        };
        var faults = new List<DraftFault>();
        RuleFields.Read(path => texts[path], faults);

        faults.Select(fault => fault.Path).Order().ShouldBe(["rules.export.kinds", "rules.exportConsent.all.percent", "rules.holdOffDays", "rules.import.addressTemplates", "rules.importConsent.delete.number"]);
        RuleFields.Placed(new PartnerFault("rules.ownedHomes[2]", "x")).Path.ShouldBe("rules.ownedHomes");
        RuleFields.Placed(new PartnerFault("rules.import.addressTemplates.SMTP", "x")).Path.ShouldBe("rules.import.addressTemplates");
    }

    [Fact]
    public void A_form_reads_settings_of_a_kind_and_says_which_cannot_be_used()
    {
        var kind = new CsvPartners(Infrastructure.Connectors.AllowedPaths.None, TimeProvider.System);
        var form = new PartnerForm(kind, new Partner(3, "hr", "csv", """{"readFile":"/srv/hr.csv","codePage":850}""", new SyncRules(), true, 0, 4));

        form.Fields["settings.codePage"].ShouldBe("850");
        form.Fields["settings.rest"].ShouldBe("10s");
        form.Fields["settings.codePage"] = "four";
        form.Fields["settings.columns"] = "department = Division";
        var draft = form.ToDraft();
        form.Fields.FaultOf("settings.codePage").ShouldNotBeNull().ShouldContain("four");
        form.Fields["settings.codePage"] = "437";
        draft = form.ToDraft();
        form.Fields.Faults.ShouldBeEmpty();
        draft.Settings.ShouldBe("""{"codePage":437,"columns":["department = Division"],"readFile":"/srv/hr.csv"}""");
        (draft.Id, draft.Name, draft.IsEnabled, form.Fields.Changes).ShouldBe((3L, "hr", true, 2));

        form.Rebase(new Partner(3, "hr", "csv", """{"readFile":"/srv/people.csv","codePage":1252}""", new SyncRules { HoldOffDays = 5 }, true, 0, 5));
        (form.Fields["settings.readFile"], form.Fields["rules.holdOffDays"], form.Fields["settings.codePage"], form.Fields.Theirs("settings.codePage")).ShouldBe(("/srv/people.csv", "5", "437", "1252"));
        form.Tabs.ShouldBe(["General", "Files", "Columns", "What is taken", "What is given", "Consent", "Schedule", "Canary"]);
    }

    [Fact]
    public async Task Consent_and_limits_of_each_class_are_set_in_one_table()
    {
        var form = new ItemForm("partners", RuleFields.Fields, RuleFields.Texts(new SyncRules()), isNew: false);
        var part = await PartRenderer.RenderAsync<ConsentTable>(new Dictionary<string, object?> { ["Form"] = form });

        part.Body.QuerySelectorAll("tbody").Length.ShouldBe(2);
        part.Body.QuerySelectorAll("tbody tr").Length.ShouldBe(12);
        await part.RaiseAsync("onchange", new ChangeEventArgs { Value = "TwoApprovers" });
        await part.RaiseAsync("onchange", new ChangeEventArgs { Value = " 3 " }, 1);

        (form["rules.importConsent.delete"], form["rules.importConsent.delete.number"], form.Changes).ShouldBe(("TwoApprovers", "3", 2));
        part.Body.QuerySelectorAll("input").ShouldAllBe(field => field.GetAttribute("aria-label")!.Length > 0);
    }

    [Fact]
    [Trait("source", "Q119111")]
    public async Task A_week_is_painted_with_keys()
    {
        var set = "";
        var part = await WeekAsync("", grid => set = grid);

        await part.RaiseAsync("onfocus", new FocusEventArgs());
        await part.PressAsync(" ");
        set.ShouldBe("Mon 02:00");
        await part.PressAsync("ArrowDown");
        await part.PressAsync("Shift+ArrowRight");
        await part.PressAsync("Shift+ArrowRight");
        await part.PressAsync("Shift+ArrowDown");
        await part.PressAsync(" ");
        set.ShouldBe("Mon 02:00; Tue-Wed 02:00-02:45");
        await part.PressAsync("Home");
        part.Text.ShouldContain("Wed 00:00, none begins");
        await part.RaiseAsync("onblur", new FocusEventArgs());
        await part.PressAsync(" ");
        set.ShouldBe("Mon 02:00; Tue-Wed 02:00-02:45");
    }

    [Fact]
    public async Task A_week_is_painted_with_the_pointer_and_taken_out_where_it_was_set()
    {
        var set = "";
        var part = await WeekAsync("Mon-Fri 08:00-12:00", grid => set = grid);

        await part.RaiseAsync("onpointerdown", At(5, 8));
        await part.RaiseAsync("onpointermove", At(6, 9));
        await part.RaiseAsync("onpointerup", At(6, 9));
        set.ShouldBe("Mon-Fri 08:00-12:00; Sat-Sun 02:00, 02:15".Replace("02:00, 02:15", "02:00-02:30", StringComparison.Ordinal));
        await part.RaiseAsync("onpointerdown", At(0, 32));
        await part.RaiseAsync("onpointermove", At(4, 95));
        await part.RaiseAsync("onpointerup", At(4, 95));
        set.ShouldBe("Sat-Sun 02:00-02:30");
    }

    [Fact]
    public void A_column_that_gets_another_meaning_is_written_as_a_line_and_one_that_is_guessed_is_not()
    {
        string[] titles = ["Display Name", "E-Mail", "Division", "Phone"];

        CsvLines.Mapped(titles, "", "Division", "department").ShouldBe("department = Division");
        CsvLines.Mapped(titles, "department = Division", "Division", "").ShouldBe("");
        CsvLines.Mapped(titles, "", "Phone", "").ShouldBe("phone =");
        CsvLines.Mapped(titles, "phone =", "Phone", "phone").ShouldBe("");
        CsvLines.Mapped(titles, "", "Phone", "office").ShouldBe("phone =\noffice = Phone");
    }

    [Fact]
    public async Task The_first_rows_of_a_table_stand_beside_what_is_made_of_them()
    {
        var folder = Directory.CreateTempSubdirectory("postern-csv-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "hr.csv"), "Display Name,E-Mail,Phone\nKeane Orla,orla@site2.example,4471\n<b>x</b>,nowhere,1\n");
            var chosen = new List<(string, string)>();
            var sample = new CsvSamples(Infrastructure.Connectors.AllowedPaths.None with { Folders = [folder] }, TimeProvider.System).Read($$"""{"readFile":"{{folder}}/hr.csv"}""");
            var part = await PartRenderer.RenderAsync<CsvColumns>(new Dictionary<string, object?> { ["Sample"] = sample, ["OnMap"] = EventCallback.Factory.Create<(string, string)>(this, chosen.Add) });

            sample.Fault.ShouldBe("");
            part.Body.QuerySelectorAll("option[selected]").Select(option => option.TextContent).ShouldBe(["Name", "Address", "Phone"]);
            part.Text.ShouldContain("Keane Orla");
            part.Text.ShouldContain("“nowhere” is no address");
            part.Body.QuerySelectorAll("td b").Select(found => found.TextContent).ShouldAllBe(text => text == "orla");
            await part.RaiseAsync("onchange", new ChangeEventArgs { Value = "office" }, 2);
            chosen.ShouldBe([("Phone", "office")]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    [Trait("source", "Q152231")]
    public async Task A_synchronisation_server_shows_who_is_behind_and_what_to_press()
    {
        var pressed = new List<(bool, bool)>();
        var state = new RequestorState { LastNumber = 120, Confirmed = 100, ServerSequence = 4711, Trouble = RequestorTrouble.ServerWentBack, TroubleCount = 60 };
        var view = new RequestorView("HARBOR/HUB", state, RequestorFinding.Of(state, "HARBOR/HUB", ExamplePlans.Now, TimeSpan.FromHours(24)), false, ["<script>"], ExamplePlans.Now, [9]);
        var part = await PartRenderer.RenderAsync<RequestorPanel>(new Dictionary<string, object?> { ["View"] = view, ["OnPress"] = EventCallback.Factory.Create<(bool, bool)>(this, pressed.Add) });

        part.Text.ShouldContain("HARBOR/HUB is 60 records behind what it had");
        part.Text.ShouldContain("120, of which 100 are confirmed and 20 are not");
        await part.RaiseAsync("onclick", new MouseEventArgs());
        pressed.ShouldBe([(true, true)]);
        part.Body.QuerySelector("script").ShouldBeNull();
    }

    [Fact]
    public async Task A_partner_that_failed_says_why_and_what_comes_next()
    {
        var summary = Summary() with { CycleFault = "EXPORT ended with 4: <b>locked</b>" };
        var runs = new List<bool>();
        var part = await PartRenderer.RenderAsync<PartnerDrawer>(new Dictionary<string, object?> { ["Summary"] = summary, ["Notes"] = (IReadOnlyList<CycleNote>)[new CycleNote(12, ExamplePlans.Now, "fault", "line 3", "It has no name.")], ["OnRun"] = EventCallback.Factory.Create<bool>(this, runs.Add) });

        part.Text.ShouldContain("sales failed");
        part.Text.ShouldContain("EXPORT ended with 4: <b>locked</b>");
        part.Text.ShouldContain("The next cycle begins in 10\u202fmin.");
        part.Text.ShouldContain("It has no name. line 3");
        PartnerLook.Of(summary).ShouldSatisfyAllConditions(look => look.IsBad.ShouldBeTrue(), look => look.Word.ShouldBe("failed"));
        PartnerLook.Of(summary with { CycleFault = "", RunWantedAt = ExamplePlans.Now, RunIsDry = true }).Word.ShouldBe("dry run due");
        await part.RaiseAsync("onclick", new MouseEventArgs(), 0);
        await part.RaiseAsync("onclick", new MouseEventArgs(), 1);
        runs.ShouldBe([false, true]);
    }

    [Fact]
    [Trait("source", "Q118621")]
    public async Task The_canaries_of_both_sides_say_what_they_prove_and_one_that_is_not_named_how_it_could_be()
    {
        var (today, late) = (DateOnly.FromDateTime(ExamplePlans.Now.UtcDateTime), ExamplePlans.Now.AddDays(-2));
        CanarySight ours = new("sales", true, true, today, ExamplePlans.Now, today, ExamplePlans.Now, ExamplePlans.Now, null, "");
        Task<PartRenderer> PanelAsync(params CanarySight[] canaries) =>
            PartRenderer.RenderAsync<CyclePanel>(new Dictionary<string, object?> { ["Summary"] = Summary(), ["Canaries"] = (IReadOnlyList<CanarySight>)canaries });

        var both = await PanelAsync(ours, ours with { IsOurs = false, SeenDay = today.AddDays(-1) });
        var bad = await PanelAsync(ours with { LateSince = late, SeenDay = today.AddDays(-3) });
        var none = await PanelAsync();

        both.Text.ShouldContain("what is written there arrives and is read again. Last met");
        both.Text.ShouldContain("Its canary");
        both.Body.QuerySelector(".c-bounced").ShouldBeNull();
        bad.Text.ShouldContain("what is written there does not arrive.");
        bad.Body.QuerySelector(".c-bounced").ShouldNotBeNull();
        none.Text.ShouldContain("none. Name one, and its directory shows how old its copy of ours is");
        none.Body.QuerySelector("a.link")!.GetAttribute("href").ShouldBe("/partners/sales?tab=Canary");
    }

    private static PartnerSummary Summary() => new(
        new Partner(1, "sales", "ccmail", "{}", new SyncRules(), true, 12, 1), ExamplePlans.Now, ExamplePlans.Now.AddMinutes(-5), "", "", null, null, false, ExamplePlans.Now.AddMinutes(10), 12, 900, 0)
    {
        Lag = new PartnerLag(TimeSpan.FromHours(3), "sales lacks a change that is 3 hours old."),
    };

    private static PointerEventArgs At(int day, int quarter) => new() { OffsetX = (quarter * 7) + 3, OffsetY = (day * 26) + 5 };

    private Task<PartRenderer> WeekAsync(string grid, Action<string> set) => PartRenderer.RenderAsync<WeekEditor>(new Dictionary<string, object?>
    {
        ["Value"] = grid,
        ["ValueChanged"] = EventCallback.Factory.Create(this, set),
    });
}
