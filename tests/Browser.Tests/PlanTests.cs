using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Postern.Browser.Tests.Support;
using Postern.Domain.Access;
using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Plans;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Dirsync;

namespace Postern.Browser.Tests;

/// <summary>Plans of directory changes, made by real cycles over a table and decided in the browser.</summary>
public sealed class PlanTests(Chromium chromium) : IDisposable
{
    private static readonly string[] People = ["Aldous Peter", "Bremer Katja", "Castellan Luz", "Dahl Erik", "Eriksen Maren", "Fontaine Theo"];

    private readonly string folder = Directory.CreateTempSubdirectory("postern-plans-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Three_deletes_over_the_limit_are_approved_with_their_effect_in_sight_carried_out_and_taken_back()
    {
        await using var console = await ConsoleUnderTest.StartAsync(allowedFolder: folder);
        await PartnerAsync(console, new ConsentRules { Add = ApprovalMode.Automatic, Thresholds = [new Threshold(ChangeClass.Delete, 2, null)] });
        await CycleAsync(console, People.Select(name => (name, "4000")));
        (await EntriesAsync(console)).ShouldBe(6);
        await CycleAsync(console, People.Take(3).Select(name => (name, "4000")));
        await using var window = await chromium.OpenAsync(console.Url);
        await window.SignInToAsync("/plans");
        var page = window.Page;

        await page.Locator(".nav a", new() { HasText = "Plans" }).Locator("b").WaitForAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "hr-table to " }).ClickAsync();
        await page.GetByText("over the limit of 2").WaitForAsync();
        await page.GetByText("Dahl Erik").First.WaitForAsync();
        await Button(page, "Approve 3…").ClickAsync();
        await page.GetByText("Nothing has happened yet. This is what would.").WaitForAsync();
        (await VerdictsAsync(console)).ShouldBe("open,open,open");
        await Button(page, "Approve 3").ClickAsync();
        await page.GetByText("Applied within a minute; deletes first.").WaitForAsync();
        (await EntriesAsync(console)).ShouldBe(6);
        (await ApplyAsync(console)).ShouldBeTrue();
        await page.GetByText("3 changes are done").First.WaitForAsync();
        (await EntriesAsync(console)).ShouldBe(3);

        await console.Queue.ExecuteAsync("update partner set rules = jsonb_set(rules, '{importConsent,add}', '\"Approve\"')");
        await Button(page, "Revert…").ClickAsync();
        await page.GetByText("that were deleted come back.").WaitForAsync();
        await Button(page, "Make the plan that takes back 3").ClickAsync();
        await page.GetByText("This plan takes back plan").WaitForAsync();
        await Button(page, "Approve 3…").ClickAsync();
        await Button(page, "Approve 3").ClickAsync();
        await page.GetByText("Applied within a minute; deletes first.").WaitForAsync();
        (await ApplyAsync(console)).ShouldBeTrue();
        await page.GetByText("3 changes are done").First.WaitForAsync();
        (await EntriesAsync(console)).ShouldBe(6);

