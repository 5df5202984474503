using System.Text;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Cli;

/// <summary>A newcomer's mail to HARBOR and from there, through the whole program: SMTP, queue, GTWPUT, a reader at PIER1, GTWGET, the peer.</summary>
public sealed class HarborJourneyTests
{
    [Fact]
    [Trait("source", "Q199534")]
    [Trait("source", "Q185153")]
    public async Task Mail_reaches_HARBOR_and_the_internet_a_report_comes_back_and_mail_to_the_undefined_site_is_lost_in_the_post_office()
    {
        using var folder = new TestFolder();
        await using var server = await PosternProgram.ServeAsync(folder["data"], "--smtp", "0", "--lab", PosternProgram.Lab);
        var pier1 = folder["data/lab/HARBOR/PIER1"];

        await SmtpMail.SendSubjectAsync(server.SmtpPort, "Crane", "boss@partner.example", "anna.berg@site1.example");
        await SmtpMail.SendSubjectAsync(server.SmtpPort, "Rope", "boss@partner.example", "gustava.holm@site1.example");
        await Eventually.HoldsAsync("both have it", () => Mails(pier1, "ANNAB").Count == 1 && Mails(folder["data/lab/HARBOR/PIER2"], "GUSTH").Count == 1);
        var sender = Mails(pier1, "ANNAB")[0].Split("\r\n").Single(line => line.StartsWith("FROM:CSI:", StringComparison.Ordinal))["FROM:CSI:".Length..];

        Lab.Run("mssend", pier1, "--from", "ANNAB", "--subject", "RE: Crane", "--text", "Thanks", "--to", sender);
        Lab.Run("mssend", pier1, "--from", "CARLD", "--subject", "Order", "--text", "Ten", "--to", "POSTERN/SITE1/FARROWP");
        Lab.Run("mssend", pier1, "--from", "CARLD", "--subject", "Astray", "--text", "x", "--to", "POSTERN/SITE1/NOBODY");
        File.AppendAllText(Path.Combine(pier1, "network.txt"), "postoffice BAY/DOCK indirect POSTERN/SITE1\n");
        Lab.Run("mssend", pier1, "--from", "CARLD", "--subject", "Beyond", "--text", "x", "--to", "BAY/DOCK/MARTA");
        Lab.Run("mssend", pier1, "--from", "CARLD", "--subject", "Silence", "--text", "x", "--to", "POSTERN/SITE2/OKAFORN");

        await Eventually.HoldsAsync("both are at the peer", () => Peer(folder).Any(mail => mail.Contains("<boss@partner.example>") && mail.Contains("RE: Crane"))
            && Peer(folder).Any(mail => mail.Contains("Order")));
        await Eventually.HoldsAsync("the report is back", () => Mails(pier1, "CARLD").Any(mail => mail.Contains("[002]") && mail.Contains("POSTERN/SITE1/NOBODY")));
        await Eventually.HoldsAsync("what we cannot route comes back", () => Mails(pier1, "CARLD").Any(mail => mail.Contains("BAY/DOCK")));
        Mails(pier1, "CARLD").Single(mail => mail.Contains("BAY/DOCK")).ShouldContain("No route leads to BAY/DOCK");
        File.ReadAllText(Path.Combine(pier1, "lost.log")).ShouldContain("Silence");
        Peer(folder).ShouldNotContain(mail => mail.Contains("Silence"));
        (await PosternProgram.RunAsync("books", "--data", folder["data"])).ExitCode.ShouldBe(0);
    }

    private static IReadOnlyList<string> Mails(string postOffice, string mailbox)
    {
        var mail = Path.Combine(postOffice, "mail", mailbox);
        return Directory.Exists(mail) ? [.. Directory.GetFiles(mail, "*.mmf").Order().Select(file => File.ReadAllText(file, Encoding.Latin1))] : [];
    }

    private static IReadOnlyList<string> Peer(TestFolder folder) => [.. Directory.GetFiles(folder["data/lab/peer"], "*.eml").Select(file => File.ReadAllText(file, Encoding.Latin1))];
}
