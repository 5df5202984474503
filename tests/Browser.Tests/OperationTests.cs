using Microsoft.Playwright;
using Postern.Browser.Tests.Support;
using Postern.Domain.Access;

namespace Postern.Browser.Tests;

/// <summary>Acts on much at once: everything a filter matches, a second operator, another way, and back again.</summary>
public sealed class OperationTests(Chromium chromium)
{
    [Fact]
    public async Task Everything_a_filter_matches_is_held_and_released()
    {
        await using var console = await FilledAsync(50, 100, "x.example");
        await console.Queue.AcceptAsync(console.Queue.Message("another", "r@y.example"));
        await using var window = await SignedInAsync(console, "admin", "/queue?domain=x.example");
        var page = window.Page;

        await AllThatMatchAsync(page, "5,000");
        await page.GetByRole(AriaRole.Toolbar).GetByRole(AriaRole.Button, new() { Name = "Hold…" }).ClickAsync();
        await page.GetByText("This can be taken back for 10 min").WaitForAsync();
        await window.KeepAsync("hold-preview");
        await page.GetByRole(AriaRole.Button, new() { Name = "Hold 5,000 deliveries" }).ClickAsync();
        await page.GetByText("Held 5,000 deliveries").WaitForAsync();
        (await console.Queue.ScalarAsync<string>("select string_agg(state || ' ' || n, ', ' order by state) from (select state, count(*) as n from delivery group by 1) d")).ShouldBe("queued 1, held 5000");

        await AllThatMatchAsync(page, "5,000");
        await page.GetByRole(AriaRole.Toolbar).GetByRole(AriaRole.Button, new() { Name = "Release…" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Release 5,000 deliveries" }).ClickAsync();
        await page.GetByText("Released 5,000 deliveries").WaitForAsync();

        (await console.Queue.ScalarAsync<long>("select count(*) from delivery where state = 'queued'")).ShouldBe(5001);
        (await console.Queue.Books.CheckAsync(CancellationToken.None)).Differences.ShouldBeEmpty();
        window.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Six_hundred_are_removed_with_a_second_operator_and_taken_back()
    {
        await using var console = await FilledAsync(6, 100, "x.example");
        var password = await console.AddPersonAsync("t.braun", Role.Operator);
        await using var first = await SignedInAsync(console, "admin", "/queue");
        await using var second = await SignedInAsync(console, "t.braun", "/operations", password);
        await second.Page.GetByText("Nobody has acted on the queue yet").WaitForAsync();

        await AllThatMatchAsync(first.Page, "600");
        await first.Page.GetByRole(AriaRole.Toolbar).GetByRole(AriaRole.Button, new() { Name = "Remove…" }).ClickAsync();
        await first.Page.GetByText("Needed: 600 now and 0 in the last hour are over 500.").WaitForAsync();
        await first.Page.GetByLabel("Reason, kept in the audit").FillAsync("a loop of the list server");
        await first.KeepAsync("second-operator-preview");
        await first.Page.GetByRole(AriaRole.Button, new() { Name = "Remove 600 deliveries" }).ClickAsync();
        var waits = first.Page.GetByRole(AriaRole.Link, new() { Name = "Waits for a second operator: removing 600 deliveries" });
        await waits.WaitForAsync();
        await waits.ClickAsync();
        (await first.Page.GetByRole(AriaRole.Button, new() { Name = "Confirm: remove 600 deliveries" }).GetAttributeAsync("aria-disabled")).ShouldBe("true");
        (await console.Queue.ScalarAsync<long>("select count(*) from delivery")).ShouldBe(600);

        await second.Page.GetByText("Remove 600 deliveries").First.ClickAsync();
        await second.Page.GetByText("admin asks for a second operator").WaitForAsync();
        await second.KeepAsync("second-operator");
        await second.Page.GetByRole(AriaRole.Button, new() { Name = "Confirm: remove 600 deliveries" }).ClickAsync();
        await second.Page.GetByRole(AriaRole.Button, new() { Name = "Take back 600 deliveries" }).WaitForAsync();
        (await console.Queue.ScalarAsync<long>("select count(*) from delivery_history where state = 'removed'")).ShouldBe(600);
        (await console.Queue.ScalarAsync<long>("select count(*) from audit where verb = 'confirm' and actor = 't.braun'")).ShouldBe(1);

        await first.Page.GetByText("Removed 600 deliveries without a report").WaitForAsync();
        await first.Page.GetByRole(AriaRole.Button, new() { Name = "Undo", Exact = true }).ClickAsync();
        await first.Page.GetByText("Taken back: 600 deliveries are as before").WaitForAsync();

        (await console.Queue.ScalarAsync<long>("select count(*) from delivery where state = 'queued'")).ShouldBe(600);
        (await console.Queue.Books.CheckAsync(CancellationToken.None)).Differences.ShouldBeEmpty();
        first.Errors.ShouldBeEmpty();
        second.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_view_is_saved_under_a_name_with_its_count_and_removed()
    {
        await using var console = await FilledAsync(1, 3, "x.example");
        await using var window = await SignedInAsync(console, "admin", "/queue?recipient=r1");
        var page = window.Page;

        await page.GetByRole(AriaRole.Button, new() { Name = "Save view" }).ClickAsync();
        await page.GetByLabel("Name of the view").FillAsync("First dock");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        var tab = page.GetByRole(AriaRole.Link, new() { Name = "First dock 1" });
        await tab.WaitForAsync();
        await window.GoAsync("/queue");
        await tab.ClickAsync();
        await page.ArrivesAsync("**/queue?recipient=r1");
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove view" }).ClickAsync();

        await tab.WaitForAsync(new() { State = WaitForSelectorState.Detached });
        window.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task More_actions_open_by_keyboard_and_each_shows_its_effect()
    {
        await using var console = await FilledAsync(1, 3, "x.example");
        await console.Queue.ExecuteAsync("insert into connector (name, kind) values ('smtp-two', 'smtp')");
        await using var window = await SignedInAsync(console, "admin", "/queue");
        var page = window.Page;
        await page.GetByLabel("Select all shown").CheckAsync();

        await MoreAsync(page, "Change the priority…");
        await page.GetByLabel("high").CheckAsync();
        await page.GetByText("go before what is due for the same destination").WaitForAsync();
        await window.KeepAsync("priority-preview");
        await page.GetByRole(AriaRole.Button, new() { Name = "Set high priority" }).ClickAsync();
        await page.GetByText("Gave high priority to 3 deliveries").WaitForAsync();
        await page.GetByRole(AriaRole.Toolbar).WaitForAsync(new() { State = WaitForSelectorState.Hidden });
        await page.GetByLabel("Select all shown").CheckAsync();
        await MoreAsync(page, "Reroute…");
        await page.GetByLabel("Which way").SelectOptionAsync("smtp-two");
        await page.GetByText("stay: There is no connector smtp-two.").WaitForAsync();
        await window.KeepAsync("reroute-preview");

        (await console.Queue.ScalarAsync<long>("select count(*) from delivery where priority = 1")).ShouldBe(3);
        window.Errors.ShouldBeEmpty();
    }

    private static async Task MoreAsync(IPage page, string what)
    {
        await page.GetByRole(AriaRole.Toolbar).GetByRole(AriaRole.Button, new() { Name = "More actions" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Button, new() { Name = what }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
    }

    private static async Task AllThatMatchAsync(IPage page, string number)
    {
        // What was selected for an act before is let go after it.
        await page.GetByRole(AriaRole.Toolbar).WaitForAsync(new() { State = WaitForSelectorState.Hidden });
        await page.GetByLabel("Select all shown").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = $"Select all {number} that match" }).ClickAsync();
        await page.GetByText($"All {number} that match").WaitForAsync();
    }

    private async Task<Window> SignedInAsync(ConsoleUnderTest console, string name, string path, string password = ConsoleUnderTest.Password)
    {
        var window = await chromium.OpenAsync(console.Url);
        await window.SignInToAsync(path, password, name);
        return window;
    }

    private static async Task<ConsoleUnderTest> FilledAsync(int messages, int recipients, string domain)
    {
        var console = await ConsoleUnderTest.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, messages).Select(m => console.Queue.AcceptAsync(
            console.Queue.Message($"letter {m}", [.. Enumerable.Range(0, recipients).Select(r => $"r{r}@{domain}")]))));
        return console;
    }
}
