using System.Text;
using Postern.Domain.Queue;
using Postern.Domain.Routing;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Smtp.Listening;

namespace Postern.Infrastructure.Tests.Smtp.Listening;

public sealed class SmtpSessionTests
{
    private const string Header = "Message-ID: <1@peer.example>\r\nDate: Tue, 24 Nov 2026 10:00:00 +0000\r\n";

    [Fact]
    public async Task Hands_the_envelope_and_the_header_to_the_intake()
    {
        await using var listener = await RunningListener.StartAsync();
        await using var client = await listener.GreetAsync();

        await client.SendAsync(Encoding.UTF8.GetBytes(
            "MAIL FROM:<ann@peer.example> RET=HDRS ENVID=QQ+2B1 SMTPUTF8\r\nRCPT TO:<j\u00e4ne@site1.example> ORCPT=rfc822;list@peer.example\r\n"
            + "RCPT TO:<richard@site1.example> NOTIFY=SUCCESS,FAILURE\r\nRCPT TO:<ben@peer.example>\r\nDATA\r\n" + Header
            + "To: Jane <jane.doe@site1.example>\r\nCc: RICHARD@site1.example\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nReceived: a\r\nReceived: b\r\n\r\nplain\r\n.\r\nQUIT\r\n"));
        (await client.RestAsync()).ShouldContain("queued as 1");

        var (message, content) = listener.Accepted.ShouldHaveSingleItem();
        message.Source.ShouldBe("test");
        message.Peer.ShouldBe("client.example [127.0.0.1]");
        message.Sender!.ToString().ShouldBe("ann@peer.example");
        message.EnvelopeId.ShouldBe("QQ+1");
        message.ReturnsHeaders.ShouldBeTrue();
        message.Subject.ShouldBe("Gr\u00fc\u00dfe");
        message.HeaderId.ShouldBe("<1@peer.example>");
        message.Hops.ShouldBe(3);
        message.IsReport.ShouldBeFalse();
        message.Is8Bit.ShouldBeFalse();
        message.IsUtf8.ShouldBeTrue("an address needs it");
        message.Recipients.Select(r => (r.Route.Target.ToString(), r.OriginalRecipient, r.Notify, r.Class)).ShouldBe(
        [
            ("CCMAIL:Doe, Jane at SALES", "rfc822;list@peer.example", Notify.Unspecified, RecipientClass.To),
            ("CCMAIL:Roe, Richard at SALES", "richard@site1.example", Notify.Success | Notify.Failure, RecipientClass.Cc),
            ("ben@peer.example", "ben@peer.example", Notify.Unspecified, RecipientClass.NotNamed),
        ]);
        Encoding.ASCII.GetString(content).ShouldNotContain("for <", Case.Sensitive, "with several recipients nobody is named");
    }

    [Fact]
    public async Task Two_names_of_one_mailbox_are_one_delivery()
    {
        await using var listener = await RunningListener.StartAsync();
        await using var client = await listener.GreetAsync();

        await client.SayAllAsync(
            "MAIL FROM:<>", "RCPT TO:<jane@site1.example> NOTIFY=NEVER", "RCPT TO:<JANE.DOE@SITE1.EXAMPLE> NOTIFY=SUCCESS", "RCPT TO:<jane@site1.example>", "DATA");
        await client.SendAsync(Header + "\r\n.\r\n");
        await client.ReplyAsync();

        var message = listener.Accepted.ShouldHaveSingleItem().Message;
        var recipient = message.Recipients.ShouldHaveSingleItem();
        recipient.Notify.ShouldBe(Notify.Success | Notify.Failure | Notify.Delay);
        message.Sender.ShouldBeNull();
        message.IsReport.ShouldBeTrue();
    }

    [Fact]
    public async Task Replies_of_a_pipelined_group_come_in_one_packet()
    {
        await using var listener = await RunningListener.StartAsync();
        await using var client = await listener.GreetAsync();

        await client.SendAsync("MAIL FROM:<ann@peer.example>\r\nRCPT TO:<jane@site1.example>\r\nDATA\r\n");
        var replies = await client.PacketAsync();

        replies.ShouldBe("250 2.1.0 Sender ok\r\n250 2.1.5 Recipient ok\r\n354 End data with <CR><LF>.<CR><LF>\r\n");
    }

    [Fact]
    public async Task Never_relays_for_a_client_outside_the_relay_networks()
    {
        await using var listener = await RunningListener.StartAsync(new ListenerSettings { RelaysLoopback = false, RelayNetworks = ["10.0.0.0/8"] });
        await using var client = await listener.GreetAsync();
        await client.SayAsync("MAIL FROM:<ann@peer.example>");

        (await client.SayAsync("RCPT TO:<ben@peer.example>")).ShouldStartWith("550 5.7.1 ");
        (await client.SayAsync("RCPT TO:<\"ben@peer.example\"@site1.example>")).ShouldStartWith("550 5.1.1 ");
        (await client.SayAsync("RCPT TO:<ben%peer.example@site1.example>")).ShouldStartWith("550 5.1.1 ");
        (await client.SayAsync("RCPT TO:<@site1.example:ben@peer.example>")).ShouldStartWith("550 5.7.1 ");
        (await client.SayAsync("RCPT TO:<jane@site1.example>")).ShouldStartWith("250 2.1.5 ");
    }