        await window.GoAsync($"/directory?open={await console.Queue.ScalarAsync<long>("select id from entry where display_name = 'Aldous Peter'")}");
        await page.GetByText("Aldous Peter was added, as ").WaitForAsync();
        window.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_refused_change_stays_away_two_people_agree_to_a_delete_and_what_moves_meanwhile_asks_again()
    {
        await using var console = await ConsoleUnderTest.StartAsync(allowedFolder: folder);
        await PartnerAsync(console, new ConsentRules { Add = ApprovalMode.Automatic, Delete = ApprovalMode.TwoApprovers, Thresholds = [] });
        await CycleAsync(console, People.Select(name => (name, "4000")));
        await CycleAsync(console, People.Select((name, index) => (name, index < 2 ? "5000" : "4000")));
        var password = await console.AddPersonAsync("t.braun", Role.DirectoryApprover);
        await using var window = await chromium.OpenAsync(console.Url);
        await window.EnterAsync();
        var page = window.Page;

        // With the keys alone: the first row is refused, the second approved.
        await window.GoAsync(await NewestAsync(console));
        await page.GetByText("Aldous Peter").First.WaitForAsync();
        await page.GetByRole(AriaRole.Heading, new() { Level = 1 }).FocusAsync();
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("r");
        await page.GetByRole(AriaRole.Button, new() { Name = "Reject: Aldous Peter", Pressed = true }).WaitForAsync();
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("a");
        await page.GetByText("Applied within a minute; deletes first.").WaitForAsync();
        (await ApplyAsync(console)).ShouldBeTrue();
        await page.GetByText("1 change is done").First.WaitForAsync();
        await CycleAsync(console, People.Select((name, index) => (name, index < 2 ? "5000" : "4000")));
        await window.GoAsync("/plans");
        await page.GetByText("No plan waits").WaitForAsync();
        await window.GoAsync("/partners/hr-table");
        await page.GetByRole(AriaRole.Button, new() { Name = "Propose again: Aldous Peter" }).WaitForAsync();

        // Two people: the first one's consent is seen by the second.
        await CycleAsync(console, People.Take(5).Select((name, index) => (name, index < 2 ? "5000" : "4000")));
        var plan = await NewestAsync(console);
        await window.GoAsync(plan);
        await page.GetByRole(AriaRole.Button, new() { Name = "Approve: Fontaine Theo" }).ClickAsync();
        await page.GetByText($"{Window.OperatorName} approved 1.").WaitForAsync();
        (await VerdictsAsync(console)).ShouldBe("open");
        await using var second = await chromium.OpenAsync(console.Url);
        await second.SignInToAsync(plan, password, "t.braun");
        await second.Page.GetByRole(AriaRole.Button, new() { Name = "Approve too: Fontaine Theo" }).ClickAsync();
        await second.Page.GetByText("Applied within a minute; deletes first.").WaitForAsync();
        (await console.Queue.ScalarAsync<string>("select string_agg(a, ',') from plan_row, unnest(approved_by) a where plan_id = (select max(id) from plan)")).ShouldBe($"{Window.OperatorName},t.braun");
        (await ApplyAsync(console)).ShouldBeTrue();
        (await EntriesAsync(console)).ShouldBe(5);

        // The source moves while a plan waits: one approval stands, the other asks again.
        await CycleAsync(console, People.Take(5).Select((name, index) => (name, index < 2 ? "5000" : "6000")));
        plan = await NewestAsync(console);
        await window.GoAsync(plan);
        await page.GetByRole(AriaRole.Button, new() { Name = "Approve: Castellan Luz" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Approve: Castellan Luz", Pressed = true }).WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Approve: Dahl Erik" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Approve: Dahl Erik", Pressed = true }).WaitForAsync();
        await CycleAsync(console, People.Take(5).Select((name, index) => (name, index < 2 ? "5000" : index == 3 ? "7000" : "6000")));
        await page.GetByText("took the place of this one").WaitForAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Open plan" }).ClickAsync();
        await page.GetByText("1 row moved and asks again").WaitForAsync();
        await Button(page, "What moved").ClickAsync();
        await page.GetByText("is proposed in another way").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Approve: Castellan Luz", Pressed = true }).WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Approve: Dahl Erik", Pressed = false }).WaitForAsync();
        await window.KeepAsync("plan-moved");
        window.Errors.ShouldBeEmpty();
    }

    [Fact]
    [Trait("source", "Q237588")]
    public async Task Who_keeps_a_name_that_three_want_is_decided_once_and_who_may_not_decide_is_told()
    {
        await using var console = await ConsoleUnderTest.StartAsync(allowedFolder: folder);
        await PartnerAsync(console, new ConsentRules());
        var id = await ExampleDirsync.PlanAsync(console.Queue, "hr-table", "out", ExampleDirsync.Smiths());
        var password = await console.AddPersonAsync("v.ito", Role.Viewer);
        await using var viewer = await chromium.OpenAsync(console.Url);
        await viewer.SignInToAsync($"/plans/{id}", password, "v.ito");
        var kept = Button(viewer.Page, "Keep this");
        await kept.WaitForAsync();
        await viewer.Page.Locator("button[aria-disabled=true]", new() { HasText = "Keep this" }).WaitForAsync();
        (await kept.GetAttributeAsync("title")).ShouldNotBeNull().ShouldContain("v.ito may not change the directory");

        await using var window = await chromium.OpenAsync(console.Url);
        await window.SignInToAsync($"/plans/{id}");
        var page = window.Page;
        await page.GetByText("3 entries, one name at hr-table").WaitForAsync();
        await page.GetByRole(AriaRole.Radio, new() { Name = "SMITH, Jimmy at SITE2 keeps the name" }).ClickAsync();
        await page.GetByText("loses the name").WaitForAsync();
        await Button(page, "Keep this").ClickAsync();
        await page.GetByText("from the next cycle on").First.WaitForAsync();
        (await console.Queue.ScalarAsync<string>("select identity || ' ' || actor from given_name")).ShouldBe($"two {Window.OperatorName}");
        await window.GoAsync("/partners/hr-table");
        await page.GetByText("has the name SMITH, Jimmy").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Forget what was decided" }).ClickAsync();
        await page.GetByText("Nothing: every entry is listed as it is.").WaitForAsync();
        window.Errors.ShouldBeEmpty();
    }

