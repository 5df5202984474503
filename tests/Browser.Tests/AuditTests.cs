using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Postern.Browser.Tests.Support;
using Postern.Domain.Access;
using Postern.Infrastructure.Audit;
using Postern.Web;

namespace Postern.Browser.Tests;

/// <summary>The head of the audit in the browser: who gets it, and what it proves.</summary>
public sealed class AuditTests(Chromium chromium)
{
    [Fact]
    public async Task Who_gets_the_daily_head_is_said_in_the_browser_and_a_place_that_no_route_leads_to_is_refused()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await ExampleHarbor.FillAsync(console.Queue, isBroken: false);
        await using var window = await chromium.OpenAsync(console.Url);
        await window.SignInToAsync(Urls.AuditPath);
        var page = window.Page;
        await page.GetByRole(AriaRole.Link, new() { Name = "Daily head: in the log only" }).ClickAsync();
        var to = page.GetByLabel("Goes by mail once a day to");

        await to.FillAsync("nowhere");
        await Button(page, "Save").ClickAsync();
        await page.GetByText("nowhere is no address.").WaitForAsync();
        await to.FillAsync("CCMAIL:Nobody at NOWHERE");
        await Button(page, "Save").ClickAsync();
        await page.GetByText("No route leads to CCMAIL:Nobody at NOWHERE.").WaitForAsync();
        (await console.Queue.ScalarAsync<long>("select count(*) from audit where verb = 'mail audit head'")).ShouldBe(0);
        await to.FillAsync("keeper@far.example");
        await Button(page, "Save").ClickAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "Daily head: to keeper@far.example" }).WaitForAsync();
        (await console.Queue.ScalarAsync<string>("select actor || ' ' || target from audit where verb = 'mail audit head'")).ShouldBe("admin keeper@far.example");
        window.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_audit_is_checked_in_the_browser_and_a_head_that_was_kept_shows_what_was_written_anew()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await console.AddPersonAsync("m.keller", Role.Viewer);
        var kept = await console.Services.GetRequiredService<AuditChain>().HeadAsync(CancellationToken.None);
        await using var window = await chromium.OpenAsync(console.Url);
        await window.SignInToAsync(Urls.AuditHead);
        var page = window.Page;
        var head = page.GetByLabel("Head that was kept, if there is one");

        await Button(page, "Check now").ClickAsync();
        await page.GetByText("The audit holds:").WaitForAsync();
        await head.FillAsync("a letter");
        await Button(page, "Check now").ClickAsync();
        await page.GetByText("This is no head.").WaitForAsync();
        await head.FillAsync(kept.ToString());
        await Button(page, "Check now").ClickAsync();
        await page.GetByText("The audit holds:").WaitForAsync();
        await head.FillAsync($"{kept.Place}:{new string('0', kept.Hash.Length)}");
        await Button(page, "Check now").ClickAsync();
        await page.GetByText("The audit does not hold").WaitForAsync();

        await page.GetByText("the chain was written anew").WaitForAsync();
        window.Errors.ShouldBeEmpty();
    }

    private static ILocator Button(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });
}