    [Fact]
    public async Task A_sender_whom_a_connector_does_not_take_is_refused_at_rcpt_with_the_reason_and_learns_nothing_where_they_may_not_relay()
    {
        SenderPattern.TryParse("peer.example", out var peer, out _).ShouldBeTrue();
        await using var listener = await RunningListener.StartAsync();
        listener.Routes = new RoutingTable(
            1,
            [new Site("Site1", ["site1.example"], "SITE1", "", "")],
            [new PostOffice("CCMAIL", "SALES", "sales", "")],
            [new AddressSpace("SMTP", "*", 1, "relay")],
            [
                new RoutedConnector(1, "sales", "ccmail") { Restrictions = new SenderRestrictions([], [peer]) },
                new RoutedConnector(2, "relay", "smtp") { Restrictions = new SenderRestrictions([peer], []) },
            ],
            new Domain.Directory.AddressBook([new Domain.Directory.Entry(
                1, "Doe, Jane", Domain.Directory.EntryKind.Person, Domain.Addresses.MailAddress.Parse("CCMAIL:Doe, Jane at SALES"), [Domain.Addresses.MailAddress.Parse("jane@site1.example")])]));
        await using var client = await listener.GreetAsync();

        await client.SayAsync("MAIL FROM:<ann@peer.example>");
        (await client.SayAsync("RCPT TO:<jane@site1.example>")).ShouldStartWith("550 5.7.1 sales takes no mail from ann@peer.example: it rejects peer.example");
        (await client.SayAsync("RCPT TO:<ben@far.example>")).ShouldStartWith("250 2.1.5 ");
        await client.SayAsync("RSET");
        await client.SayAsync("MAIL FROM:<joe@other.example>");
        (await client.SayAsync("RCPT TO:<ben@far.example>")).ShouldStartWith("550 5.7.1 relay takes no mail from joe@other.example: it accepts only from those it names");
        (await client.SayAsync("RCPT TO:<jane@site1.example>")).ShouldStartWith("250 2.1.5 ");
        await client.SayAsync("RSET");
        await client.SayAsync("MAIL FROM:<>");
        (await client.SayAsync("RCPT TO:<jane@site1.example>")).ShouldStartWith("250 2.1.5 ");

        await using var strict = await RunningListener.StartAsync(new ListenerSettings { RelaysLoopback = false });
        strict.Routes = listener.Routes;
        await using var stranger = await strict.GreetAsync();
        await stranger.SayAsync("MAIL FROM:<joe@other.example>");
        (await stranger.SayAsync("RCPT TO:<ben@far.example>")).ShouldStartWith("550 5.7.1 The recipient is not ours");
    }

    [Fact]
    public async Task Adds_what_is_missing_only_to_mail_submitted_here()
    {
        foreach (var relays in new[] { true, false })
        {
            await using var listener = await RunningListener.StartAsync(new ListenerSettings { RelaysLoopback = relays, HostName = "mx.site1.example" });
            await using var client = await listener.GreetAsync();

            await SendAsync(client, "Subject: bare\r\n\r\ntext\r\n");

            var (message, _) = listener.Accepted.ShouldHaveSingleItem();
            var sent = listener.Accepted.Single().Sent;
            sent.ShouldEndWith("Subject: bare\r\n\r\ntext\r\n");
            sent.StartsWith($"Message-ID: {message.HeaderId}\r\nDate: ", StringComparison.Ordinal).ShouldBe(relays);
            message.HeaderId.EndsWith("@mx.site1.example>", StringComparison.Ordinal).ShouldBe(relays);
        }
    }

    [Theory]
    [InlineData("", "\r\n")]
    [InlineData("no header at all\r\n", "\r\nno header at all\r\n")]
    [InlineData(" folded into our field\r\n", "\r\n folded into our field\r\n")]
    [InlineData("From ann Tue Nov 24 10:00:00 2026\r\nSubject: x\r\n\r\n", "X-Mailbox-Line: From ann Tue Nov 24 10:00:00 2026\r\nSubject: x\r\n\r\n")]
    public async Task Content_never_runs_into_the_trace_field(string sent, string stored)
    {
        await using var listener = await RunningListener.StartAsync(new ListenerSettings { RelaysLoopback = false });
        await using var client = await listener.GreetAsync();

        await SendAsync(client, sent);

        listener.Accepted.ShouldHaveSingleItem().Sent.ShouldBe(stored);
    }

