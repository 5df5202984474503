using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Postern.Browser.Tests.Support;
using Postern.Domain.Routing;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Routing;

namespace Postern.Browser.Tests;

/// <summary>Each button of the pages about routing does what it says, in a window.</summary>
public sealed class RouteButtonsTests(Chromium chromium)
{
    private static readonly AddressSpace Autumn = new("SMTP", "autumn.example", 5, "smtp-backbone");

    [Fact]
    public async Task A_draft_is_added_to_undone_shared_merged_replayed_and_discarded()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await ExampleHarbor.FillAsync(console.Queue, isBroken: true);
        var drafts = console.Services.GetRequiredService<RouteDrafts>();
        var spring = (await drafts.CreateAsync("Spring", Operator.Local(), CancellationToken.None)).Draft!;
        var other = (await drafts.CreateAsync("Autumn", Operator.Local(), CancellationToken.None)).Draft!;
        await drafts.SaveAsync(other, other.Content.With(Autumn), Operator.Local(), CancellationToken.None);
        await using var window = await chromium.OpenAsync(console.Url);
        await window.EnterAsync();
        var page = window.Page;

        // What the draft makes worse is refused with the row that mends it, and the row is asked for.
        await window.GoAsync($"/routes/drafts/{spring.Id}");
        await PressAsync(page, "Add a post office");
        await page.Locator(".form").GetByLabel("System").SelectOptionAsync("MS");
        await page.Locator(".form").GetByLabel("Name, NETWORK/POSTOFFICE").FillAsync("HARBOR/PIER4");
        await page.Locator(".form").GetByLabel("Reached").SelectOptionAsync(new SelectOptionValue { Label = "via HARBOR/PIER3" });
        await page.GetByText("Not saved: the draft would break").WaitForAsync();
        await PressAsync(page, "Done");
        await window.KeepAsync("draft-asks");
        await PressAsync(page, "Ask for it on the sheet");
        await page.GetByText("The next change sheet asks for").WaitForAsync();
        await page.GetByText("Every way leads somewhere, and every answer comes back").WaitForAsync();
        await PressAsync(page, "Take back");
        await page.GetByText("Taken back.").WaitForAsync();
        await PressAsync(page, "Dismiss");
        await page.GetByText("Not saved: the draft would break").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo", Exact = true }).ClickAsync();
        await page.GetByText("It changes nothing yet").WaitForAsync();
        await PressAsync(page, "1 older finding");
        await page.GetByText("Mail from HARBOR/PIER3 to HARBOR/SITE2 vanishes").First.WaitForAsync();

