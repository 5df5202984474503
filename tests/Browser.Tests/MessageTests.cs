using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Postern.Browser.Tests.Support;

namespace Postern.Browser.Tests;

public sealed partial class MessageTests(Chromium chromium)
{
    [Fact]
    public async Task A_hostile_message_is_text_runs_nothing_and_asks_nobody()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var id = await ExampleMail.HostileAsync(console.Queue);
        await using var window = await SignedInAsync(console, $"/messages/{id}");
        var page = window.Page;
        page.Dialog += (_, dialog) => window.Errors.Enqueue(dialog.Message);

        var letter = page.FrameLocator("iframe");
        await letter.GetByText("The visible part of the letter.").WaitForAsync();
        await page.GetByRole(AriaRole.Tab, new() { Name = "Headers" }).ClickAsync();
        await page.GetByText("<img src=http://tracker.example/h.png>").WaitForAsync();
        await page.GetByRole(AriaRole.Tab, new() { Name = "Raw" }).ClickAsync();
        await page.GetByText("tracker.example/pixel.png").WaitForAsync();
        await page.GetByRole(AriaRole.Tab, new() { Name = "Parts" }).ClickAsync();
        await page.GetByText("fdp.<script>.html").First.WaitForAsync();
        await page.GotoAsync("/queue");
        await page.GetByText("WWWW").First.WaitForAsync();
        await page.GotoAsync($"/queue?open={id + 1}");
        await page.GetByText("451 <img src=http://tracker.example/r.png> later").First.WaitForAsync();

        window.Errors.Where(error => !error.Contains("tracker.example", StringComparison.Ordinal) && !error.Contains("sandbox", StringComparison.Ordinal)).ShouldBeEmpty();
        (await page.TitleAsync()).ShouldNotContain("owned");
        (await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth")).ShouldBeTrue();
        window.ShouldHaveAskedOnlyThisMachine();
        await Should.ThrowAsync<PlaywrightException>(() => page.GotoAsync("http://tracker.example/control"));
        window.Foreign.ToArray().ShouldBe(["http://tracker.example/control"]);
    }

    [Fact]
    public async Task A_file_with_a_hostile_name_is_a_download_with_a_harmless_one()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var id = await ExampleMail.HostileAsync(console.Queue);
        await using var window = await SignedInAsync(console, $"/messages/{id}");

        var answer = await window.Page.APIRequest.GetAsync($"/messages/{id}/parts/2");

        answer.Status.ShouldBe(200);
        answer.Headers["content-type"].ShouldBe("application/octet-stream");
        answer.Headers["x-content-type-options"].ShouldBe("nosniff");
        answer.Headers["content-disposition"].ShouldStartWith("attachment");
        answer.Headers["content-disposition"].ShouldNotContain("<");
        answer.Headers["content-disposition"].ShouldNotContain("/etc/");
        answer.Headers["content-security-policy"].ShouldContain("sandbox");
    }

    [Fact]
    public async Task Attachments_and_the_message_itself_come_out_byte_for_byte()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await ExampleMail.FillAsync(console.Queue);
        var id = await ExampleMail.CraneAsync(console.Queue);
        await using var window = await SignedInAsync(console, $"/messages/{id}");
        var page = window.Page;

        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "Download C4-boom-R3.dwg" }).ClickAsync());
        var raw = await page.APIRequest.GetAsync($"/messages/{id}/raw");

        download.SuggestedFilename.ShouldBe("C4-boom-R3.dwg");
        Convert.ToBase64String(await File.ReadAllBytesAsync(await download.PathAsync())).ShouldBe("QUMxMDE1AAAAAAAA");
        (await raw.TextAsync()).ShouldStartWith("From: Anna Lindqvist");
    }

    [Fact]
    public async Task Each_recipient_is_explained_and_acted_on_and_what_was_changed_on_the_way_is_shown()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await ExampleMail.FillAsync(console.Queue);
        var id = await ExampleMail.CraneAsync(console.Queue);
        await using var window = await SignedInAsync(console, $"/messages/{id}");
        var page = window.Page;

        await page.GetByText("The file name was shortened for SALES").WaitForAsync();
        await page.GetByText("Waiting for the connector ccmail-sales, which has failed").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Hold…", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Hold 1 delivery" }).ClickAsync();
        await page.GetByText("Held by admin").First.WaitForAsync();
        await page.GetByRole(AriaRole.Link, new() { NameRegex = Olduser() }).ClickAsync();

        await page.GetByText("Bounced: it cannot be delivered").WaitForAsync();
        (await page.GetByRole(AriaRole.Button, new() { Name = "Hold…", Exact = true }).CountAsync()).ShouldBe(0);
    }

    [Theory]
    [InlineData("7f31c2@site2.example", true)]
    [InlineData("a.lindqvist@site2.example", false)]
    [InlineData("crane 4", false)]
    public async Task The_trace_box_finds_a_message(string text, bool leadsStraightToIt)
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await ExampleMail.FillAsync(console.Queue);
        var id = await ExampleMail.CraneAsync(console.Queue);
        await using var window = await SignedInAsync(console, "/");
        var page = window.Page;

        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync(text);
        await page.Keyboard.PressAsync("Enter");

        if (!leadsStraightToIt)
        {
            await page.GetByRole(AriaRole.Heading, new() { Name = "Messages" }).WaitForAsync();
            await page.Locator($"#row-{id} a").ClickAsync();
        }

        await page.ArrivesAsync($"**/messages/{id}");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Crane 4 inspection, revised drawings" }).WaitForAsync();
    }

    [GeneratedRegex("olduser")]
    private static partial Regex Olduser();

    private async Task<Window> SignedInAsync(ConsoleUnderTest console, string path)
    {
        var window = await chromium.OpenAsync(console.Url);
        await window.SignInToAsync(path);
        return window;
    }
}
