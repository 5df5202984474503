using System.Globalization;
using Microsoft.Playwright;
using Postern.Browser.Tests.Support;
using Postern.Web.Tests.Support;

namespace Postern.Browser.Tests;

using Lab = Postern.Web.Tests.Support.Lab;

/// <summary>A file that an old post office handed over and that could not be read: seen, downloaded, taken all the same.</summary>
public sealed class SetAsideTests(Chromium chromium)
{
    private const string Chosen = "seven small gates in a row";

    [Fact]
    [Trait("source", "Q148768")]
    public async Task A_mail_that_GTWGET_cut_off_is_found_in_the_quarantine_downloaded_and_read_again()
    {
        using var folder = new TestFolder();
        await using var server = await PosternProgram.ServeAsync(
            new Dictionary<string, string> { ["POSTERN_ADMIN_PASSWORD"] = Chosen }, folder["data"], "--smtp", "0", "--lab", PosternProgram.Lab);
        var pier1 = folder["data/lab/HARBOR/PIER1"];
        await File.WriteAllTextAsync(Path.Combine(pier1, "faults.txt"), "gtwget truncate nth=1\n");
        Lab.Run("mssend", pier1, "--from", "CARLD", "--subject", "Cut rope", "--text", "Ten fathoms", "--to", "POSTERN/SITE1/FARROWP");
        await using var window = await chromium.OpenAsync($"http://127.0.0.1:{server.HttpPort.ToString(CultureInfo.InvariantCulture)}");
        var page = window.Page;
        await window.SignInAsync(Chosen);
        await page.GetByRole(AriaRole.Heading, new() { Name = "Overview", Exact = true }).WaitForAsync();
        await Eventually.HoldsAsync("the file is set aside", () => Directory.Exists(Bad(folder)) && Directory.GetFiles(Bad(folder), "*.GET").Length == 1);

        await window.GoAsync("/quarantine");
        await page.GetByRole(AriaRole.Link).Filter(new() { HasText = "read from msmail-pier1" }).ClickAsync();
        await page.GetByText("CSI:HARBOR/PIER1/CARLD").First.WaitForAsync();
        await page.GetByText("Cut rope").First.WaitForAsync();
        await window.KeepAsync("set-aside-msmail");
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "Download" }).First.ClickAsync());
        (await File.ReadAllTextAsync(await download.PathAsync())).ShouldContain("SUBJECT:Cut rope");
        await page.GetByRole(AriaRole.Button, new() { Name = "Read again with 850" }).ClickAsync();
        await page.GetByText("Still fails:").WaitForAsync();
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "Take also what is not whole" }).CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Read again with 850" }).ClickAsync();
        await page.GetByText("accepted as message").WaitForAsync();
        await window.KeepAsync("set-aside-msmail-read");

        await page.GetByRole(AriaRole.Link, new() { NameRegex = new("^Open message") }).ClickAsync();
        await page.GetByText("Cut rope").First.WaitForAsync();
        await Eventually.HoldsAsync("it is at the peer", () => Directory.GetFiles(folder["data/lab/peer"], "*.eml").Any(mail => File.ReadAllText(mail).Contains("Cut rope", StringComparison.Ordinal)));
        Directory.GetFiles(Bad(folder), "*.GET").ShouldBeEmpty();
        window.Errors.ShouldBeEmpty();
    }

    private static string Bad(TestFolder folder) => folder["data/msmail/msmail-pier1/Bad"];
}
