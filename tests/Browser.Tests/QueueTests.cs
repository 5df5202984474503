using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Postern.Browser.Tests.Support;
using Postern.Domain.Access;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Queue;

namespace Postern.Browser.Tests;

[TakesLong]
public sealed partial class QueueTests(Chromium chromium)
{
    [Fact]
    public async Task A_number_of_the_overview_opens_exactly_those_deliveries()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await ExampleMail.FillAsync(console.Queue);
        await using var window = await SignedInAsync(console);
        var page = window.Page;
        var cell = page.GetByTitle(CellTitle()).First;
        var count = int.Parse((await cell.TextContentAsync())!, System.Globalization.CultureInfo.InvariantCulture);

        await cell.ClickAsync();

        await page.GetByText($"{count} deliver").First.WaitForAsync();
        (await page.Locator("table.deliveries tbody tr").CountAsync()).ShouldBe(count);
    }

    [Fact]
    public async Task A_filter_is_in_the_address_and_survives_a_reload_and_the_back_button()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await ExampleMail.FillAsync(console.Queue);
        await using var window = await SignedInAsync(console, "/queue");
        var page = window.Page;

        await RowsAsync(page, 100);
        await page.Keyboard.PressAsync("f");
        await page.GetByRole(AriaRole.Link, new() { Name = "held", Exact = true }).ClickAsync();
        await page.ArrivesAsync("**/queue?state=held");
        await RowsAsync(page, 14);
        await page.ReloadAsync();
        await RowsAsync(page, 14);

        await page.GoBackAsync();

        await RowsAsync(page, 100);
        page.Url.ShouldEndWith("/queue");
    }

    [Fact]
    public async Task Words_typed_into_a_filter_narrow_the_table()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await ExampleMail.FillAsync(console.Queue);
        await using var window = await SignedInAsync(console, "/queue");
        var page = window.Page;

        await page.GetByRole(AriaRole.Button, new() { Name = "Filter" }).ClickAsync();
        await window.KeepAsync("filter");
        await page.GetByLabel("domain").FillAsync(" aurora ");
        await page.GetByLabel("domain").PressAsync("Enter");
        await page.ArrivesAsync("**/queue?domain=aurora");

        var expected = await console.Queue.ScalarAsync<long>("select count(*) from delivery where recipient like '% at AURORA'");
        await page.GetByText($"{expected} deliveries").First.WaitForAsync();
        await page.GetByLabel("domain", new() { Exact = true }).WaitForAsync(new() { State = WaitForSelectorState.Hidden });
    }

    [Fact]
    public async Task Escape_closes_the_filter_and_leaves_the_drawer_open()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await ExampleMail.FillAsync(console.Queue);
        await using var window = await SignedInAsync(console, "/queue");
        var page = window.Page;
        await RowsAsync(page, 100);
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("aside.drawer").WaitForAsync();

        await page.Keyboard.PressAsync("f");
        await page.Locator("#filter-choices :focus", new() { HasText = "queued" }).WaitForAsync();
        await page.Keyboard.PressAsync("Escape");

        (await page.Locator("#filter-choices").IsVisibleAsync()).ShouldBeFalse();
        (await page.Locator("aside.drawer").IsVisibleAsync()).ShouldBeTrue();
        await page.Keyboard.PressAsync("Escape");
        await page.Locator("aside.drawer").WaitForAsync(new() { State = WaitForSelectorState.Detached });
    }

    [Fact]
    public async Task The_next_hundred_follow_and_the_first_come_back()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await ExampleMail.FillAsync(console.Queue);
        await using var window = await SignedInAsync(console, "/queue");
        var page = window.Page;
        var first = await page.Locator("table.deliveries tbody tr").First.GetAttributeAsync("id");

        await page.GetByRole(AriaRole.Link, new() { Name = "Next 100" }).ClickAsync();
        await page.Locator($"#{first}").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await page.GetByRole(AriaRole.Link, new() { Name = "Back to the first" }).ClickAsync();

        await page.Locator($"#{first}").WaitForAsync();
    }

    [Fact]
    public async Task A_delivery_is_held_released_and_removed_with_the_keyboard_alone()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await console.Queue.AcceptAsync(console.Queue.Message("first", "first@x.example"));
        await console.Queue.AcceptAsync(console.Queue.Message("second", "second@x.example"));
        await using var window = await SignedInAsync(console, "/queue");
        var page = window.Page;
        await RowsAsync(page, 2);

        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Complementary, new() { Name = "first" }).WaitForAsync();
        await page.Keyboard.PressAsync("h");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Hold 1 delivery" }).WaitForAsync();
        await page.Keyboard.PressAsync("Enter");
        await StateAsync(console, "first@x.example", "held");
        await page.GetByText("Held 1 delivery").WaitForAsync();
        await page.Keyboard.PressAsync("l");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Release 1 delivery" }).WaitForAsync();
        await page.Keyboard.PressAsync("Enter");
        await StateAsync(console, "first@x.example", "queued");
        await page.GetByText("Released 1 delivery").WaitForAsync();
        await page.Keyboard.PressAsync("Delete");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Remove 1 delivery" }).WaitForAsync();
        await window.KeepAsync("remove-preview");
        await page.GetByLabel("Reason, kept in the audit").FocusAsync();
        await page.Keyboard.TypeAsync("sent twice");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");

        await page.GetByText("Removed 1 delivery without a report").WaitForAsync();
        await console.Queue.UntilAsync("select count(*) from delivery_history where recipient = 'first@x.example' and state = 'removed' and reason = 'Removed by admin: sent twice'", 1);
        (await console.Queue.ScalarAsync<long>("select count(*) from audit where actor = 'admin' and verb = 'remove' and reason = 'sent twice'")).ShouldBe(1);
        (await console.Queue.ScalarAsync<long>("select count(*) from delivery where recipient = 'second@x.example' and state = 'queued'")).ShouldBe(1);
        window.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_selection_is_returned_with_a_preview_that_asks_for_a_reason()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        for (var i = 0; i < 3; i++)
        {
            await console.Queue.AcceptAsync(console.Queue.Message($"letter {i}", $"r{i}@x.example"));
        }

        await using var window = await SignedInAsync(console, "/queue");
        var page = window.Page;
        await page.GetByLabel("Select all shown").CheckAsync();
        await page.GetByRole(AriaRole.Toolbar).GetByRole(AriaRole.Button, new() { Name = "Return…" }).ClickAsync();
        var button = page.GetByRole(AriaRole.Button, new() { Name = "Return 3 deliveries" });
        (await button.GetAttributeAsync("aria-disabled")).ShouldBe("true");
        await window.KeepAsync("return-preview");

        await page.GetByLabel("Reason, told to the senders").FillAsync("dock closed until Tuesday");
        await button.ClickAsync();

        await page.GetByText("Returned 3 deliveries to their senders").WaitForAsync();
        await console.Queue.UntilAsync("select count(*) from message where is_report", 3);
        (await console.Queue.Books.CheckAsync(CancellationToken.None)).IsBalanced.ShouldBeTrue();
        await window.KeepAsync("operation");

        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();

        await page.GetByText("Taken back: 3 deliveries are as before").WaitForAsync();
        await console.Queue.UntilAsync("select count(*) from delivery where not is_report and state = 'queued'", 3);
        (await console.Queue.ScalarAsync<long>("select count(*) from delivery where is_report")).ShouldBe(0);
        (await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).CountAsync()).ShouldBe(0);
        await window.KeepAsync("operation-undone");
    }

    [Fact]
    public async Task What_an_act_could_not_do_is_said_with_its_reason()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var id = await console.Queue.AcceptAsync(console.Queue.Message("a letter", "r@x.example"));
        await using var window = await SignedInAsync(console, "/queue");
        var page = window.Page;
        await page.Locator("table.deliveries").GetByRole(AriaRole.Checkbox).Nth(1).CheckAsync();
        await page.GetByRole(AriaRole.Toolbar).GetByRole(AriaRole.Button, new() { Name = "Hold…" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Hold 1 delivery" }).WaitForAsync();
        await console.Queue.ExecuteAsync($"update delivery set state = 'leased', leased_by = 1, leased_until = now() + interval '1 minute' where id = {id + 1}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Hold 1 delivery" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "1 as they are" }).ClickAsync();

        await page.GetByText("It is on its way; wait until the attempt has ended.").First.WaitForAsync();
    }

    [Fact]
    public async Task The_errors_that_most_wait_for_are_offered_to_filter_by()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await console.Queue.AcceptAsync(console.Queue.Message("four", "a@x.example", "b@x.example", "c@x.example", "d@x.example"));
        await console.Queue.ExecuteAsync(
            """
            update delivery set attempts = 1, due_at = now() + interval '1 hour', reason = 'mx1.x.example asks to try later, ' || id || ' times.' where recipient < 'c';
            update delivery set attempts = 1, due_at = now() + interval '1 hour', reason = 'No answer in time.' where recipient like 'c%'
            """);
        await using var window = await SignedInAsync(console, "/queue");
        var page = window.Page;
        await RowsAsync(page, 4);

        await page.Keyboard.PressAsync("f");
        var choice = page.Locator("#filter-choices a", new() { HasText = "asks to try later" });
        (await choice.Locator("b").TextContentAsync()).ShouldBe("2");
        await window.KeepAsync("queue-filter-menu");
        await choice.ClickAsync();

        await RowsAsync(page, 2);
        await page.Locator(".filters").GetByText("mx#.x.example asks to try later").First.WaitForAsync();
    }

    [Fact]
    public async Task New_mail_appears_by_itself_and_waits_while_paused()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await using var window = await SignedInAsync(console, "/queue");
        var page = window.Page;
        await page.GetByText("New deliveries appear here by themselves.").WaitForAsync();
        await console.Queue.AcceptAsync(console.Queue.Message("warm-up", "warm@x.example"));
        await RowsAsync(page, 1);

        await console.Queue.AcceptAsync(console.Queue.Message("appears", "new@x.example"));
        await RowsAsync(page, 2);
        await page.Keyboard.PressAsync("p");
        await page.GetByRole(AriaRole.Button, new() { Name = "Paused" }).WaitForAsync();
        await console.Queue.AcceptAsync(console.Queue.Message("later", "later@x.example"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Paused, 1 new" }).WaitForAsync();
        await RowsAsync(page, 2);
        await page.Keyboard.PressAsync("p");

        await RowsAsync(page, 3);
    }

    [Fact]
    public async Task A_row_that_somebody_reads_stays_in_its_place_while_its_state_changes()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var id = await console.Queue.AcceptAsync(console.Queue.Message("read me", "r@x.example"));
        await using var window = await SignedInAsync(console, $"/queue?open={id + 1}");
        var page = window.Page;
        await page.GetByRole(AriaRole.Complementary, new() { Name = "read me" }).WaitForAsync();

        await console.Queue.Actions.ActAsync(DeliveryVerb.Remove, [id + 1], new Operator("t.braun", [Role.Administrator], "not ours"), CancellationToken.None);

        await page.GetByText("It has ended; nothing can be done to it.").WaitForAsync();
        await RowsAsync(page, 1);
        await page.GetByText("Removed by t.braun: not ours").First.WaitForAsync();
    }

    [Fact]
    public async Task A_selection_survives_what_changes_meanwhile()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await console.Queue.AcceptAsync(console.Queue.Message("three", "a@x.example", "b@x.example", "c@x.example"));
        await using var window = await SignedInAsync(console, "/queue");
        var page = window.Page;
        await RowsAsync(page, 3);
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("Space");
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("Space");
        await page.GetByText("2 selected").WaitForAsync();

        // One is taken away by somebody else, and new mail comes in: nothing moves, and what was chosen stays chosen.
        var ids = await console.Queue.ScalarAsync<long[]>("select array_agg(id order by id) from delivery");
        await console.Queue.Actions.ActAsync(DeliveryVerb.Remove, [ids[0]], new Operator("t.braun", [Role.Administrator], "not ours"), CancellationToken.None);
        await console.Queue.AcceptAsync(console.Queue.Message("new", "d@x.example"));
        await page.GetByText("1 new delivery; show").WaitForAsync();
        await RowsAsync(page, 3);
        await page.GetByText("2 selected").WaitForAsync();
        (await page.Locator("tr[aria-selected=true]").CountAsync()).ShouldBe(2);

        await page.GetByText("1 new delivery; show").ClickAsync();
        await page.GetByText("1 no longer shown").WaitForAsync();
        await page.GetByText("2 selected").WaitForAsync();
        window.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_theme_is_switched_and_stays()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await using var window = await SignedInAsync(console, "/queue");
        var page = window.Page;

        await page.GetByRole(AriaRole.Button, new() { Name = "Switch between light and dark" }).ClickAsync();
        await page.Locator("html[data-theme=dark]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await page.ReloadAsync();

        (await page.EvaluateAsync<string>("document.documentElement.dataset.theme")).ShouldBe("dark");
        (await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor")).ShouldBe("rgb(12, 16, 15)");
    }

    [Fact]
    public async Task A_connector_is_stopped_and_started_and_the_audit_knows_by_whom()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await using var window = await SignedInAsync(console, "/connectors?open=smtp-test");
        var page = window.Page;

        await page.GetByRole(AriaRole.Button, new() { Name = "Stop smtp-test" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Start smtp-test" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Stop smtp-test" }).WaitForAsync();

        (await console.Queue.ScalarAsync<string[]>("select array_agg(verb || ' ' || actor order by id) from audit")).ShouldBe(["stop admin", "start admin"]);
    }

    private async Task<Window> SignedInAsync(ConsoleUnderTest console, string path = "/")
    {
        var window = await chromium.OpenAsync(console.Url);
        await window.SignInToAsync(path);

        return window;
    }

    private static Task RowsAsync(IPage page, int count) =>
        Assertions.Expect(page.Locator("table.deliveries tbody tr")).ToHaveCountAsync(count, new() { Timeout = 10_000 });

    private static Task StateAsync(ConsoleUnderTest console, string recipient, string state) =>
        console.Queue.UntilAsync($"select count(*) from delivery where recipient = '{recipient}' and state = '{state}'", 1);

    [GeneratedRegex("^ccmail-sales, .*: .* deliver")]
    private static partial Regex CellTitle();
}
