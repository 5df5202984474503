using Microsoft.Playwright;
using Postern.Browser.Tests.Support;
using Postern.Web;

namespace Postern.Browser.Tests;

public sealed class SignInTests(Chromium chromium)
{
    private const string Chosen = "seven small gates in a row";

    [Fact]
    public async Task The_first_password_opens_nothing_but_the_form_that_replaces_it()
    {
        await using var console = await ConsoleUnderTest.StartAsync(drawsPassword: true);
        await using var window = await chromium.OpenAsync(console.Url);
        var page = window.Page;

        await window.GoAsync("/queue?state=held");
        await window.ReviewAsync("sign-in");
        new Uri(page.Url).AbsolutePath.ShouldBe(Urls.SignInPath);
        await SignInAsync(page, console.DrawnPassword!);
        await page.ArrivesAsync($"**{Urls.ChangePassword}");
        await window.ReviewAsync("change-password");
        await page.GotoAsync("/queue");
        new Uri(page.Url).AbsolutePath.ShouldNotBe("/queue");

        await page.GotoAsync(Urls.ChangePassword);
        await page.GetByLabel("Present password").FillAsync(console.DrawnPassword!);
        await page.GetByLabel("New password, at least").FillAsync(Chosen);
        await page.GetByLabel("New password again").FillAsync(Chosen);
        await page.GetByRole(AriaRole.Button, new() { Name = "Change password" }).ClickAsync();

        await page.GetByRole(AriaRole.Heading, new() { Name = "Overview", Exact = true }).WaitForAsync();
        window.ShouldHaveAskedOnlyThisMachine();
    }

    [Fact]
    public async Task After_five_wrong_passwords_the_right_one_is_refused_too()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await using var window = await chromium.OpenAsync(console.Url);
        await window.GoAsync(Urls.SignInPath);

        for (var i = 0; i < 5; i++)
        {
            await SignInAsync(window.Page, $"wrong {i}");
            await window.Page.GetByRole(AriaRole.Alert).WaitForAsync();
        }

        await SignInAsync(window.Page, ConsoleUnderTest.Password);

        await window.Page.GetByRole(AriaRole.Alert).WaitForAsync();
        (await window.Page.GetByRole(AriaRole.Alert).TextContentAsync()).ShouldNotBeNull().ShouldContain("stays locked for 15 minutes");
        await window.KeepAsync("sign-in-locked");
    }

    [Fact]
    public async Task After_signing_in_the_page_that_was_asked_for_opens_and_signing_out_closes_it()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await using var window = await chromium.OpenAsync(console.Url);
        await window.GoAsync("/queue?state=held");

        await SignInAsync(window.Page, ConsoleUnderTest.Password);
        await window.Page.GetByRole(AriaRole.Heading, new() { Name = "Queue" }).WaitForAsync();
        window.Page.Url.ShouldEndWith("/queue?state=held");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await window.Page.ArrivesAsync($"**{Urls.SignInPath}");

        await window.Page.GotoAsync("/queue");
        new Uri(window.Page.Url).AbsolutePath.ShouldBe(Urls.SignInPath);
    }

    [Theory]
    [InlineData("/messages/1/raw")]
    [InlineData("/messages/1/parts/1")]
    public async Task A_download_needs_an_operator(string path)
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var id = await console.Queue.AcceptAsync(console.Queue.Message("secret words", "a@x.example"));
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });

        var answer = await client.GetAsync(new Uri(console.Url + path.Replace("/1/", $"/{id}/", StringComparison.Ordinal)));

        ((int)answer.StatusCode).ShouldBeOneOf(302, 401);
        (await answer.Content.ReadAsStringAsync()).ShouldNotContain("secret words");
    }

    private static async Task SignInAsync(IPage page, string password)
    {
        await page.GetByLabel("Name").FillAsync(Window.OperatorName);
        await page.GetByLabel("Password").FillAsync(password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.WaitForLoadStateAsync();
    }
}
