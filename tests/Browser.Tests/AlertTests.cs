using Microsoft.Playwright;
using Postern.Browser.Tests.Support;

namespace Postern.Browser.Tests;

/// <summary>The journey of an alert: it is counted, found, taken and written about; who may not act sees why.</summary>
public sealed class AlertTests(Chromium chromium)
{
    [Fact]
    public async Task An_alert_is_counted_in_the_navigation_taken_noted_and_gone_when_it_is_over()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await console.Queue.ExecuteAsync(
            "insert into alert (key, kind, subject, connector, severity, text, next_step, link, since) values ('a', 'queue only ages', 'smtp-test', 'smtp-test', 'error', '12 deliveries wait for smtp-test.', 'Open its queue.', '/queue?connector=smtp-test&state=queued,leased', now())");
        await using var window = await chromium.OpenAsync(console.Url);
        await window.SignInAsync();
        var page = window.Page;

        await page.GetByTitle("1 open").WaitForAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Alerts", Exact = false }).First.ClickAsync();
        await page.GetByText("12 deliveries wait for smtp-test.").First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Take it" }).ClickAsync();
        await page.GetByText("took it").WaitForAsync();
        await page.GetByLabel("Note, kept with the alert").FillAsync("The pier has no power.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add the note" }).ClickAsync();
        await page.GetByText("The pier has no power.").WaitForAsync();
        (await page.GetByRole(AriaRole.Link, new() { Name = "The deliveries it is about" }).GetAttributeAsync("href")).ShouldBe("/queue?connector=smtp-test&state=queued,leased");

        await console.Queue.ExecuteAsync("update alert set closed_at = now()");
        await page.GetByText("Nothing is wrong that Postern knows of").WaitForAsync();
        await page.GetByText("It is over. It lasted").WaitForAsync();

        (await console.Queue.ScalarAsync<long>("select count(*) from audit where verb in ('take alert', 'note on alert')")).ShouldBe(2);
        window.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_is_told_is_edited_in_the_browser_and_a_viewer_sees_why_they_may_not()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await using var window = await chromium.OpenAsync(console.Url);
        await window.SignInToAsync("/alerts/settings");
        var page = window.Page;

        await page.GetByLabel("Recipients").FillAsync("duty@ops.example\nlead@ops.example");
        await page.GetByLabel("Webhooks", new() { Exact = true }).FillAsync("file:///etc/passwd");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await page.GetByText("Nothing was saved").WaitForAsync();
        await page.GetByLabel("Webhooks", new() { Exact = true }).FillAsync("https://chat.example/hooks/1");
        await page.GetByLabel("Delay notices after").FillAsync("90m");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await page.GetByText("Saved. It holds from now on.").WaitForAsync();

        (await console.Queue.ScalarAsync<string>("select array_to_string(alert_recipients, ' ') || ' ' || alert_webhooks[1] || ' ' || delay_notice from configuration"))
            .ShouldBe("duty@ops.example lead@ops.example https://chat.example/hooks/1 01:30:00");
        await console.Queue.ExecuteAsync("update console_user set roles = '{viewer}'");
        await page.GetByLabel("Recipients").FillAsync("");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await page.GetByText("may not change the configuration").First.WaitForAsync();
        await window.GoAsync("/alerts/settings");
        (await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).GetAttributeAsync("aria-disabled")).ShouldBe("true");
        (await console.Queue.ScalarAsync<long>("select cardinality(alert_recipients)::bigint from configuration")).ShouldBe(2);
    }
}
