using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Postern.Infrastructure.Tests.Support;
using Postern.Web.Tests.Support;
using TestFolder = Postern.Web.Tests.Support.TestFolder;

namespace Postern.Web.Tests.Cli;

/// <summary>A real Postfix that passes all its mail on to the whole program.</summary>
public sealed class PostfixSenderTests : IAsyncLifetime
{
    private const int WhileStopped = 10;

    private readonly TestFolder folder = new();
    private readonly int port = FreePort();
    private RunningPostern server = null!;
    private PostfixServer postfix = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(PostfixServer.Obstacle.Length > 0, PostfixServer.Obstacle);
        server = await ServeAsync();
        postfix = await PostfixServer.StartAsync(
            $"relayhost = [127.0.0.1]:{port.ToString(CultureInfo.InvariantCulture)}", "smtp_tls_security_level = may",
            "minimal_backoff_time = 1s", "maximal_backoff_time = 2s", "queue_run_delay = 1s");
    }

    public async ValueTask DisposeAsync()
    {
        if (postfix is not null)
        {
            await postfix.DisposeAsync();
        }

        if (server is not null)
        {
            await server.DisposeAsync();
        }

        folder.Dispose();
    }

    [Fact]
    public async Task What_the_sender_asks_of_reports_passes_through_both_under_TLS()
    {
        await SendAsync("NOTIFY=NEVER", "never@partner.example");
        await SendAsync("NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;first@elsewhere.example", "all@partner.example");
        await SendAsync("", "plain@partner.example");
        await SendAsync("NOTIFY=SUCCESS", "petra.novak@site1.example");
        await SendAsync("NOTIFY=NEVER", "uwe.brandt@site1.example");
        await SendAsync("NOTIFY=FAILURE", "orla.keane@site1.example");

        await Eventually.HoldsAsync("all have arrived, and one report", () => Peer("never").Count == 1 && Peer("all").Count == 1 && Peer("plain").Count == 1
            && Peer("boss").Count == 1 && Mailbox("Novak, Petra") == 1 && Mailbox("Brandt, Uwe") == 1 && Mailbox("Keane, Orla") == 1);

        Peer("never")[0].ShouldContain("X-Envelope-Parameters: RCPT <never@partner.example> NOTIFY=NEVER ");
        Peer("all")[0].ShouldContain("X-Envelope-Parameters: RCPT <all@partner.example> NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;first@elsewhere.example\r\n");
        Peer("all")[0].ShouldContain("RET=HDRS ENVID=crane-7");
        Peer("plain")[0].ShouldNotContain("NOTIFY=");
        Peer("plain")[0].ShouldContain("with ESMTPS");
        Peer("boss")[0].ShouldContain("Subject: Relayed:");
        Peer("boss")[0].ShouldContain("Original-Envelope-Id: crane-7");
        Peer("boss")[0].ShouldContain("Novak");
        await BooksBalanceAsync();
    }

    [Fact]
    public async Task Nothing_is_lost_or_doubled_while_Postern_is_stopped()
    {
        await server.StopAsync();
        for (var number = 0; number < WhileStopped; number++)
        {
            await SendAsync("", number % 2 == 0 ? $"r{number}@partner.example" : "petra.novak@site1.example");
        }

        await Eventually.HoldsAsync("Postfix has tried in vain", () => postfix.ReadLog().Contains("status=deferred", StringComparison.Ordinal));
        await server.DisposeAsync();
        server = await ServeAsync();
        await Eventually.HoldsAsync("Postfix has passed all of it on", () => postfix.ReadLog().Split("status=sent").Length - 1 == WhileStopped);
        await Eventually.HoldsAsync("all of it has arrived", () => Mailbox("Novak, Petra") >= WhileStopped / 2 && Even().All(number => Peer($"r{number}").Count >= 1));

        Mailbox("Novak, Petra").ShouldBe(WhileStopped / 2);
        Even().ShouldAllBe(number => Peer($"r{number}").Count == 1);
        await BooksBalanceAsync();
    }

    private static IEnumerable<int> Even() => Enumerable.Range(0, WhileStopped).Where(number => number % 2 == 0);

    private Task<RunningPostern> ServeAsync() =>
        PosternProgram.ServeAsync(folder["data"], "--smtp", port.ToString(CultureInfo.InvariantCulture), "--lab", PosternProgram.Lab);

    private async Task SendAsync(string parameters, string recipient)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, postfix.Port);
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream);
        await using var writer = new StreamWriter(stream) { NewLine = "\r\n", AutoFlush = true };
        string[] dialogue =
        [
            "", "EHLO client.example", "MAIL FROM:<boss@partner.example> RET=HDRS ENVID=crane-7", $"RCPT TO:<{recipient}> {parameters}".TrimEnd(),
            "DATA", $"From: <boss@partner.example>\r\nTo: <{recipient}>\r\nSubject: Crane\r\n\r\nHello\r\n.", "QUIT",
        ];
        foreach (var command in dialogue)
        {
            if (command.Length > 0)
            {
                await writer.WriteLineAsync(command);
            }

            string? line;
            do
            {
                line = await reader.ReadLineAsync();
                line.ShouldNotBeNull()[0].ShouldBeOneOf('2', '3');
            }
            while (line[3] == '-');
        }
    }

    private List<string> Peer(string name) =>
        [.. Directory.GetFiles(folder["data/lab/peer"], "*.eml").Select(File.ReadAllText).Where(text => text.Contains($"X-Envelope-To: <{name}@partner.example>", StringComparison.Ordinal))];

    private int Mailbox(string name) => Directory.GetFiles(folder[$"data/lab/SALES/mail/{name}"], "*.ccm").Length;

    private async Task BooksBalanceAsync() => (await PosternProgram.RunAsync("books", "--data", folder["data"])).ExitCode.ShouldBe(0);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
