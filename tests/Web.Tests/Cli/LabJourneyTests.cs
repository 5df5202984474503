using System.Diagnostics;
using System.Globalization;
using System.Text;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Cli;

/// <summary>Mail there and back through the whole program: SMTP, queue, IMPORT, a reader at SALES, EXPORT, the peer.</summary>
[TakesLong]
public sealed class LabJourneyTests(RunningLab lab) : IClassFixture<RunningLab>
{
    private readonly TestFolder folder = lab.Folder;
    private readonly RunningPostern server = lab.Server;

    [Fact]
    [Trait("source", "Q232687")]
    [Trait("source", "Q179677")]
    public async Task A_reply_to_all_reaches_the_sender_once_and_nobody_sees_the_hidden_copy()
    {
        await SendAsync("""
            From: "User, Test" <boss@partner.example>
            To: petra.novak@site1.example, friend@partner.example
            Subject: Three of you
            """, "boss@partner.example", "petra.novak@site1.example", "friend@partner.example", "uwe.brandt@site1.example");
        await Eventually.HoldsAsync("both have it", () => Mailbox("Novak, Petra").Length == 1 && Mailbox("Brandt, Uwe").Length == 1);

        Lab.Run("reply", folder["data/lab/SALES"], "--mailbox", "Novak, Petra", "--message", "001.ccm", "--all", "--text", "Thanks");
        await Eventually.HoldsAsync("the answer is at the peer", () => To("boss@partner.example").Count == 1);

        var mail = File.ReadAllText(Mailbox("Novak, Petra").ShouldHaveSingleItem(), Encoding.Latin1);
        mail.ShouldContain("From: \"User; Test\" boss@partner.example at SITE1");
        mail.ShouldNotContain("[");
        mail.ShouldNotContain("Brandt");
        To("friend@partner.example").ShouldHaveSingleItem().ShouldNotContain("brandt", Case.Insensitive);
        Mailbox("Brandt, Uwe").ShouldHaveSingleItem();
        await BooksBalanceAsync();
    }

    [Fact]
    public async Task The_mails_that_wait_at_SALES_reach_the_peer()
    {
        await Eventually.HoldsAsync(
            "nothing waits at SALES", () => Directory.GetFiles(folder["data/lab/SALES/queue/SITE1"]).Length == 0 && Directory.GetFiles(folder["data/lab/peer"], "*.eml").Length >= 6);

        await BooksBalanceAsync();
    }

    [Fact]
    [Trait("source", "Q232687")]
    [Trait("source", "Q164695")]
    public async Task The_fourth_of_eleven_hangs_and_ten_arrive()
    {
        await LimitImportAsync(seconds: 5);
        await File.WriteAllTextAsync(folder["data/lab/SALES/faults.txt"], "import hang subject=POISON\n");

        for (var number = 1; number <= 11; number++)
        {
            var subject = number == 4 ? "POISON" : string.Create(CultureInfo.InvariantCulture, $"mail {number}");
            await SmtpMail.SendSubjectAsync(server.SmtpPort, subject, "boss@partner.example", "luz.sandoval@site1.example");
        }

        await Eventually.HoldsAsync("ten arrived and one is quarantined", async () => Mailbox("Sandoval, Luz").Length == 10 && await QuarantinedAsync() == 1);
        Mailbox("Sandoval, Luz").Select(file => File.ReadAllText(file, Encoding.Latin1)).ShouldNotContain(text => text.Contains("POISON", StringComparison.Ordinal));
        await CostsTwoTimeLimitsAsync(seconds: 5);
        await BooksBalanceAsync();
    }

    [Fact]
    [Trait("source", "Q199534")]
    public async Task Mail_to_a_site_nobody_defined_comes_back_with_the_reason()
    {
        Lab.Run("compose", folder["data/lab/SALES"], "--from", "Keane, Orla", "--to", "Someone at SITE9", "--via", "SITE1", "--subject", "Lost", "--text", "Hello");

        await Eventually.HoldsAsync("the report is in the mailbox", () => Mailbox("Keane, Orla").Length == 1);

        File.ReadAllText(Mailbox("Keane, Orla")[0], Encoding.Latin1).ShouldContain("SITE9");
        await BooksBalanceAsync();
    }

    // The message that hangs costs one time limit among others and one alone; the programs' own times tell, not the clock of a busy machine.
    private async Task CostsTwoTimeLimitsAsync(int seconds)
    {
        var runs = await ServerDatabase.QueryAsync(
            folder["data"], "select ending, extract(epoch from ended_at - started_at) from program_run where program = 'import'");
        var stopped = runs.Where(run => run[0] == "timed out").Select(run => double.Parse(run[1], CultureInfo.InvariantCulture)).ToList();

        stopped.Count.ShouldBe(2);
        stopped.Sum().ShouldBeInRange(2 * seconds, (2 * seconds) + 10);
        runs.Count.ShouldBeLessThanOrEqualTo(10 + 2, "ten that went through, at worst one a run, and the two that hung");
    }

    private async Task LimitImportAsync(int seconds)
    {
        var configuration = (await PosternProgram.RunAsync("config", "export", "--data", folder["data"])).Output;
        configuration.ShouldContain("importTimeLimit: 20");
        await File.WriteAllTextAsync(folder["limit.yaml"], configuration.Replace("importTimeLimit: 20", $"importTimeLimit: {seconds}", StringComparison.Ordinal));
        (await PosternProgram.RunAsync("connector", "stop", "ccmail-sales", "--data", folder["data"])).ExitCode.ShouldBe(0);
        await Eventually.HoldsAsync("it has stopped", () => StateAsync("stopped"));
        (await PosternProgram.RunAsync("config", "apply", folder["limit.yaml"], "--data", folder["data"])).ExitCode.ShouldBe(0);
        await Eventually.HoldsAsync("it runs again", () => StateAsync("running"));
    }

    private async Task<bool> StateAsync(string state) =>
        (await ServerDatabase.QueryAsync(folder["data"], "select s.state from connector_status s join connector c on c.id = s.connector_id where c.name = 'ccmail-sales'"))
            .ShouldHaveSingleItem()[0] == state;

    private async Task SendAsync(string header, string sender, params string[] recipients)
    {
        using var swaks = Process.Start(new ProcessStartInfo("swaks",
            ["--server", $"127.0.0.1:{server.SmtpPort}", "--from", sender, "--to", string.Join(',', recipients), "--data", "-"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        await swaks.StandardInput.WriteAsync(header.ReplaceLineEndings("\n") + "\n\nHello all\n");
        swaks.StandardInput.Close();
        var output = await swaks.StandardOutput.ReadToEndAsync();
        await swaks.WaitForExitAsync();
        swaks.ExitCode.ShouldBe(0, output);
    }

    private string[] Mailbox(string name) => Directory.GetFiles(folder[$"data/lab/SALES/mail/{name}"], "*.ccm");

    private List<string> To(string address) =>
        [.. Directory.GetFiles(folder["data/lab/peer"], "*.eml").Select(File.ReadAllText).Where(text => text.Contains($"X-Envelope-To: <{address}>", StringComparison.Ordinal))];

    private async Task<int> QuarantinedAsync() =>
        (await ServerDatabase.QueryAsync(folder["data"], "select id from delivery where state = 'quarantined'")).Count;

    private async Task BooksBalanceAsync() => (await PosternProgram.RunAsync("books", "--data", folder["data"])).ExitCode.ShouldBe(0);
}
