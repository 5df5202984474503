using Microsoft.Playwright;
using Postern.Browser.Tests.Support;
using Postern.Domain.Access;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Browser.Tests;

public sealed class QuarantineTests(Chromium chromium)
{
    [Fact]
    public async Task A_poison_group_is_tried_fixed_replayed_and_arrives_changed_while_the_original_stays()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await PoisonAsync(console.Queue, 6);
        await using var window = await chromium.OpenAsync(console.Url);
        await window.SignInToAsync("/quarantine");
        var page = window.Page;

        await page.GetByText("6 quarantined").WaitForAsync();
        await page.GetByText("are queued as before").WaitForAsync();
        await page.GetByRole(AriaRole.Radio, new() { Name = "Edit sender, recipient or a header" }).ClickAsync();
        await page.GetByLabel("Header field").FillAsync("Subject");
        await page.GetByLabel("Its new value").FillAsync("Berth list (new)");
        await page.GetByLabel("Reason, kept in the audit (may be left out)").FillAsync("brackets taken out");
        await page.GetByText("can be read and converted, and are queued for smtp-test").WaitForAsync();
        (await console.Queue.ScalarAsync<long>("select count(*) from delivery where state = 'quarantined'")).ShouldBe(6);
        await page.GetByRole(AriaRole.Button, new() { Name = "Replay 6" }).ClickAsync();
        await page.GetByText("Replayed 6 deliveries").WaitForAsync();
        await page.GetByText("Nothing is set aside").WaitForAsync();

        console.Queue.Dispatcher.Attach(console.Queue.Runtime);
        await console.Queue.UntilAsync("select count(*) from delivery_history where state = 'delivered' and subject = 'Berth list (new)'", 6);
        (await console.Queue.ScalarAsync<long>("select count(*) from message m join message_content c on c.message_id = m.id where position('Subject: Berth [list]'::bytea in c.data) > 0")).ShouldBe(6);
        (await console.Queue.ScalarAsync<string>("select reason from audit where verb = 'replay'")).ShouldBe("brackets taken out");
        await window.GoAsync($"/messages/{await console.Queue.ScalarAsync<long>("select min(id) from message")}");
        await page.GetByText("The header field Subject was replaced").First.WaitForAsync();
        await page.GetByText("changed and queued again by").First.WaitForAsync();
        window.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_replay_is_taken_back_from_its_line()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await PoisonAsync(console.Queue, 2);
        await using var window = await chromium.OpenAsync(console.Url);
        await window.SignInToAsync("/quarantine");

        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Only this one" }).ClickAsync();
        await window.Page.GetByText("Replayed 1 delivery").WaitForAsync();
        await window.Page.GetByText("1 quarantined").WaitForAsync();
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();

        await window.Page.GetByText("2 quarantined").WaitForAsync();
    }

    [Fact]
    public async Task A_bounce_is_traced_to_its_original_and_back()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var id = await console.Queue.AcceptAsync(console.Queue.Message("Reefer sockets", "a@x.example") with { HeaderId = "<r1@a.example>" });
        await console.Queue.Actions.ActAsync(DeliveryVerb.Return, [id + 1], new Operator("m.keller", [Role.Operator], "no such berth"), CancellationToken.None);
        var report = await console.Queue.ScalarAsync<long>("select id from message where is_report");
        await using var window = await chromium.OpenAsync(console.Url);
        await window.SignInToAsync("/");
        var page = window.Page;

        await page.GetByRole(AriaRole.Searchbox, new() { Name = "Trace a message" }).FillAsync("Undeliverable: Reefer");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Link, new() { Name = "Undeliverable: Reefer sockets" }).ClickAsync();
        await page.GetByText("The message it reports on came in").WaitForAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = $"Open message {id}" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Reefer sockets", Level = 1, Exact = true }).WaitForAsync();
        await page.GetByText("A report on it was written").WaitForAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = $"Open message {report}" }).ClickAsync();
        await page.GetByText("The message it reports on came in").WaitForAsync();

        window.Errors.ShouldBeEmpty();
    }

    private static async Task PoisonAsync(TestQueue queue, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await queue.AcceptAsync(queue.Message("Berth [list]", $"u{i}@x.example"));
        }

        await queue.ExecuteAsync("update delivery set state = 'quarantined', attempts = 2, crashes = 1, status = '5.3.0', reason = 'IMPORT was stopped after ' || (100 + id % 7) || ' s at ' || id || '.ccm, the same file twice.', last_attempt_at = now() - id % 50 * interval '1 minute'");
    }
}
