using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Postern.Browser.Tests.Support;
using Postern.Domain.Access;
using Postern.Domain.Routing;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Routing;

namespace Postern.Browser.Tests;

/// <summary>Routing edited in the browser and proved before it is in force.</summary>
public sealed class RoutingTests(Chromium chromium)
{
    [Fact]
    [Trait("source", "Q199534")]
    [Trait("source", "Q148389")]
    public async Task A_draft_is_refused_with_what_it_breaks_drawn_then_mended_activated_and_taken_back()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await ExampleHarbor.FillAsync(console.Queue, isBroken: false);
        // cc:Mail knows us by one name only.
        await console.Queue.ExecuteAsync(
            """
            update site set ccmail_post_office = '' where name = 'SITE2';
            delete from entry_address where address like '% at SITE2';
            delete from post_office_knowledge where system = 'CCMAIL'
            """);
        await using var window = await chromium.OpenAsync(console.Url);
        await window.SignInToAsync("/routes/drafts");
        var page = window.Page;

        await page.GetByLabel("A new draft of what is in force").FillAsync("Winter yard");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make a draft" }).ClickAsync();
        await page.GetByText("It changes nothing yet").WaitForAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "SITE1, site1.example" }).ClickAsync();
        await page.GetByLabel("Name at cc:Mail").FillAsync("");

        await page.GetByText("Not saved: the draft would break").WaitForAsync();
        await page.GetByText("No site has a name by which").Filter(new() { Visible = true }).First.WaitForAsync();
        await page.Locator(".stop").First.WaitForAsync();
        (await page.GetByRole(AriaRole.Button, new() { Name = "Save draft" }).GetAttributeAsync("aria-disabled")).ShouldBe("true");
        await window.ReviewAsync("draft-refused");

        await page.GetByLabel("Name at cc:Mail").FillAsync("YARD");
        await page.GetByText("Every way leads somewhere, and every answer comes back").WaitForAsync();
        // Somebody else was faster: nothing of either is lost.
        var drafts = console.Services.GetRequiredService<RouteDrafts>();
        var draft = (await drafts.ListAsync(CancellationToken.None)).Single();
        await drafts.SaveAsync(draft, draft.Content.With(new PostOffice("CCMAIL", "BOATYARD", "", "SALES")), Operator.Local(), CancellationToken.None);
        await page.GetByRole(AriaRole.Button, new() { Name = "Save draft" }).ClickAsync();
        await page.GetByText("saved a newer draft at").WaitForAsync();
        await window.KeepAsync("draft-conflict");
        await page.GetByRole(AriaRole.Button, new() { Name = "Merge the two" }).ClickAsync();
        await page.GetByText("The two are merged in this window.").WaitForAsync();
        await page.GetByText("Every way leads somewhere, and every answer comes back").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Save draft" }).ClickAsync();
        await page.GetByText("The draft is saved. Nothing is in force yet.").WaitForAsync();
        var edited = page.Url;
        await DraftsAsync(drafts);
        await window.GoAsync("/routes/drafts");
        await page.GetByText("Move the yard behind PIER1").WaitForAsync();
        await window.ReviewAsync("route-drafts");
        await page.GotoAsync(edited);
        await page.GetByRole(AriaRole.Button, new() { Name = "Activate…" }).ClickAsync();
        await page.GetByText("take another path").WaitForAsync();
        await window.KeepAsync("draft-activate");
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Activate: 2 changes" }).WaitForAsync(new() { State = WaitForSelectorState.Detached });
        (await console.Queue.ScalarAsync<string>("select ccmail_post_office from site where name = 'SITE1'")).ShouldBe("SITE1");
        await page.GetByRole(AriaRole.Button, new() { Name = "Activate…" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Activate: 2 changes" }).ClickAsync();

        await page.GetByText("draft Winter yard, by admin").First.WaitForAsync();
        (await console.Queue.ScalarAsync<string>("select ccmail_post_office from site where name = 'SITE1'")).ShouldBe("YARD");
        await page.GetByRole(AriaRole.Cell, new() { Name = "in force before the first change" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Return to it…" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Return: 2 changes" }).WaitForAsync();
        await window.KeepAsync("history-return");
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Return: 2 changes" }).WaitForAsync(new() { State = WaitForSelectorState.Detached });
        (await console.Queue.ScalarAsync<string>("select ccmail_post_office from site where name = 'SITE1'")).ShouldBe("YARD");
        await page.GetByRole(AriaRole.Button, new() { Name = "Return to it…" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Return: 2 changes" }).ClickAsync();
        await page.GetByText("is in force again, as version").WaitForAsync();

        (await console.Queue.ScalarAsync<string>("select ccmail_post_office from site where name = 'SITE1'")).ShouldBe("SITE1");
        await window.ReviewAsync("route-history");
        window.Errors.ShouldBeEmpty();
    }

    // What others are working on, beside the one of the test.
    private static async Task DraftsAsync(RouteDrafts drafts)
    {
        var keller = new Operator("m.keller", [Role.RoutingEditor], "");
        foreach (var (name, who, offices) in ((string, Operator, int)[])[
            ("Move the yard behind PIER1, with the slipway, the crane and the harbour office", keller, 3),
            ("Spring tide", new Operator("t.braun", [Role.Administrator], ""), 1),
            ("Nothing yet", keller, 0)])
        {
            var draft = (await drafts.CreateAsync(name, who, CancellationToken.None)).Draft.ShouldNotBeNull();
            var content = draft.Content;
            for (var office = 1; office <= offices; office++)
            {
                content = content.With(new PostOffice("CCMAIL", $"SLIPWAY{office}", "", "SALES"));
            }

            if (offices > 0)
            {
                await drafts.SaveAsync(draft, content, who, CancellationToken.None);
            }
        }
    }

    [Fact]
    [Trait("source", "Q199534")]
    public async Task What_fails_is_found_on_the_map_asked_for_on_a_sheet_confirmed_and_released()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await ExampleHarbor.FillAsync(console.Queue, isBroken: true);
        await ExampleMail.HarborAsync(console.Queue);
        await using var window = await chromium.OpenAsync(console.Url);
        await window.SignInToAsync("/routes?findings=all");
        var page = window.Page;

        await page.GetByText("Mail from HARBOR/PIER3 to HARBOR/SITE2 vanishes").First.WaitForAsync();
        // A line bears the mail of all behind it: 214 + 61 + 3 + 40 in seven days, of which 104 live behind PIER2.
        await page.Locator("svg").GetByText("45 a day").First.WaitForAsync();
        await page.Locator("svg text").GetByText("via PIER1, 14 a day").WaitForAsync();
        await window.ReviewAsync("routes");
        await window.GoAsync("/routes/explain?address=MS%3AHARBOR%2FSITE2%2FP1&from=MS%3AHARBOR%2FPIER3");
        await page.GetByText("The mail does not arrive").WaitForAsync();
        await window.ReviewAsync("route-explain");

        // The sheet asks for the way that works; said to be entered, it is confirmed, and nothing fails any more.
        await window.GoAsync("/routes/sheets?of=MS%3AHARBOR%2FPIER3");
        await page.GetByText("Change sheet, not issued").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Issue sheet 1" }).ClickAsync();
        await page.GetByText("Change sheet 1 for HARBOR/PIER3").WaitForAsync();
        await window.ReviewAsync("route-sheet");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sheet 1 is entered" }).ClickAsync();
        await page.GetByText("Nothing is to be entered here").WaitForAsync();
        await window.GoAsync("/routes?view=withheld&of=MS%3AHARBOR%2FPIER3");
        await page.Locator(".tabs").GetByText("Withheld").WaitForAsync();
        await window.KeepAsync("routes-withheld");
        await window.GoAsync("/routes");
        await page.GetByText("What each post office knows").WaitForAsync();
        (await page.Locator("svg").GetByText("undefined hub to").CountAsync()).ShouldBe(0);
        await window.KeepAsync("routes-mended");

        // A post office's own table says the rest.
        await window.GoAsync("/routes/listing?of=MS%3AHARBOR%2FPIER1");
        await page.GetByLabel("Its listing").FillAsync("HARBOR/SITE1 direct\nHARBOR/PIER2 direct\nHARBOR/PIER9 indirect via HARBOR/PIER2\nnonsense");
        await page.GetByRole(AriaRole.Button, new() { Name = "Compare" }).ClickAsync();
        await page.GetByText("HARBOR/PIER9 becomes known here").WaitForAsync();
        await window.ReviewAsync("route-listing");
        await page.GetByRole(AriaRole.Button, new() { Name = "Take 3 proposals" }).ClickAsync();
        await page.GetByText("3 proposals are taken from the table of HARBOR/PIER1.").WaitForAsync();
        window.Errors.ShouldBeEmpty();
    }
}