        // Sites and address spaces have buttons of their own; what is taken out comes back.
        await window.GoAsync($"/routes/drafts/{spring.Id}?view=sites");
        await PressAsync(page, "Add a site");
        await page.Locator(".form").GetByLabel("Name", new() { Exact = true }).FillAsync("SITE3");
        await PressAsync(page, "Done");
        await window.GoAsync($"/routes/drafts/{spring.Id}?view=spaces");
        await PressAsync(page, "Add an address space");
        await page.Locator(".form").GetByLabel("Pattern").FillAsync("spring.example");
        await page.Locator(".form").GetByLabel("Connector").SelectOptionAsync("smtp-backbone");
        await PressAsync(page, "Done");
        await window.GoAsync($"/routes/drafts/{spring.Id}?open=CCMAIL%3AWAREHSE");
        await PressAsync(page, "Take it out");
        await page.GetByText("taken out", new() { Exact = true }).WaitForAsync();
        await window.KeepAsync("draft-takes-out");
        await page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "WAREHSE" }).GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();

        // Others: shared, merged, replayed, discarded.
        await page.GetByText("It changes nothing yet").WaitForAsync();
        await PressAsync(page, spring.IsShared ? "Keep it to whoever made it" : "Share it");
        await PressAsync(page, spring.IsShared ? "Share it" : "Keep it to whoever made it");
        await page.GetByText(spring.IsShared ? "Every routing editor may change it." : "Only who made it may change it.").First.WaitForAsync();
        await page.Locator(".acts").GetByLabel("Name", new() { Exact = true }).FillAsync("March");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByText("The draft is called March now.").WaitForAsync();
        await page.Locator(".acts").GetByLabel("Name", new() { Exact = true }).FillAsync("Early spring");
        await PressAsync(page, "Rename");
        await page.GetByText("The draft is called Early spring now.").WaitForAsync();
        await page.GetByLabel("Bring in the changes of").SelectOptionAsync(new SelectOptionValue { Label = "Autumn" });
        await page.GetByRole(AriaRole.Button, new() { Name = "Merge", Exact = true }).ClickAsync();
        await page.GetByText("The changes of Autumn are in this draft.").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Replay", Exact = true }).ClickAsync();
        await PressAsync(page, "Replay again");
        await PressAsync(page, "What if…");
        await page.GetByText("would stop").WaitForAsync();
        await PressAsync(page, "Discard…");
        await PressAsync(page, "Cancel");
        await PressAsync(page, "Discard…");
        await window.KeepAsync("draft-discard");
        await PressAsync(page, "Discard the draft");
        await page.ArrivesAsync("**/routes/drafts");

        (await drafts.ListAsync(CancellationToken.None)).ShouldHaveSingleItem().Name.ShouldBe("Autumn");
        window.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_two_people_made_of_one_thing_is_decided_or_kept_apart()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await ExampleHarbor.FillAsync(console.Queue, isBroken: false);
        var drafts = console.Services.GetRequiredService<RouteDrafts>();
        var activations = console.Services.GetRequiredService<RouteActivations>();
        var mine = await DraftAsync(drafts, "Mine", Autumn);
        var alsoMine = await DraftAsync(drafts, "Also mine", Autumn);
        await activations.ActivateAsync(await DraftAsync(drafts, "Theirs", Autumn with { Cost = 9 }), false, Operator.Local(), CancellationToken.None);
        await using var window = await chromium.OpenAsync(console.Url);
        await window.EnterAsync();
        var page = window.Page;

        await window.GoAsync($"/routes/drafts/{mine.Id}");
        await page.GetByText("1 item was changed here and in what is in force").WaitForAsync();
        await window.KeepAsync("draft-two-ways");
        await PressAsync(page, "Take it as there");
        await page.GetByText("It changes nothing yet").WaitForAsync();
        await window.GoAsync($"/routes/drafts/{alsoMine.Id}");
        await PressAsync(page, "Keep it as here");
        await page.GetByText("Every way leads somewhere, and every answer comes back").WaitForAsync();

        // Somebody was faster: what stands in this window becomes a draft of its own.
        await window.GoAsync($"/routes/drafts/{alsoMine.Id}?view=spaces&open=new");
        await page.Locator(".form").GetByLabel("Pattern").FillAsync("spring.example");
        await page.Locator(".form").GetByLabel("Connector").SelectOptionAsync("smtp-backbone");
        await PressAsync(page, "Done");
        var read = (await drafts.FindAsync(alsoMine.Id, CancellationToken.None))!;
        await drafts.SaveAsync(read, read.Content.With(Autumn with { Pattern = "winter.example" }), Operator.Local(), CancellationToken.None);
        await PressAsync(page, "Keep yours as a new draft");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Also mine, admin" }).WaitForAsync();

        (await drafts.FindAsync("Also mine, admin", CancellationToken.None))!.Content.Spaces.ShouldContain(space => space.Pattern == "spring.example");
        window.Errors.ShouldBeEmpty();
    }

    [Fact]
    [Trait("source", "Q199534")]
    public async Task What_a_post_office_knows_is_said_wanted_taken_back_and_overridden()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await ExampleHarbor.FillAsync(console.Queue, isBroken: true);
        await using var window = await chromium.OpenAsync(console.Url);
        await window.EnterAsync();
        var page = window.Page;

        await window.GoAsync("/routes");
        await page.GetByRole(AriaRole.Link, new() { Name = "Show what mends it" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Show on the map" }).ClickAsync();
        await page.Locator(".drawer").GetByRole(AriaRole.Link, new() { Name = "Change sheet" }).First.ClickAsync();
        await page.GetByText("Change sheet, not issued").WaitForAsync();
        await page.GoBackAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();

        await window.GoAsync("/routes?of=MS%3AHARBOR%2FPIER1");
        await page.GetByRole(AriaRole.Row).Filter(new() { HasText = "HARBOR/PIER3" }).First.ClickAsync();
        await page.GetByText("as it is written down").Or(page.GetByText("As it is written down.")).WaitForAsync();
        await window.KeepAsync("routes-definition");
        await PressAsync(page, "It is there");
        await page.GetByText("HARBOR/PIER1 has HARBOR/PIER3").WaitForAsync();
        await PressAsync(page, "It is not there");
        await page.GetByText("HARBOR/PIER1 does not have HARBOR/PIER3").WaitForAsync();
        await PressAsync(page, "Take back");
        await page.GetByText("Taken back.").WaitForAsync();
        await page.GetByLabel("Another way for it").FillAsync("HARBOR/SITE1");
        await PressAsync(page, "Want it so");
        await page.GetByText("The next change sheet asks for").WaitForAsync();
        await PressAsync(page, "Dismiss");

        await window.GoAsync("/routes?view=withheld");
        await page.GetByRole(AriaRole.Row).Nth(1).ClickAsync();
        await page.GetByLabel("Why they are published although").FillAsync("they have to write to each other today");
        await PressAsync(page, "Publish them all the same");
        await page.GetByText("They are published; the override ends by itself").WaitForAsync();
        await window.KeepAsync("routes-override");
        await PressAsync(page, "Withhold them again");
        await page.GetByText("They are withheld again").WaitForAsync();
        window.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_listing_becomes_a_draft_and_is_taken_back_and_a_route_is_explained_from_the_form()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await ExampleHarbor.FillAsync(console.Queue, isBroken: false);
        await using var window = await chromium.OpenAsync(console.Url);
        await window.EnterAsync();
        var page = window.Page;

        await window.GoAsync("/routes/listing");
        await page.GetByLabel("Post office").SelectOptionAsync("MS:HARBOR/PIER1");
        await page.GetByLabel("Its listing").FillAsync("HARBOR/SITE1 direct\nHARBOR/PIER2 direct\nHARBOR/PIER9 indirect via HARBOR/PIER2");
        await PressAsync(page, "Compare");
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Take \\d+ proposals?$") }).ClickAsync();
        await page.GetByText("taken from the table of HARBOR/PIER1").WaitForAsync();
        await PressAsync(page, "Take back");
        await page.GetByText("Taken back.").WaitForAsync();
        await page.GetByLabel("HARBOR/PIER9 becomes known here").CheckAsync();
        await PressAsync(page, "Put 1 post office into a draft");
        await page.GetByRole(AriaRole.Heading, new() { Name = "From the table of HARBOR/PIER1" }).WaitForAsync();
        await window.KeepAsync("draft-of-listing");

        await window.GoAsync("/routes/explain");
        await page.GetByLabel("To this address").FillAsync("MS:HARBOR/PIER3/P26");
        await page.GetByLabel("Written at").SelectOptionAsync("MS:HARBOR/PIER1");
        await PressAsync(page, "Explain");
        await page.GetByRole(AriaRole.Heading, new() { Name = "The answer", Exact = true }).WaitForAsync();
        window.Errors.ShouldBeEmpty();
    }

    [Fact]
    [Trait("source", "Q199534")]
    public async Task A_form_is_proved_before_it_is_saved_and_a_loss_is_accepted_with_a_reason()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await ExampleHarbor.FillAsync(console.Queue, isBroken: false);
        await console.Queue.ExecuteAsync("update site set ccmail_post_office = '' where name = 'SITE2'; delete from entry_address where address like '% at SITE2'; update configuration set version = version + 1");
        await using var window = await chromium.OpenAsync(console.Url);
        await window.EnterAsync();
        var page = window.Page;

        // A site loses the only name by which cc:Mail knows us.
        await window.GoAsync("/sites?open=SITE1");
        await page.Locator("#f-ccMailPostOffice").FillAsync("");
        await page.Locator("#f-ccMailPostOffice").BlurAsync();
        await page.Locator(".drawer").GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await page.GetByText("Not saved: it would break").WaitForAsync();
        await page.GetByText("No site has a name by which").First.WaitForAsync();
        await page.Locator(".losses .cx").First.WaitForAsync();
        await window.ReviewAsync("form-refused");
        (await console.Queue.ScalarAsync<string>("select ccmail_post_office from site where name = 'SITE1'")).ShouldBe("SITE1");
        (await page.GetByRole(AriaRole.Button, new() { Name = "Save all the same" }).GetAttributeAsync("aria-disabled")).ShouldBe("true");
        await page.GetByLabel("Why it is saved all the same").FillAsync("cc:Mail is switched off today");
        await PressAsync(page, "Save all the same");
        await page.Locator(".drawer").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        (await console.Queue.ScalarAsync<string>("select reason from audit where target = 'site SITE1'")).ShouldBe("cc:Mail is switched off today");

        // A post office goes after it was shown what stops.
        await window.GoAsync("/post-offices?open=MS%3AHARBOR%2FPIER3");
        await PressAsync(page, "Delete…");
        await page.GetByText("cannot be reached").First.WaitForAsync();
        await window.KeepAsync("form-delete-stops");
        (await page.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).GetAttributeAsync("aria-disabled")).ShouldBe("true");
        await PressAsync(page, "Cancel");
        await PressAsync(page, "Delete…");
        await page.GetByLabel("Why it is deleted although mail stops").FillAsync("the pier is closed");
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Cell, new() { Name = "HARBOR/PIER3" }).WaitForAsync(new() { State = WaitForSelectorState.Detached });

        // An address space leaves a connector: everybody behind it would be lost.
        await window.GoAsync("/connectors/smtp-backbone?tab=Address+Space");
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove SMTP *" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await page.GetByText("Not saved: it would break").WaitForAsync();
        await window.KeepAsync("form-connector-refused");
        await page.GetByLabel("Why it is saved all the same").FillAsync("the backbone moves");
        await PressAsync(page, "Save all the same");
        await page.GetByText("Saved, and effective within a second.").WaitForAsync();
        (await console.Queue.ScalarAsync<long>("select count(*) from address_space where connector_id = (select id from connector where name = 'smtp-backbone')")).ShouldBe(0);
        window.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_change_sheet_is_printed_alone_and_whole()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await ExampleHarbor.FillAsync(console.Queue, isBroken: true);
        // Enough post offices behind PIER2 for more than one sheet of paper.
        await console.Queue.ExecuteAsync(
            """
            insert into post_office (system, name, via_id) select 'MS', 'HARBOR/QUAY' || n, (select id from post_office where name = 'HARBOR/PIER1') from generate_series(1, 24) n;
            create temp table quay as select n, nextval(pg_get_serial_sequence('entry', 'id')) as id from generate_series(1, 24) n;
            insert into entry (id, display_name) overriding system value select id, 'Quay ' || n from quay;
            insert into entry_address (entry_id, type, address, key, is_native, ordinal) select id, 'MS', 'MS:HARBOR/QUAY' || n || '/Q' || n, sha256(('q' || n)::bytea), true, 0 from quay;
            update configuration set version = version + 1
            """);
        await using var window = await chromium.OpenAsync(console.Url, isDark: true);
        await window.EnterAsync();
        var page = window.Page;
        await page.AddInitScriptAsync("window.printed = 0; window.print = () => { window.printed++; };");
        await window.GoAsync("/routes/sheets?of=MS%3AHARBOR%2FPIER3");
        await page.GetByText("Change sheet, not issued").WaitForAsync();

        await PressAsync(page, "Print");
        await page.WaitForFunctionAsync("() => window.printed === 1");
        await page.EmulateMediaAsync(new() { Media = Media.Print });
        await page.SetViewportSizeAsync(718, 1015); // A4 less its margins

        foreach (var name in new[] { "Print", "Issue sheet 1" })
        {
            (await page.GetByRole(AriaRole.Button, new() { Name = name }).CountAsync()).ShouldBe(0, $"{name} is not on paper");
        }

        (await page.GetByRole(AriaRole.Navigation).CountAsync()).ShouldBe(0);
        (await page.GetByRole(AriaRole.Heading, new() { Level = 1 }).CountAsync()).ShouldBe(0);
        (await page.GetByRole(AriaRole.Table, new() { Name = "Post offices with what is to be entered there" }).CountAsync()).ShouldBe(0);
        (await page.GetByText("Change sheet, not issued for HARBOR/PIER3").IsVisibleAsync()).ShouldBeTrue();
        var lines = await page.Locator(".paper ol > li").CountAsync();
        lines.ShouldBeGreaterThan(20);
        (await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth")).ShouldBeTrue("nothing is cut at the right");
        // Ink is dark, whatever the theme of the window.
        (await page.EvaluateAsync<string>("document.documentElement.dataset.theme")).ShouldBe("dark");
        (await page.EvaluateAsync<int>("Math.max(...getComputedStyle(document.querySelector('.paper td')).color.match(/\\d+/g).slice(0, 3).map(Number))")).ShouldBeLessThan(90);
        // All of it is on the paper: nothing scrolls, and the last line lies below the first sheet.
        (await page.EvaluateAsync<bool>("[...document.querySelectorAll('.desk, .body, .page')].every(e => e.scrollHeight <= e.clientHeight + 1 || getComputedStyle(e).overflowY === 'visible')")).ShouldBeTrue("something scrolls on paper");
        var pdf = await page.PdfAsync(new() { Format = "A4", PrintBackground = true });
        PagesOf(pdf).ShouldBeInRange(2, 1 + (lines / 3));
        if (Screens.AreKept)
        {
            await window.PictureAsync("route-sheet-printed");
            await File.WriteAllBytesAsync(Path.Combine(Window.House, "artifacts", "screenshots", "route-sheet-printed.pdf"), pdf);
        }

        window.Errors.ShouldBeEmpty();
    }

    [Fact]
    [Trait("source", "Q246279")]
    public async Task Old_addresses_are_listed_with_the_mail_that_still_comes_to_them()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await ExampleHarbor.FillAsync(console.Queue, isBroken: false);
        await console.Queue.ExecuteAsync(
            """
            create temp table moved as select e.id from entry e join entry_address a on a.entry_id = e.id where a.address in ('MS:HARBOR/PIER2/P25', 'MS:HARBOR/PIER3/P26');
            insert into entry_address (entry_id, type, address, key, is_native, ordinal)
              select id, 'MS', 'MS:HARBOR/DRYDOCK/OLD' || row_number() over (order by id), sha256(convert_to('MS:HARBOR/DRYDOCK/OLD' || row_number() over (order by id), 'UTF8')), false, 3 from moved;
            insert into delivery_history (id, message_id, last_id, transfer_id, accepted_at, connector_id, destination, recipient, original_recipient, sender, size, state, attempts, route_version, finished_at)
              select 900000 + n, 900000 + n, 900000 + n, 900000 + n, now() - interval '2 hours', 1, 'HARBOR/PIER1', 'MS:HARBOR/PIER2/P25', 'MS:HARBOR/DRYDOCK/OLD1', '', 1, 'delivered', 1, 1, now() from generate_series(1, 12) n
            """);
        await using var window = await chromium.OpenAsync(console.Url);
        await window.EnterAsync();
        var page = window.Page;

        await window.GoAsync("/directory");
        await page.GetByRole(AriaRole.Link, new() { Name = "Old addresses" }).ClickAsync();
        await page.GetByText("HARBOR/DRYDOCK/OLD1").WaitForAsync();
        await window.ReviewAsync("old-addresses");
        await page.GetByRole(AriaRole.Link, new() { Name = "Still used" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "12", Exact = true }).WaitForAsync();
        await page.GetByText("OLD2").WaitForAsync(new() { State = WaitForSelectorState.Hidden });
        await page.GetByRole(AriaRole.Link, new() { Name = "Not used any more" }).ClickAsync();
        await page.GetByRole(AriaRole.Row).Filter(new() { HasText = "OLD2" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Mail that still comes to its old addresses" }).ClickAsync();
        await page.GetByText("Those of").WaitForAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Show everybody's" }).ClickAsync();
        await page.GetByText("OLD1").WaitForAsync();
        window.Errors.ShouldBeEmpty();
    }

    private static Task PressAsync(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name }).First.ClickAsync();

    private static async Task<RouteDraft> DraftAsync(RouteDrafts drafts, string name, AddressSpace space)
    {
        var draft = (await drafts.CreateAsync(name, Operator.Local(), CancellationToken.None)).Draft!;
        return (await drafts.SaveAsync(draft, draft.Content.With(space), Operator.Local(), CancellationToken.None)).Draft!;
    }

    // Each page of a PDF file has its own object.
    private static int PagesOf(byte[] pdf) => System.Text.RegularExpressions.Regex.Count(System.Text.Encoding.Latin1.GetString(pdf), @"/Type\s*/Page\b(?!s)");
}