    [Fact]
    [Trait("source", "Q119111")]
    public async Task A_partner_is_added_with_its_columns_found_its_week_painted_and_a_cycle_asked_for()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "people.csv"), "Full Name,E-Mail,Division\nKeane Orla,orla@site2.example,Freight\n");
        await using var console = await ConsoleUnderTest.StartAsync(allowedFolder: folder);
        await using var window = await chromium.OpenAsync(console.Url);
        await window.SignInToAsync("/partners");
        var page = window.Page;

        await page.GetByRole(AriaRole.Link, new() { Name = "CSV table" }).ClickAsync();
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("people");
        await page.GetByRole(AriaRole.Link, new() { Name = "Files" }).ClickAsync();
        await page.GetByLabel("File to read").FillAsync(Path.Combine(folder, "people.csv"));
        await page.GetByLabel("File to read").BlurAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Columns" }).ClickAsync();
        await page.GetByText("Keane Orla").First.WaitForAsync();
        await page.GetByLabel("Column Division holds").SelectOptionAsync("department");
        await page.GetByRole(AriaRole.Link, new() { Name = "What is given" }).ClickAsync();
        await page.GetByLabel("Give ours").UncheckAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Schedule" }).ClickAsync();
        var week = page.Locator("#week-grid");
        await week.HoverAsync(new() { Position = new() { X = 60, Y = 10 } });
        await page.Mouse.DownAsync();
        await week.HoverAsync(new() { Position = new() { X = 80, Y = 40 } });
        await page.Mouse.UpAsync();
        await Assertions.Expect(page.Locator("#f-rules-schedule-grid")).ToHaveValueAsync("Mon-Tue 02:00-03:00");
        await Button(page, "Add the partner").ClickAsync();
        await page.GetByText("Saved. The next cycle goes by it.").WaitForAsync();
        await Button(page, "Run now").ClickAsync();
        await page.GetByText("A cycle begins within seconds.").WaitForAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Cycles", Exact = true }).ClickAsync();
        await Button(page, "Propose addresses by the templates").ClickAsync();
        await page.GetByText("has no template of addresses.").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Propose to take out every entry of" }).ClickAsync();
        await page.GetByText("switch it off first.").WaitForAsync();

        (await console.Queue.ScalarAsync<string>("select settings ->> 'columns' || (rules -> 'schedule' ->> 'grid') || (run_wanted_at is not null)::text from partner")).ShouldBe("[\"department = Division\"]Mon-Tue 02:00-03:00true");
        window.Errors.ShouldBeEmpty();
    }

    private static ILocator Button(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    private static Task<long> EntriesAsync(ConsoleUnderTest console) => console.Queue.ScalarAsync<long>("select count(*) from entry where partner_id is not null");

    private static Task<string> VerdictsAsync(ConsoleUnderTest console) => console.Queue.ScalarAsync<string>("select string_agg(verdict, ',') from plan_row where plan_id = (select max(id) from plan where counts <> '{0,0,0,0,0,0}')");

    private static async Task<string> NewestAsync(ConsoleUnderTest console) => $"/plans/{await console.Queue.ScalarAsync<long>("select max(id) from plan where counts <> '{0,0,0,0,0,0}'")}";

    private static async Task<bool> ApplyAsync(ConsoleUnderTest console)
    {
        var isOver = await console.Services.GetRequiredService<PlanApply>().ContinueAsync(await console.Queue.ScalarAsync<long>("select max(id) from plan where counts <> '{0,0,0,0,0,0}'"), CancellationToken.None);
        await console.Queue.ExecuteAsync($"notify {Infrastructure.Queue.ChangeNotifier.Channel}");
        return isOver;
    }

    private async Task PartnerAsync(ConsoleUnderTest console, ConsentRules consent)
    {
        var settings = JsonSerializer.Serialize(new { readFile = Path.Combine(folder, "hr.csv"), rest = "00:00:00" });
        var result = await console.Services.GetRequiredService<PartnerStore>().SaveAsync(
            new PartnerDraft(0, "hr-table", "csv", settings, new SyncRules { GivesEntries = false, OwnedHomes = ["hr.example"], ImportConsent = consent }), null, Operator.Local(), CancellationToken.None);
        result.Faults.ShouldBeEmpty();
    }

    private async Task CycleAsync(ConsoleUnderTest console, IEnumerable<(string Name, string Phone)> people)
    {
        var lines = people.Select(person => $"{person.Name},{person.Name.Replace(' ', '.')}@hr.example,{person.Phone},{person.Name}");
        await File.WriteAllLinesAsync(Path.Combine(folder, "hr.csv"), lines.Prepend("Name,Address,Phone,Id"));
        var partner = await console.Queue.ScalarAsync<long>("select id from partner");
        (await console.Services.GetRequiredService<DirsyncCycle>().RunAsync(partner, isDry: false, CancellationToken.None)).Fault.ShouldBe("");
        await console.Queue.ExecuteAsync($"notify {Infrastructure.Queue.ChangeNotifier.Channel}");
    }
}
