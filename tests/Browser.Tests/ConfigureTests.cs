using System.Diagnostics;
using System.Globalization;
using Microsoft.Playwright;
using Postern.Browser.Tests.Support;
using Postern.Web.Tests.Support;

namespace Postern.Browser.Tests;

using Lab = Postern.Web.Tests.Support.Lab;

/// <summary>What an administrator sets up in the browser, and what others see of it.</summary>
public sealed class ConfigureTests(Chromium chromium)
{
    private const string Chosen = "seven small gates in a row";

    [Fact]
    public async Task A_second_smart_host_and_a_second_post_office_are_set_up_from_nothing_and_mail_goes_through_each()
    {
        using var folder = new TestFolder();
        await using var server = await PosternProgram.ServeAsync(
            new Dictionary<string, string> { ["POSTERN_ADMIN_PASSWORD"] = Chosen }, folder["data"], "--smtp", "0", "--lab", PosternProgram.Lab);
        using var peer = StartPeer(folder["second"], out var peerPort);
        MakeDepot(folder);
        await using var window = await chromium.OpenAsync($"http://127.0.0.1:{server.HttpPort.ToString(CultureInfo.InvariantCulture)}");
        var page = window.Page;
        await window.SignInAsync(Chosen);
        await page.GetByRole(AriaRole.Heading, new() { Name = "Overview", Exact = true }).WaitForAsync();

        // A second smart host.
        await window.GoAsync("/connectors/new?kind=smtp");
        await FillAsync(page, "name", "second");
        await TabAsync(page, "Smart hosts");
        await FillAsync(page, "settings-smartHosts", $"127.0.0.1:{peerPort}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Test" }).ClickAsync();
        await page.GetByText("Everything that was tried works. Nothing was saved.").WaitForAsync();
        await page.GetByText("answered: not encrypted, because it does not offer STARTTLS").WaitForAsync();
        await window.KeepAsync("configure-smtp-tested");
        await TabAsync(page, "Address Space");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add an address space" }).ClickAsync();
        await page.GetByLabel("Pattern 1").FillAsync("second.example");
        await page.GetByLabel("Pattern 1").BlurAsync();
        await SaveAsync(page);
        await page.ArrivesAsync("**/connectors/second*");
        await window.GoAsync("/connectors/second?tab=Copies");
        await page.GetByRole(AriaRole.Button, new() { Name = "Begin to capture" }).ClickAsync();
        await page.GetByText("Copies before and after conversion are kept for admin").WaitForAsync();

