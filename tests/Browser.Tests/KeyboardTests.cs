using Microsoft.Playwright;
using Postern.Browser.Tests.Support;
using Postern.Web;

namespace Postern.Browser.Tests;

/// <summary>The console with the keyboard alone. That Tab reaches every control of every page is asked where the pages are drawn (<see cref="Review"/>).</summary>
public sealed class KeyboardTests(Chromium chromium)
{
    [Fact]
    public async Task Every_drawer_takes_the_focus_closes_with_escape_and_gives_the_focus_back()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await ExampleMail.FillAsync(console.Queue);
        await ExampleMail.OperationsAsync(console.Queue);
        await console.Queue.ExecuteAsync(
            """
            insert into entry (display_name) values ('Brandt, Uwe');
            insert into entry_address (entry_id, type, address, key, is_native, ordinal) select id, 'CCMAIL', 'CCMAIL:Brandt, Uwe at SALES', sha256('x'), true, 0 from entry;
            insert into alert (key, kind, subject, connector, severity, text, next_step, link, since, opened_at) values ('a', 'disk low', '/srv', '', 'warning', 'The disk has 3.1 GB left.', 'Free some.', '', now(), now())
            """);
        await using var window = await SignedInAsync(console);
        var page = window.Page;

        foreach (var path in new[] { "/queue?state=held", "/operations", "/connectors", "/events", "/alerts", "/directory", "/sites", "/post-offices", "/listeners", "/people", "/audit" })
        {
            await window.GoAsync(path);
            var row = page.Locator("tbody > tr").First;
            await row.WaitForAsync();
            await TabToAsync(page, "tbody > tr");
            await page.Keyboard.PressAsync("Enter");
            await page.Locator("aside.drawer h2:focus").WaitForAsync();
            await page.Keyboard.PressAsync("Escape");

            await page.Locator("aside.drawer").WaitForAsync(new() { State = WaitForSelectorState.Detached });
            await page.Locator("tbody > tr:first-child:focus").WaitForAsync();
        }

        window.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_rows_are_walked_with_the_drawer_open_and_the_focus_ends_on_the_row_that_was_walked_to()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await ExampleMail.FillAsync(console.Queue);
        await using var window = await SignedInAsync(console, "/queue?state=held");
        var page = window.Page;
        var rows = page.Locator("table.deliveries tbody > tr");
        await rows.First.WaitForAsync();

        await page.Keyboard.PressAsync("j");
        await FocusIsOnAsync(rows.Nth(0));
        await page.Keyboard.PressAsync("ArrowDown");
        await FocusIsOnAsync(rows.Nth(1));
        await page.Keyboard.PressAsync("k");
        await FocusIsOnAsync(rows.Nth(0));
        await page.Keyboard.PressAsync("End");
        await FocusIsOnAsync(rows.Last);
        await page.Keyboard.PressAsync("ArrowDown");
        await FocusIsOnAsync(rows.Last);
        await page.Keyboard.PressAsync("Home");
        await FocusIsOnAsync(rows.Nth(0));
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("aside.drawer h2:focus").WaitForAsync();
        await page.Keyboard.PressAsync("j");
        await FocusIsOnAsync(rows.Nth(1));
        await page.ArrivesAsync($"**open={(await rows.Nth(1).GetAttributeAsync("id"))!["row-".Length..]}*");
        await page.Keyboard.PressAsync("ArrowDown");
        await FocusIsOnAsync(rows.Nth(2));
        await page.ArrivesAsync($"**open={(await rows.Nth(2).GetAttributeAsync("id"))!["row-".Length..]}*");
        await page.Keyboard.PressAsync(" ");
        await Assertions.Expect(rows.Nth(2)).ToHaveAttributeAsync("aria-selected", "true");
        await page.Keyboard.PressAsync("Escape");

        await page.Locator("aside.drawer").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await FocusIsOnAsync(rows.Nth(2));
        window.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_opened_a_preview_has_the_focus_again_when_it_is_dropped()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await console.Queue.AcceptAsync(console.Queue.Message("a letter", "r@x.example"));
        await using var window = await SignedInAsync(console, "/queue");
        var page = window.Page;
        await page.GetByLabel("Select all shown").FocusAsync();
        await page.Keyboard.PressAsync(" ");
        var hold = page.GetByRole(AriaRole.Toolbar).GetByRole(AriaRole.Button, new() { Name = "Hold…" });
        await hold.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("aside.drawer h2:focus").WaitForAsync();

        await page.Keyboard.PressAsync("Escape");

