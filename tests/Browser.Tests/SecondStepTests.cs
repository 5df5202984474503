using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Postern.Browser.Tests.Support;
using Postern.Domain.Access;
using Postern.Infrastructure.Audit;
using Postern.Web;
using Postern.Web.Security;

namespace Postern.Browser.Tests;

public sealed class SecondStepTests(Chromium chromium)
{
    [Theory]
    [InlineData(1, "287082")]
    [InlineData(37037036, "081804")]
    [InlineData(20000000000 / 30, "353130")]
    public void The_test_makes_the_codes_of_the_rfc(long counter, string code) =>
        // RFC 6238 appendix B, the last six digits; the secret is 12345678901234567890.
        OneTimeCode.At("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", counter).ShouldBe(code);

    [Fact]
    public async Task A_second_step_is_set_up_asked_for_and_takes_each_code_once()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await using var window = await chromium.OpenAsync(console.Url);
        var page = window.Page;
        await window.SignInToAsync(Urls.Account);
        await page.GetByRole(AriaRole.Link, new() { Name = "Set up" }).ClickAsync();
        var secret = (await page.Locator(".secret").TextContentAsync())!;

        await EnterAsync(page, "The code it shows now", "000000", "Turn it on");
        await page.GetByRole(AriaRole.Alert).WaitForAsync();
        var first = OneTimeCode.Of(secret);
        await EnterAsync(page, "The code it shows now", first, "Turn it on");
        var codes = await page.Locator(".codes li").AllTextContentsAsync();
        await window.ReviewAsync("recovery-codes");
        codes.Count.ShouldBe(10);
        await page.GetByRole(AriaRole.Link, new() { Name = "I have kept them" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Overview", Exact = true }).WaitForAsync();

        // The same code again, seen over a shoulder.
        await using var other = await chromium.OpenAsync(console.Url);
        await other.SignInAsync();
        await EnterAsync(other.Page, "Code", first, "Sign in");
        await other.Page.GetByRole(AriaRole.Alert).WaitForAsync();
        await other.ReviewAsync("sign-in-code");
        await EnterAsync(other.Page, "Code", OneTimeCode.Of(secret, 1), "Sign in");
        await other.Page.GetByRole(AriaRole.Heading, new() { Name = "Overview", Exact = true }).WaitForAsync();

        // A recovery code, once.
        await using var third = await chromium.OpenAsync(console.Url);
        await third.SignInAsync();
        await EnterAsync(third.Page, "Code", codes[0].ToLowerInvariant(), "Sign in");
        await third.Page.GetByRole(AriaRole.Heading, new() { Name = "Overview", Exact = true }).WaitForAsync();
        await using var fourth = await chromium.OpenAsync(console.Url);
        await fourth.SignInAsync();
        await EnterAsync(fourth.Page, "Code", codes[0], "Sign in");
        await fourth.Page.GetByRole(AriaRole.Alert).WaitForAsync();

        (await console.Queue.ScalarAsync<string[]>("select array_agg(means order by started_at) from console_session")).ShouldBe(["password", "password and code", "password and code"]);
        (await console.Queue.ScalarAsync<bool>("select bool_and(value not like '%' || $$" + secret.Replace(" ", "", StringComparison.Ordinal) + "$$ || '%') from console_user_token")).ShouldBeTrue();
        (await console.Queue.ScalarAsync<long>("select count(*) from audit where verb = 'set up second step' and actor = 'admin'")).ShouldBe(1);
    }

    [Fact]
    public async Task Five_wrong_codes_lock_the_name_and_the_password_alone_opens_nothing()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await using var window = await chromium.OpenAsync(console.Url);
        await window.SignInAsync();
        await window.Page.GetByRole(AriaRole.Heading, new() { Name = "Overview", Exact = true }).WaitForAsync();
        await window.Page.GotoAsync(Urls.SecondStep);
        var secret = (await window.Page.Locator(".secret").TextContentAsync())!;
        await EnterAsync(window.Page, "The code it shows now", OneTimeCode.Of(secret), "Turn it on");
        await window.Page.Locator(".codes li").First.WaitForAsync();

        await using var other = await chromium.OpenAsync(console.Url);
        await other.SignInAsync();
        await other.Page.ArrivesAsync($"**{Urls.SignInCode}");
        await other.Page.GotoAsync("/queue");
        new Uri(other.Page.Url).AbsolutePath.ShouldBe(Urls.SignInPath);
        await other.SignInAsync();
        for (var i = 0; i < 5; i++)
        {
            await EnterAsync(other.Page, "Code", "000000", "Sign in");
            await other.Page.GetByRole(AriaRole.Alert).WaitForAsync();
        }

        await EnterAsync(other.Page, "Code", OneTimeCode.Of(secret, 1), "Sign in");
        await other.Page.GetByRole(AriaRole.Alert).WaitForAsync();

        (await console.Queue.ScalarAsync<bool>("select lockout_end > now() from console_user where user_name = 'admin'")).ShouldBeTrue();
    }

    [Fact]
    public async Task Who_is_asked_for_one_opens_nothing_before_it_is_set_up_and_an_administrator_can_reset_it()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var people = console.Services.GetRequiredService<PeopleActions>();
        var password = await console.AddPersonAsync("o.berg", Role.Operator);
        (await people.SetSecondStepRolesAsync([Role.Operator], Operator.Local(), CancellationToken.None)).ShouldBe("");
        await using var window = await chromium.OpenAsync(console.Url);
        await window.SignInAsync(password, "o.berg");

        await window.Page.ArrivesAsync($"**{Urls.SecondStep}");
        await window.KeepAsync("second-step-forced");
        await window.Page.GotoAsync("/queue");
        new Uri(window.Page.Url).AbsolutePath.ShouldBe(Urls.SecondStep);
        var secret = (await window.Page.Locator(".secret").TextContentAsync())!;
        await EnterAsync(window.Page, "The code it shows now", OneTimeCode.Of(secret), "Turn it on");
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "I have kept them" }).ClickAsync();
        await window.Page.GetByRole(AriaRole.Heading, new() { Name = "Overview", Exact = true }).WaitForAsync();
        await window.Page.Locator("html[data-keys]").WaitForAsync(new() { State = WaitForSelectorState.Attached });

        (await people.ResetSecondStepAsync(await console.PersonAsync("o.berg"), Operator.Local("lost the telephone"), CancellationToken.None)).ShouldBe("");

        await window.Page.ArrivesAsync($"**{Urls.SignInPath}**");
        await window.SignInAsync(password, "o.berg");
        await window.Page.ArrivesAsync($"**{Urls.SecondStep}");
        (await window.Page.Locator(".secret").TextContentAsync()).ShouldNotBe(secret);
    }

    private static async Task EnterAsync(IPage page, string label, string code, string button)
    {
        await page.GetByLabel(label).FillAsync(code);
        await page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();
        await page.WaitForLoadStateAsync();
    }
}
