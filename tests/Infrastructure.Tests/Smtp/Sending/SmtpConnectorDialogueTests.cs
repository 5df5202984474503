using Postern.Domain.Queue;
using Postern.Infrastructure.Tests.Support;
using static Postern.Infrastructure.Tests.Smtp.Sending.Dialogue;

namespace Postern.Infrastructure.Tests.Smtp.Sending;

/// <summary>What is said, line by line, and what each answer comes to.</summary>
public sealed class SmtpConnectorDialogueTests
{
    private const string HelloPlain =
        """
        ! lockstep
        S: 220 mx.example
        C: EHLO postern.test
        S: 250 mx.example

        """;

    [Theory]
    [InlineData(ReplayPace.Whole)]
    [InlineData(ReplayPace.ByLine)]
    [InlineData(ReplayPace.ByByte)]
    public async Task Sends_the_whole_envelope_at_once_where_pipelining_is_offered(ReplayPace pace)
    {
        await using var peer = ReplayPeer.Start(Hello + Envelope + EnvelopeTaken + "C: .content\nS: 250-2.0.0 Taken\nS: 250 2.0.0 as 7\n" + Goodbye, pace);
        var outcome = (AttemptOutcome.Delivered)await DeliverAsync(peer, Plain);

        outcome.ShouldBe(new AttemptOutcome.Delivered(
            "2.0.0", "250-2.0.0 Taken 250 2.0.0 as 7", "127.0.0.1 took it.", $"127.0.0.1[127.0.0.1]:{peer.Port}", Relayed: true));
        peer.Contents.ShouldBe(["Subject: x\r\n\r\n..dot\r\n"]);
        await peer.Finished;
    }

    [Fact]
    public async Task Waits_for_each_answer_where_it_is_not()
    {
        await using var peer = ReplayPeer.Start(HelloPlain +
            """
            C: MAIL FROM:<jane@site1.example>
            S: 250 Ok
            C: RCPT TO:<bob@peer.example>
            S: 250 Ok
            C: RCPT TO:<eve@peer.example>
            S: 550 5.1.1 No
            C: DATA
            S: 354 Go on
            C: .content
            S: 250 Ok

            """ + Goodbye);

        var outcomes = await DeliverAllAsync(peer, Transfers.To("x\r\n", "bob@peer.example", "eve@peer.example"));

        outcomes[0].ShouldBeOfType<AttemptOutcome.Delivered>().Status.ShouldBe("2.0.0");
        outcomes[1].ShouldBeOfType<AttemptOutcome.Bounced>().Reason.ShouldBe("127.0.0.1 refuses this recipient.");
        await peer.Finished;
    }

    [Fact]
    public async Task Falls_back_to_helo()
    {
        await using var peer = ReplayPeer.Start(
            """
            ! lockstep
            S: 220 old.example
            C: EHLO postern.test
            S: 502 What
            C: HELO postern.test
            S: 250 old.example
            C: MAIL FROM:<jane@site1.example>
            S: 250 Ok
            C: RCPT TO:<bob@peer.example>
            S: 251 Will forward
            C: DATA
            S: 354 Go on
            C: .content
            S: 250 Ok

            """ + Goodbye);

        (await DeliverAsync(peer, Plain)).ShouldBeOfType<AttemptOutcome.Delivered>();
        await peer.Finished;
    }

    [Fact]
    public async Task Gives_each_recipient_its_own_answer()
    {
        await using var peer = ReplayPeer.Start(Hello +
            """
            C: MAIL FROM:<jane@site1.example>
            C: RCPT TO:<a@peer.example>
            C: RCPT TO:<b@peer.example>
            C: RCPT TO:<c@peer.example>
            C: DATA
            S: 250 Ok
            S: 250 Ok
            S: 550 5.1.1 b is unknown
            S: 450 4.2.1 c is busy
            S: 354 Go on
            C: .content
            S: 250 2.6.0 Ok

            """ + Goodbye);

        var outcomes = await DeliverAllAsync(peer, Transfers.To("x\r\n", "a@peer.example", "b@peer.example", "c@peer.example"));

        outcomes.Select(outcome => (outcome.GetType().Name, outcome.Status, outcome.Reply)).ShouldBe(
        [
            ("Delivered", "2.6.0", "250 2.6.0 Ok"), ("Bounced", "5.1.1", "550 5.1.1 b is unknown"), ("Deferred", "4.2.1", "450 4.2.1 c is busy"),
        ]);
        outcomes[2].Reason.ShouldBe("127.0.0.1 asks to try later.");
        await peer.Finished;
    }

