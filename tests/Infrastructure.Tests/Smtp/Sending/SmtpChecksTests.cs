using System.Net;
using System.Net.Sockets;
using Postern.Infrastructure.Smtp.Sending;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Smtp.Sending;

public sealed class SmtpChecksTests
{
    [Fact]
    public async Task A_host_is_greeted_as_a_delivery_would_and_left_without_a_transaction()
    {
        await using var peer = ReplayPeer.Start(
            """
            S: 220 mx.example ESMTP at your service
            C: EHLO postern.test
            S: 250-mx.example
            S: 250 SIZE 10485760
            C: QUIT
            S: 221 Bye
            """);

        var answer = (await RunAsync(new SmtpConnectorSettings { SmartHosts = [peer.Address] })).ShouldHaveSingleItem();

        (answer.Path, answer.IsGood).ShouldBe(("smartHosts", true));
        answer.Sentence.ShouldEndWith("answered: not encrypted, because it does not offer STARTTLS, and takes messages of up to 10,485,760 bytes.");
        answer.Said.ShouldContain("at your service");
        await peer.Finished;
    }

    [Fact]
    public async Task Each_host_has_its_own_answer_and_the_reason_why_it_does_not_work()
    {
        await using var refusing = ReplayPeer.Start("S: 554 go away\n! close\n");
        await using var plain = ReplayPeer.Start("S: 220 mx.example\nC: EHLO postern.test\nS: 250 mx.example\nC: *\nS: 221 Bye\n");

        var answers = await RunAsync(new SmtpConnectorSettings { SmartHosts = [refusing.Address, DeadAddress(), "a host:x"], Tls = SmtpTls.Off });
        var required = await RunAsync(new SmtpConnectorSettings { SmartHosts = [plain.Address], Tls = SmtpTls.Required });

        answers.Count.ShouldBe(3);
        answers.ShouldAllBe(answer => !answer.IsGood && answer.Path == "smartHosts");
        answers[0].Said.ShouldContain("554 go away");
        answers[1].Sentence.ShouldContain("refused");
        answers[2].Sentence.ShouldContain("a host:x");
        required.ShouldHaveSingleItem().IsGood.ShouldBeFalse("encryption is required and not offered");
    }

    [Theory]
    [InlineData("235 2.7.0 welcome", true)]
    [InlineData("535 5.7.8 wrong password", false)]
    public async Task The_password_is_tried(string reply, bool isGood)
    {
        await using var peer = ReplayPeer.Start(
            $"""
            S: 220 mx.example
            C: EHLO postern.test
            S: 250-mx.example
            S: 250 AUTH PLAIN
            C: AUTH PLAIN {Convert.ToBase64String("\0postern\0secret"u8)}
            S: {reply}
            C: QUIT
            S: 221 Bye
            """);

        var answer = (await RunAsync(
            new SmtpConnectorSettings { SmartHosts = [peer.Address], UserName = "postern", PasswordSecret = "relay", AllowPlainText = true }, "secret")).ShouldHaveSingleItem();

        answer.IsGood.ShouldBe(isGood);
        (isGood ? answer.Sentence : answer.Said).ShouldContain(isGood ? "postern signed in" : "wrong password");
        (answer.Sentence + answer.Said).ShouldNotContain("secret");
    }

    [Fact]
    public async Task Where_encryption_fails_and_is_not_required_it_is_said_that_mail_would_go_without()
    {
        await using var peer = ReplayPeer.Start(
            """
            S: 220 mx.example
            C: EHLO postern.test
            S: 250-mx.example
            S: 250 STARTTLS
            C: STARTTLS
            S: 220 Ready
            ! junk
            ---
            S: 220 mx.example
            C: EHLO postern.test
            S: 250-mx.example
            S: 250 STARTTLS
            C: QUIT
            S: 221 Bye
            """);

        var answer = (await RunAsync(new SmtpConnectorSettings { SmartHosts = [peer.Address] })).ShouldHaveSingleItem();

        answer.IsGood.ShouldBeTrue();
        answer.Sentence.ShouldContain(" Without encryption: ");
        answer.Sentence.ShouldContain("not encrypted, though it offers STARTTLS");
    }

    [Fact]
    public async Task A_file_of_authorities_that_is_not_there_is_named()
    {
        using var folder = new TestFolder();
        File.WriteAllText(folder["ca.pem"], "");

        (await RunAsync(new SmtpConnectorSettings { TrustedAuthorities = folder["none.pem"] })).ShouldHaveSingleItem().Sentence.ShouldBe($"The file {folder["none.pem"]} does not exist.");
        (await RunAsync(new SmtpConnectorSettings { TrustedAuthorities = folder["ca.pem"] })).ShouldHaveSingleItem().IsGood.ShouldBeTrue();
    }

    private static Task<IReadOnlyList<Postern.Infrastructure.Connectors.CheckAnswer>> RunAsync(SmtpConnectorSettings settings, string password = "") =>
        new SmtpChecks(settings, "postern.test", password, TimeProvider.System).RunAsync(CancellationToken.None);

    private static string DeadAddress()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket.LocalEndPoint!.ToString()!;
    }
}