    [Fact]
    public async Task A_hostile_greeting_cannot_write_fields()
    {
        await using var listener = await RunningListener.StartAsync();
        await using var client = await listener.ConnectAsync();
        await client.ReplyAsync();
        await client.SayAsync("EHLO a(b);c\"d>e\\f");

        await SendAsync(client, Header + "\r\n");

        var accepted = listener.Accepted.ShouldHaveSingleItem();
        accepted.Text.ShouldStartWith("Received: from a?b??c?d?e?f ([127.0.0.1])");
        accepted.Message.Peer.ShouldBe("a?b??c?d?e?f [127.0.0.1]");
    }

    [Fact]
    public async Task Every_byte_arrives_as_it_was_sent()
    {
        var body = new byte[300_000];
        new Random(1).NextBytes(body);
        var text = Encoding.Latin1.GetString(body).Replace("\r", "", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal);
        await using var listener = await RunningListener.StartAsync();
        await using var client = await listener.GreetAsync();

        var message = Header + "\r\n" + text + "\r\n";
        await SendAsync(client, message.Replace("\r\n.", "\r\n..", StringComparison.Ordinal));

        var accepted = listener.Accepted.ShouldHaveSingleItem();
        accepted.Sent.ShouldBe(message);
        accepted.Message.Is8Bit.ShouldBeTrue();
        accepted.Text.ShouldContain('\0');
        listener.SpoolFiles.ShouldBeEmpty();
    }

    [Fact]
    public async Task Says_what_the_intake_says()
    {
        await using var listener = await RunningListener.StartAsync();
        await using var client = await listener.GreetAsync();

        listener.Intake = _ => Task.FromResult<IntakeResult>(new IntakeResult.TryLater("The database\r\n250 is away"));
        (await SendAsync(client, Header + "\r\n")).ShouldBe("451 4.3.0 The database??250 is away");
        listener.Intake = _ => Task.FromResult<IntakeResult>(new IntakeResult.Unacceptable(new string('x', 2000)));
        var refusal = await SendAsync(client, Header + "\r\n");
        listener.Intake = null;

        refusal.ShouldStartWith("554 5.6.0 xxx");
        refusal.Length.ShouldBeLessThan(512);
        (await SendAsync(client, Header + "\r\n")).ShouldBe("250 2.0.0 Ok: queued as 1");
    }

    [Fact]
    public async Task Says_nothing_before_the_intake_has_answered()
    {
        var committed = new TaskCompletionSource<IntakeResult>();
        var asked = new TaskCompletionSource();
        await using var listener = await RunningListener.StartAsync();
        listener.Intake = _ =>
        {
            asked.SetResult();
            return committed.Task;
        };
        await using var client = await listener.GreetAsync();

        var reply = SendAsync(client, Header + "\r\n");
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(20));
        reply.IsCompleted.ShouldBeFalse();
        committed.SetResult(new IntakeResult.TryLater("no"));

        (await reply).ShouldStartWith("451 ");
    }

    [Fact]
    public async Task A_session_that_throws_ends_alone()
    {
        await using var listener = await RunningListener.StartAsync();
        await using var other = await listener.GreetAsync();
        await using var client = await listener.GreetAsync();
        listener.Intake = _ => throw new InvalidOperationException("broken");

        (await SendAsync(client, Header + "\r\n")).ShouldBe("421 4.3.0 Internal fault, try again later");
        (await client.RestAsync()).ShouldBe("");
        listener.Intake = null;

        (await SendAsync(other, Header + "\r\n")).ShouldStartWith("250 ");
    }

    [Fact]
    public async Task A_disk_that_takes_nothing_is_a_reason_to_try_later()
    {
        await using var listener = await RunningListener.StartAsync();
        await using var client = await listener.GreetAsync();
        Directory.Delete(listener.SpoolFolder);

        var reply = await SendAsync(client, Header + "\r\n" + string.Concat(Enumerable.Repeat(new string('x', 98) + "\r\n", 5000)));
        Directory.CreateDirectory(listener.SpoolFolder);

        reply.ShouldStartWith("452 4.3.1 ");
        (await SendAsync(client, Header + "\r\n")).ShouldStartWith("250 ");
    }

    [Fact]
    public async Task A_report_by_its_own_words_is_known_as_one()
    {
        await using var listener = await RunningListener.StartAsync();
        await using var client = await listener.GreetAsync();

        await SendAsync(client, Header + "Auto-Submitted: auto-replied\r\nContent-Type: multipart/report; boundary=x\r\n\r\n");
        await SendAsync(client, Header + "Auto-Submitted: auto-replied\r\nContent-Type: text/plain\r\n\r\n");

        listener.Accepted.Select(accepted => accepted.Message.IsReport).ShouldBe([true, false]);
    }

    internal static async Task<string> SendAsync(SmtpTestClient client, string data)
    {
        (await client.SayAllAsync("MAIL FROM:<ann@peer.example>", "RCPT TO:<jane@site1.example>", "DATA")).ShouldStartWith("354 ");
        await client.SendAsync(data + ".\r\n");
        return await client.ReplyAsync();
    }
}
