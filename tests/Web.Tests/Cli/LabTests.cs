using System.Diagnostics;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Cli;

/// <summary><c>serve --lab</c>: the post office, the peer and the configuration that joins them.</summary>
public sealed class LabTests
{
    [Fact]
    public async Task Brings_a_post_office_and_a_peer_that_mail_reaches()
    {
        using var folder = new TestFolder();
        await using var server = await PosternProgram.ServeAsync(folder["data"], "--smtp", "0", "--lab", PosternProgram.Lab);

        await SmtpMail.SendAsync(server.SmtpPort, "joe@sender.example", "orla.keane@site1.example");
        await SmtpMail.SendAsync(server.SmtpPort, "joe@sender.example", "buyer@customer.example");

        await Eventually.HoldsAsync("the mail is in the mailbox", () => Directory.GetFiles(Mailbox(folder, "Keane, Orla"), "*.ccm").Length > 0);
        await Eventually.HoldsAsync("the mail is at the peer", () => Mails(folder).Any(text => text.Contains("<buyer@customer.example>", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_peer_comes_back_on_its_port_and_keeps_it_over_a_restart()
    {
        using var folder = new TestFolder();
        string port;
        await using (var server = await PosternProgram.ServeAsync(folder["data"], "--smtp", "0", "--lab", PosternProgram.Lab))
        {
            port = await File.ReadAllTextAsync(folder["data/lab/peer.port"]);
            var first = Peer(folder)!.Value;
            using (var process = Process.GetProcessById(first))
            {
                process.Kill();
            }

            await Eventually.HoldsAsync("another peer runs", () => Peer(folder) is { } other && other != first);
            await SmtpMail.SendAsync(server.SmtpPort, "joe@sender.example", "buyer@customer.example");
            await Eventually.HoldsAsync("the mail is at the peer", () => Mails(folder).Any(text => text.Contains("<buyer@customer.example>", StringComparison.Ordinal)));
        }

        Peer(folder).ShouldBeNull();
        await using var again = await PosternProgram.ServeAsync(folder["data"], "--smtp", "0", "--lab", PosternProgram.Lab);
        (await File.ReadAllTextAsync(folder["data/lab/peer.port"])).ShouldBe(port);
    }

    private static string Mailbox(TestFolder folder, string name) => folder[$"data/lab/SALES/mail/{name}"];

    private static IEnumerable<string> Mails(TestFolder folder) => Directory.GetFiles(folder["data/lab/peer"], "*.eml").Select(File.ReadAllText);

    private static int? Peer(TestFolder folder)
    {
        foreach (var path in Directory.EnumerateDirectories("/proc"))
        {
            try
            {
                var arguments = File.ReadAllText(Path.Combine(path, "cmdline")).Split('\0');
                if (arguments is [var program, "peer", ..] && program == PosternProgram.Lab && arguments.Contains(folder["data/lab/peer"]))
                {
                    return int.Parse(Path.GetFileName(path), System.Globalization.CultureInfo.InvariantCulture);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended since, or is none of ours.
            }
        }

        return null;
    }
}