        await FocusIsOnAsync(hold);
        await page.GetByRole(AriaRole.Button, new() { Name = "More actions" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Tab");
        await FocusIsOnAsync(page.GetByRole(AriaRole.Button, new() { Name = "Reroute…" }));
        await page.Keyboard.PressAsync("Escape");
        await FocusIsOnAsync(page.GetByRole(AriaRole.Button, new() { Name = "More actions" }));
        (await console.Queue.ScalarAsync<long>("select count(*) from delivery where state = 'held'")).ShouldBe(0);
    }

    [Fact]
    public async Task The_list_of_keys_keeps_the_focus_until_escape_and_nothing_behind_it_answers()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await console.Queue.AcceptAsync(console.Queue.Message("a letter", "r@x.example"));
        await using var window = await SignedInAsync(console, "/queue");
        var page = window.Page;
        await page.Locator("table.deliveries tbody > tr").WaitForAsync();
        await page.Keyboard.PressAsync("j");
        await FocusIsOnAsync(page.Locator("table.deliveries tbody > tr"));
        await page.Keyboard.PressAsync("?");
        await page.GetByRole(AriaRole.Dialog).WaitForAsync();
        await Axe.ShouldFindNothingAsync(window, "the list of keys");

        for (var i = 0; i < 6; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            (await page.EvaluateAsync<bool>("document.activeElement === document.body || document.activeElement.closest('dialog') !== null")).ShouldBeTrue();
        }

        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("p");
        await page.Keyboard.PressAsync("Escape");

        await page.GetByRole(AriaRole.Dialog).WaitForAsync(new() { State = WaitForSelectorState.Hidden });
        await FocusIsOnAsync(page.Locator("table.deliveries tbody > tr"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Live", Exact = true }).WaitForAsync();
        (await page.Locator("aside.drawer").CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task The_first_tab_stop_leads_past_the_navigation_and_stays_on_the_page()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await using var window = await SignedInAsync(console, "/queue?state=held");
        var page = window.Page;
        await page.EvaluateAsync("document.activeElement.blur(); document.querySelector('.skip').focus()");
        (await page.Locator(".skip").BoundingBoxAsync())!.Y.ShouldBeGreaterThanOrEqualTo(0);

        await page.Keyboard.PressAsync("Enter");

        await page.Locator("main:focus").WaitForAsync();
        new Uri(page.Url).PathAndQuery.ShouldBe("/queue?state=held");
        await page.Keyboard.PressAsync("Tab");
        (await page.EvaluateAsync<bool>("document.activeElement.closest('main') !== null")).ShouldBeTrue();
    }

    [Fact]
    public async Task Keys_of_one_letter_are_switched_off_in_this_browser_and_the_arrows_stay()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await console.Queue.AcceptAsync(console.Queue.Message("a letter", "r@x.example"));
        await using var window = await SignedInAsync(console, Urls.Account);
        var page = window.Page;
        await page.GetByRole(AriaRole.Button, new() { Name = "Switch off" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Switch on" }).WaitForAsync();
        await window.GoAsync("/queue");
        var row = page.Locator("table.deliveries tbody > tr");
        await row.WaitForAsync();

        await page.Keyboard.PressAsync("p");
        await page.Keyboard.PressAsync("f");
        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("m");
        await page.Keyboard.PressAsync("ArrowDown");

        await FocusIsOnAsync(row);
        await page.GetByRole(AriaRole.Button, new() { Name = "Live", Exact = true }).WaitForAsync();
        (await page.Locator("#filter-choices").IsVisibleAsync()).ShouldBeFalse();
        new Uri(page.Url).AbsolutePath.ShouldBe("/queue");
        await window.GoAsync(Urls.Account);
        await page.GetByRole(AriaRole.Button, new() { Name = "Switch on" }).WaitForAsync();
    }

    [Fact]
    public async Task The_focus_that_follows_the_cursor_does_not_pull_it_back_from_where_quick_fingers_have_led_it()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await console.Queue.AcceptAsync(console.Queue.Message("two", "a@x.example", "b@x.example"));
        await using var window = await SignedInAsync(console, "/queue");
        var page = window.Page;
        await Assertions.Expect(page.Locator("table.deliveries tbody > tr")).ToHaveCountAsync(2);

        // The second step is taken while the focus arrives at the first row, and the mark is set right behind it.
        await page.EvaluateAsync(
            """
            const press = key => document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
            window.addEventListener('focus', () => { press('j'); queueMicrotask(() => press(' ')); }, { capture: true, once: true });
            press('j');
            press(' ');
            """);

        await page.GetByText("2 selected").WaitForAsync();
        await FocusIsOnAsync(page.Locator("table.deliveries tbody > tr").Nth(1));
    }

    private async Task<Window> SignedInAsync(ConsoleUnderTest console, string path = "/")
    {
        var window = await chromium.OpenAsync(console.Url);
        await window.SignInToAsync(path);
        return window;
    }

    private static Task FocusIsOnAsync(ILocator part) => Assertions.Expect(part).ToBeFocusedAsync(new() { Timeout = 10_000 });

    private static async Task TabToAsync(IPage page, string selector)
    {
        for (var i = 0; i < 60; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await page.EvaluateAsync<bool>("selector => document.activeElement.matches(selector)", selector))
            {
                return;
            }
        }

        throw new InvalidOperationException($"Tab never came to {selector} of {page.Url}.");
    }
}
