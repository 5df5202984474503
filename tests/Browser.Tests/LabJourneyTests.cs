using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Postern.Browser.Tests.Support;
using Postern.Web.Tests.Support;

namespace Postern.Browser.Tests;

using Lab = Postern.Web.Tests.Support.Lab;

/// <summary>The first quarter of an hour of somebody who tries Postern: start, sign in, send, watch, find.</summary>
public sealed partial class LabJourneyTests(Chromium chromium)
{
    private const string Chosen = "seven small gates in a row";

    // What every lab has waiting: name, bytes, SHA-256, worked out apart from the lab's own code.
    private static readonly string[] WaitingFiles =
    [
        "LAYOUT.BIN 103 aa18818136350a1df316e34499f9176d18a2a73e3c978559451d3dc234a3b8d6",
        "SURVEY.DAT 307200 b66b4775cb0af700bc69f6e2afab01a787bc53e856ef83e65a36b6f48564b237",
        "TENDER.WK4 2048 e95bef6c76235b1602cce73210b79bceb192db905607dc37c7b89f48a0fc471a",
        "EMPTY.TXT 0 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ];

    [GeneratedRegex("HARBOR.PIER1.*POSTERN.SITE2")]
    private static partial Regex SiteTwo { get; }

    [GeneratedRegex("^PIER1.*mail stops here: not confirmed: POSTERN.SITE2")]
    private static partial Regex MailStopsForSiteTwo { get; }

    [GeneratedRegex("HARBOR.PIER1.*POSTERN.SITE2.*confirmed.*canary")]
    private static partial Regex SiteTwoShown { get; }

    [Fact]
    [Trait("source", "Q199534")]
    public async Task A_mail_is_sent_watched_and_found_and_the_waiting_ones_reach_the_peer()
    {
        using var folder = new TestFolder();
        await using var server = await PosternProgram.ServeAsync(folder["data"], "--smtp", "0", "--lab", PosternProgram.Lab);
        await using var window = await chromium.OpenAsync($"http://127.0.0.1:{server.HttpPort.ToString(CultureInfo.InvariantCulture)}");
        var page = window.Page;

        await SignInAsync(window, server.Lines.First(line => line.StartsWith("Password: ", StringComparison.Ordinal))["Password: ".Length..]);
        await Eventually.HoldsAsync("the waiting mails are at the peer", () => Peer(folder).Length >= 6);
        await page.GetByText("ccmail-sales").First.WaitForAsync();
        await window.KeepAsync("journey-overview");
        await window.GoAsync("/messages");
        await page.GetByText("Tender documents").First.WaitForAsync();
        await File.WriteAllTextAsync(folder["data/lab/SALES/faults.txt"], "import slow ms=3000 subject=journey\n");
        Send(server.SmtpPort);
        await page.GetByText("A crane for the journey").First.WaitForAsync();
        await window.KeepAsync("journey-messages");
        await window.GoAsync("/queue");
        await page.GetByText("Novak, Petra").First.WaitForAsync();
        await window.KeepAsync("journey-queue");
        await page.GotoAsync("/messages");
        await page.GetByText("A crane for the journey").First.ClickAsync();
        await page.ArrivesAsync("**/messages/*");
        await Eventually.HoldsAsync("it is in the mailbox", () => Directory.GetFiles(folder["data/lab/SALES/mail/Novak, Petra"], "*.ccm").Length == 1);
        await page.GetByText("delivered", new() { Exact = true }).First.WaitForAsync();
        await page.FrameLocator("iframe").GetByText("Please send one.").WaitForAsync();
        await window.KeepAsync("journey-message");

        // What PIER1 does not know is named before anybody has sent anything.
        await window.GoAsync("/routes");
        await page.GetByRole(AriaRole.Row).Filter(new() { HasTextRegex = SiteTwo }).First.WaitForAsync();
        // The edge that ends in nothing is drawn where the mail would be lost.
        await RedEdge(page).First.WaitForAsync();
        await window.KeepAsync("journey-routes");
        await window.GoAsync("/routes?view=withheld");
        await page.GetByRole(AriaRole.Row).Filter(new() { HasTextRegex = SiteTwo }).First.ClickAsync();
        await page.GetByText("withheld from").First.WaitForAsync();
        await window.KeepAsync("journey-withheld");
        await window.GoAsync("/routes/sheets?of=MS%3AHARBOR%2FPIER1");
        await page.GetByText("HARBOR/PIER1 must learn the way to POSTERN/SITE2").First.WaitForAsync();
        await window.KeepAsync("journey-sheet");

        await MendAsync(window, folder);

        var mail = Directory.GetFiles(folder["data/lab/SALES/mail/Novak, Petra"], "*.ccm").ShouldHaveSingleItem();
        Lab.Run("read", mail).ShouldContain("Please send one.");
        Peer(folder).SelectMany(MailFiles.At).ToHashSet().ShouldBe(WaitingFiles, ignoreOrder: true);
        window.ShouldHaveAskedOnlyThisMachine();
        window.Errors.ShouldBeEmpty();
    }

    // Mail from PIER1 to SITE2 is lost; the definition is entered there, a canary comes back to SITE2, and the entries and the mail go through.
    private static async Task MendAsync(Window window, TestFolder folder)
    {
        var pier1 = folder["data/lab/HARBOR/PIER1"];
        Lab.Run("mssend", pier1, "--from", "ANNAB", "--subject", "Into silence", "--text", "x", "--to", "POSTERN/SITE2/OKAFORN");
        (await File.ReadAllTextAsync(Path.Combine(pier1, "lost.log"))).ShouldContain("Into silence");
        await File.AppendAllTextAsync(Path.Combine(pier1, "network.txt"), "postoffice POSTERN/SITE2 indirect POSTERN/SITE1\n");

        await window.GoAsync(Web.Urls.Connector("msmail-pier1"));
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Send one now" }).ClickAsync();
        await window.GoAsync("/routes");
        // Whatever becomes of this one, the next goes within a minute, and a way there and back takes a few looks into folders.
        await window.Page.GetByRole(AriaRole.Row).Filter(new() { HasTextRegex = SiteTwoShown }).First.WaitForAsync(new() { Timeout = 100_000 });
        await window.KeepAsync("journey-confirmed");
        (await RedEdge(window.Page).CountAsync()).ShouldBe(0);
        await window.GoAsync("/routes?view=withheld&of=MS%3AHARBOR%2FPIER1");
        await window.Page.Locator(".filters").First.WaitForAsync();
        (await window.Page.GetByRole(AriaRole.Row).Filter(new() { HasTextRegex = SiteTwo }).CountAsync()).ShouldBe(0);
        await window.KeepAsync("journey-published");

        Lab.Run("mssend", pier1, "--from", "ANNAB", "--subject", "Out of silence", "--text", "x", "--to", "POSTERN/SITE2/OKAFORN");
        await Eventually.HoldsAsync("it is at the peer", () => Peer(folder).Any(mail => File.ReadAllText(mail).Contains("Out of silence", StringComparison.Ordinal)));
        Peer(folder).ShouldNotContain(mail => File.ReadAllText(mail).Contains("Into silence", StringComparison.Ordinal));
    }

    private static ILocator RedEdge(IPage page) => page.GetByRole(AriaRole.Link, new() { NameRegex = MailStopsForSiteTwo });

    private static async Task SignInAsync(Window window, string password)
    {
        var page = window.Page;
        await window.SignInAsync(password);
        await page.ArrivesAsync($"**{Web.Urls.ChangePassword}");
        await page.GetByLabel("Present password").FillAsync(password);
        await page.GetByLabel("New password, at least").FillAsync(Chosen);
        await page.GetByLabel("New password again").FillAsync(Chosen);
        await page.GetByRole(AriaRole.Button, new() { Name = "Change password" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Overview", Exact = true }).WaitForAsync();
    }

    private static void Send(int port)
    {
        using var swaks = Process.Start(new ProcessStartInfo("swaks",
            ["--server", $"127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}", "--from", "boss@partner.example", "--to", "petra.novak@site1.example",
                "--header", "Subject: A crane for the journey", "--body", "Please send one."])
        {
            RedirectStandardOutput = true,
        })!;
        var said = swaks.StandardOutput.ReadToEnd();
        swaks.WaitForExit();
        swaks.ExitCode.ShouldBe(0, said);
    }

    private static string[] Peer(TestFolder folder) => Directory.GetFiles(folder["data/lab/peer"], "*.eml");
}