    [Fact]
    public async Task Ends_with_an_empty_message_a_peer_that_wants_content_for_nobody()
    {
        await using var peer = ReplayPeer.Start(
            Hello + Envelope + "S: 250 Ok\nS: 550 5.1.1 No\nS: 354 Go on\nC: .content\nS: 554 For whom?\n" + Envelope + EnvelopeTaken + "C: .content\nS: 250 Ok\n" + Goodbye);
        await using var connector = Transfers.Connector(peer.Address);

        (await connector.DeliverOneAsync(Plain)).Outcome.ShouldBeOfType<AttemptOutcome.Bounced>().Status.ShouldBe("5.1.1");
        (await connector.DeliverOneAsync(Plain)).Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();

        await connector.DisposeAsync();
        await peer.Finished;
        peer.Contents[0].ShouldBeEmpty();
    }

    [Theory]
    [InlineData("553 5.1.8 Who is that", "Bounced", "5.1.8", "127.0.0.1 refuses the sender.", false)]
    [InlineData("552 5.3.4 Too big", "Bounced", "5.3.4", "127.0.0.1 refuses the message as too large.", false)]
    [InlineData("452 4.3.1 Disk full", "Deferred", "4.3.1", "127.0.0.1 asks to try later.", false)]
    [InlineData("530 5.7.0 Sign in first", "Deferred", "4.7.0", "127.0.0.1 wants a sign-in or encryption that this connector does not give.", true)]
    [InlineData("354 What", "Deferred", "4.5.0", "127.0.0.1 answered MAIL with a code that makes no sense there.", false)]
    public async Task Gives_the_answer_to_mail_to_everyone(string reply, string outcome, string status, string reason, bool isDown)
    {
        await using var peer = ReplayPeer.Start(Hello + Envelope + $"S: {reply}\nS: 503 No\nS: 503 No\n! hang\n");

        var result = await DeliverAsync(peer, Plain);

        (result.GetType().Name, result.Status, result.Reason, result.Reply).ShouldBe((outcome, status, reason, reply));
        ((result as AttemptOutcome.Deferred)?.DestinationDown ?? false).ShouldBe(isDown);
    }

    [Theory]
    [InlineData("450 4.7.1 Grey", "Deferred", "4.7.1", false)]
    [InlineData("550 5.7.1 Spam", "Bounced", "5.7.1", false)]
    [InlineData("354 Again", "Deferred", "4.5.0", true)]
    [InlineData("gibberish", "Deferred", "4.5.0", true)]
    public async Task Takes_the_answer_after_the_dot(string reply, string outcome, string status, bool mayRepeat)
    {
        await using var peer = ReplayPeer.Start(Hello + Envelope + EnvelopeTaken + $"C: .content\nS: {reply}\n! hang\n");
        await using var connector = Transfers.Connector(peer.Address);

        var result = await connector.DeliverOneAsync(Plain);

        (result.Outcome.GetType().Name, result.Outcome.Status, result.MayRepeat).ShouldBe((outcome, status, mayRepeat));
    }

    [Theory]
    [InlineData("close")]
    [InlineData("reset")]
    public async Task Marks_a_possible_repeat_when_the_peer_goes_after_the_dot(string how)
    {
        await using var peer = ReplayPeer.Start(Hello + Envelope + EnvelopeTaken + $"C: .content\n! {how}\n");
        await using var connector = Transfers.Connector(peer.Address);

        var result = await connector.DeliverOneAsync(Plain);

        result.Outcome.ShouldBeOfType<AttemptOutcome.Deferred>().Status.ShouldBe("4.4.2");
        result.Outcome.Reason.ShouldContain("the end of the message");
        result.MayRepeat.ShouldBeTrue();
        ((AttemptOutcome.Deferred)result.Outcome).DestinationDown.ShouldBeFalse();
    }

    [Fact]
    public async Task Marks_no_repeat_when_the_peer_goes_before_the_content()
    {
        await using var peer = ReplayPeer.Start(Hello + Envelope + "S: 250 Ok\n! close\n");
        await using var connector = Transfers.Connector(peer.Address);

        var result = await connector.DeliverOneAsync(Plain);

        result.Outcome.ShouldBeOfType<AttemptOutcome.Deferred>();
        result.MayRepeat.ShouldBeFalse();
    }

    [Theory]
    [InlineData("! flood 1000000\n", "sent a line longer than 2,048 bytes")]
    [InlineData("! endless 250-more\n", "sent a reply of more than 128 lines")]
    [InlineData("S: \\0\\0\\0\n! hang\n", "sent something that is not an SMTP reply")]
    public async Task Gives_up_on_a_hostile_peer_without_blaming_the_message(string answer, string finding)
    {
        foreach (var place in (string[])["", "S: 220 mx.example\nC: EHLO*\n", Hello + Envelope])
        {
            await using var peer = ReplayPeer.Start(place + answer);

            var outcome = await DeliverAsync(peer, Plain);

            outcome.ShouldBeOfType<AttemptOutcome.Deferred>().Reason.ShouldContain(finding);
        }
    }
}