        // A second post office.
        await window.GoAsync("/connectors/new?kind=ccmail");
        await FillAsync(page, "name", "depot");
        await TabAsync(page, "Post Office");
        await FillAsync(page, "settings-postOfficeName", "DEPOT");
        await FillAsync(page, "settings-postOfficePath", folder["data/lab/NOWHERE"]);
        await FillAsync(page, "settings-siteName", "SITE1");
        await page.GetByRole(AriaRole.Button, new() { Name = "Set the password" }).ClickAsync();
        await page.GetByLabel("New password").FillAsync("LAB");
        await page.GetByLabel("New password").BlurAsync();
        await TabAsync(page, "Programs");
        await FillAsync(page, "settings-importProgram", Command("import", "/PARTIAL", "/BATCH", "/FILES/MACBIN2"));
        await FillAsync(page, "settings-exportProgram", Command("export", "/FORMAT/FAN", "/BATCH", "/FILES/MACBIN2"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Test" }).ClickAsync();
        await TabAsync(page, "Post Office");
        await page.GetByText("does not exist, or cannot be reached from this machine").WaitForAsync();
        await window.KeepAsync("configure-ccmail-wrong");
        await FillAsync(page, "settings-postOfficePath", folder["data/lab/DEPOT"]);
        await page.GetByRole(AriaRole.Button, new() { Name = "Test" }).ClickAsync();
        await page.GetByText("holds CCPOMBOX.000").WaitForAsync();
        await page.GetByText("Everything that was tried works. Nothing was saved.").WaitForAsync();
        await SaveAsync(page);
        await page.ArrivesAsync("**/connectors/depot*");
        await window.GoAsync("/post-offices?open=new");
        await page.Locator("#f-system").SelectOptionAsync("CCMAIL");
        await FillAsync(page, "name", "DEPOT");
        await page.Locator("#f-connector").SelectOptionAsync("depot");
        await page.Locator(".drawer").GetByRole(AriaRole.Button, new() { Name = "Add a post office" }).ClickAsync();
        await page.GetByRole(AriaRole.Cell, new() { Name = "DEPOT", Exact = true }).WaitForAsync();
        await window.GoAsync("/directory?open=new");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Keane, Orla (depot)");
        await page.GetByLabel("Native address, the mailbox itself").FillAsync("CCMAIL:Keane, Orla at DEPOT");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add a proxy" }).ClickAsync();
        await page.GetByLabel("Proxy 1", new() { Exact = true }).FillAsync("orla.depot@site1.example");
        await page.GetByLabel("Proxy 1", new() { Exact = true }).BlurAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Add the entry" }).ClickAsync();
        await page.GetByText("Keane, Orla (depot)").First.WaitForAsync();

        // Mail through each, and a copy of what the new smart host was given.
        await Eventually.HoldsAsync("the mail is taken", () => Send(server.SmtpPort, "orla.depot@site1.example", "bob@second.example"));
        await Eventually.HoldsAsync("the second smart host has it", () => Directory.Exists(folder["second"]) && Directory.GetFiles(folder["second"], "*.eml").Length == 1);
        await Eventually.HoldsAsync("it is in the mailbox at DEPOT", () => Directory.GetFiles(folder["data/lab/DEPOT/mail/Keane, Orla"], "*.ccm").Length == 1);
        await window.GoAsync("/connectors/second?tab=Copies");
        await page.GetByText("sent, after conversion").First.WaitForAsync();
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "Download" }).First.ClickAsync());
        (await File.ReadAllTextAsync(await download.PathAsync())).ShouldContain("A crane for two");
        await window.KeepAsync("configure-copies");
        await window.GoAsync("/connectors");
        await window.KeepAsync("configure-connectors");
        window.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_saves_second_sees_what_the_first_saved_and_loses_nothing()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await console.Queue.ExecuteAsync("""update connector set settings = '{"smartHosts": ["relay.example"]}'""");
        await using var one = await chromium.OpenAsync(console.Url);
        await using var two = await chromium.OpenAsync(console.Url);
        await one.EnterAsync();
        await two.EnterAsync();
        await one.GoAsync("/connectors/smtp-test?tab=Smart+hosts");
        await two.GoAsync("/connectors/smtp-test?tab=Smart+hosts");
        await FillAsync(one.Page, "settings-smartHosts", "one.example");
        await FillAsync(two.Page, "settings-smartHosts", "two.example");
        await FillAsync(two.Page, "settings-port", "2600");

        await SaveAsync(one.Page);
        await one.Page.GetByText("Saved, and effective within a second.").WaitForAsync();
        await two.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await two.Page.GetByText("admin saved this connector at").WaitForAsync();
        await two.Page.GetByText("one.example").First.WaitForAsync();
        await two.KeepAsync("configure-conflict");
        (await two.Page.Locator("#f-settings-port").InputValueAsync()).ShouldBe("2600");
        await two.Page.GetByRole(AriaRole.Button, new() { Name = "Take theirs" }).ClickAsync();
        await SaveAsync(two.Page);
        await two.Page.GetByText("Saved, and effective within a second.").WaitForAsync();

        (await console.Queue.ScalarAsync<string>("select settings::text from connector where name = 'smtp-test'")).ShouldBe("""{"port": 2600, "smartHosts": ["one.example"]}""");
    }

    [Fact]
    public async Task A_viewer_sees_every_setting_and_changes_nothing_not_even_from_a_window_that_was_an_administrators()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await console.Queue.ExecuteAsync("""update connector set settings = '{"smartHosts": ["relay.example"]}'""");
        await using var window = await chromium.OpenAsync(console.Url);
        var page = window.Page;
        await window.SignInToAsync("/connectors/smtp-test?tab=Smart+hosts");
        await FillAsync(page, "settings-port", "2600");

        await console.Queue.ExecuteAsync("update console_user set roles = '{viewer}'");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await page.GetByText("may not change the configuration").WaitForAsync();
        (await console.Queue.ScalarAsync<string>("select settings::text from connector where name = 'smtp-test'")).ShouldNotContain("2600");

        await window.GoAsync("/connectors/smtp-test?tab=Smart+hosts");
        await page.GetByText("Changing them needs the role administrator.").WaitForAsync();
        (await page.Locator("#f-settings-port").GetAttributeAsync("readonly")).ShouldNotBeNull();
        (await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).GetAttributeAsync("aria-disabled")).ShouldBe("true");
        await window.KeepAsync("configure-viewer");
        await window.GoAsync("/connectors?open=smtp-test");
        await page.GetByText("Running connectors needs the role operator.").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Drain" }).ClickAsync(new() { Force = true });
        await window.GoAsync("/directory");
        (await page.GetByRole(AriaRole.Button, new() { Name = "Add an entry" }).GetAttributeAsync("aria-disabled")).ShouldBe("true");
        (await console.Queue.ScalarAsync<long>("select count(*) from connector_act")).ShouldBe(0);
    }

    [Fact]
    public async Task A_connector_is_paused_drained_cloned_and_deleted_from_its_page()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await console.Queue.ExecuteAsync("""update connector set settings = '{"smartHosts": ["relay.example"], "port": 2600}'""");
        await using var window = await chromium.OpenAsync(console.Url);
        var page = window.Page;
        await window.SignInToAsync("/connectors?open=smtp-test");
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause…" }).ClickAsync();
        await page.GetByLabel("Reason, shown with every delivery that waits").FillAsync("dock <closed>");
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause delivery" }).ClickAsync();
        await page.GetByText("Delivery paused by admin until").First.WaitForAsync();
        await window.KeepAsync("connectors-paused");
        await page.GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Drain" }).WaitForAsync();

        await window.GoAsync("/connectors/smtp-test");
        await page.GetByRole(AriaRole.Link, new() { Name = "Clone…" }).ClickAsync();
        await page.ArrivesAsync("**/connectors/new*");
        await FillAsync(page, "name", "smtp-clone");
        await SaveAsync(page);
        await page.ArrivesAsync("**/connectors/smtp-clone*");
        (await console.Queue.ScalarAsync<string>("select settings::text from connector where name = 'smtp-clone'")).ShouldContain("2600");
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete…" }).ClickAsync();
        await window.KeepAsync("configure-delete");
        await page.GetByText("Saved, and effective within a second.").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete smtp-clone" }).ClickAsync();
        await page.ArrivesAsync("**/connectors");
        (await console.Queue.ScalarAsync<long>("select count(*) from connector")).ShouldBe(1);
        (await console.Queue.ScalarAsync<string>("select string_agg(verb || ' ' || target, '; ' order by id) from audit where actor = 'admin'"))
            .ShouldContain("pause delivery connector smtp-test; resume connector smtp-test; add connector smtp-clone; delete connector smtp-clone");
    }

    private static async Task FillAsync(IPage page, string id, string text)
    {
        var box = page.Locator($"#f-{id}");
        await box.FillAsync(text);
        await box.BlurAsync();
    }

    private static async Task TabAsync(IPage page, string name)
    {
        await page.GetByRole(AriaRole.Navigation, new() { Name = "Settings" }).GetByRole(AriaRole.Link, new() { Name = name }).ClickAsync();
        await page.Locator($"nav.tabs a[aria-current=true]:has-text('{name}')").WaitForAsync();
    }

    private static Task SaveAsync(IPage page) => page.Locator("button:has-text('Save'):not([aria-disabled])").ClickAsync();

    private static string Command(string verb, params string[] switches) =>
        string.Join('\n', (string[])[PosternProgram.Lab, verb, "/N{site}", "/P{password}", "/D{path}", "/ITEMSIZE", .. switches, "/@{file}"]);

    private static void MakeDepot(TestFolder folder)
    {
        Lab.Run("create", folder["other"], "--empty");
        Directory.Move(folder["other/lab/SALES"], folder["data/lab/DEPOT"]);
        var settings = folder["data/lab/DEPOT/settings.txt"];
        File.WriteAllText(settings, File.ReadAllText(settings).Replace("name = SALES", "name = DEPOT", StringComparison.Ordinal));
    }

    private static PeerProcess StartPeer(string folder, out string port)
    {
        var process = Process.Start(new ProcessStartInfo(PosternProgram.Lab, ["peer", "--port", "0", "--folder", Directory.CreateDirectory(folder).FullName, "--until-stdin-closes"])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        })!;
        port = process.StandardOutput.ReadLine()!.Split(':')[^1];
        return new PeerProcess(process);
    }

    private static bool Send(int port, params string[] recipients)
    {
        using var swaks = Process.Start(new ProcessStartInfo("swaks",
            ["--server", $"127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}", "--from", "boss@partner.example", "--to", string.Join(',', recipients),
                "--header", "Subject: A crane for two", "--body", "Please send one."])
        {
            RedirectStandardOutput = true,
        })!;
        swaks.StandardOutput.ReadToEnd();
        swaks.WaitForExit();
        return swaks.ExitCode == 0;
    }

    private sealed class PeerProcess(Process process) : IDisposable
    {
        public void Dispose()
        {
            process.StandardInput.Close();
            process.WaitForExit();
            process.Dispose();
        }
    }
}
