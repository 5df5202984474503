using Postern.Domain.Addresses;
using Postern.Domain.Queue;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Smtp.Sending;

/// <summary>What is said, line by line, and what each answer comes to.</summary>
public sealed class SmtpConnectorDialogueTests
{
    private const string Hello =
        """
        S: 220 mx.example ESMTP
        C: EHLO postern.test
        S: 250-mx.example
        S: 250 PIPELINING

        """;

    private const string HelloDsn =
        """
        S: 220 mx.example ESMTP
        C: EHLO postern.test
        S: 250-mx.example
        S: 250-PIPELINING
        S: 250-SIZE 100000
        S: 250-8BITMIME
        S: 250-SMTPUTF8
        S: 250 DSN

        """;

    private const string HelloPlain =
        """
        ! lockstep
        S: 220 mx.example
        C: EHLO postern.test
        S: 250 mx.example

        """;

    private const string Envelope =
        """
        C: MAIL FROM:<jane@site1.example>
        C: RCPT TO:<bob@peer.example>
        C: DATA

        """;

    private const string EnvelopeTaken =
        """
        S: 250 2.1.0 Ok
        S: 250 2.1.5 Ok
        S: 354 Go on

        """;

    private const string Goodbye =
        """
        C: QUIT
        S: 221 Bye

        """;

    private static readonly Transfer Plain = Transfers.To("Subject: x\r\n\r\n.dot\r\n", "bob@peer.example");

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

    [Theory]
    [InlineData("451 4.3.0 Not now", "Deferred")]
    [InlineData("554 5.7.1 Spam", "Bounced")]
    public async Task Gives_the_answer_to_data_to_all_who_were_accepted_and_resets(string reply, string outcome)
    {
        await using var peer = ReplayPeer.Start(
            Hello + Envelope + $"S: 250 Ok\nS: 250 Ok\nS: {reply}\nC: RSET\n" + Envelope + "S: 250 Reset\n" + EnvelopeTaken + "C: .content\nS: 250 Ok\n" + Goodbye);
        await using var connector = Transfers.Connector(peer.Address);

        var first = (await connector.DeliverOneAsync(Plain)).Outcome;
        var second = (await connector.DeliverOneAsync(Plain)).Outcome;

        (first.GetType().Name, first.Reply).ShouldBe((outcome, reply));
        second.ShouldBeOfType<AttemptOutcome.Delivered>();
        await connector.DisposeAsync();
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
    [InlineData("S: 421 4.3.2 Closing\n", "")]
    [InlineData("S: 250 Ok\nS: 421 4.3.2 Closing\n", "")]
    [InlineData("S: 250 Ok\nS: 250 Ok\nS: 421 4.3.2 Closing\n", "")]
    [InlineData(EnvelopeTaken, "C: .content\nS: 421 4.3.2 Closing\n")]
    public async Task Defers_at_421_and_opens_a_new_connection_for_the_next(string answer, string end)
    {
        await using var peer = ReplayPeer.Start(
            Hello + Envelope + answer + end + "---\n" + Hello + Envelope + EnvelopeTaken + "C: .content\nS: 250 Ok\n" + Goodbye);
        await using var connector = Transfers.Connector(peer.Address);

        var first = await connector.DeliverOneAsync(Plain);
        var second = await connector.DeliverOneAsync(Plain);

        first.Outcome.ShouldBeOfType<AttemptOutcome.Deferred>().Status.ShouldBe("4.3.2");
        first.MayRepeat.ShouldBeFalse();
        second.Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
        await connector.DisposeAsync();
        await peer.Finished;
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

    [Fact]
    public async Task Uses_one_connection_for_many_messages_and_ends_it_after_the_last_allowed()
    {
        var message = Envelope + EnvelopeTaken + "C: .content\nS: 250 Ok\n";
        await using var peer = ReplayPeer.Start(Hello + message + message + Goodbye + "---\n" + Hello + message + Goodbye);
        await using var connector = Transfers.Connector(peer.Address, settings => settings with { MaxMessagesPerConnection = 2 });

        for (var i = 0; i < 3; i++)
        {
            (await connector.DeliverOneAsync(Plain)).Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
        }

        await connector.DisposeAsync();
        await peer.Finished;
    }

    [Theory]
    [InlineData("! close\n")]
    [InlineData("S: 421 4.4.2 Idle too long\n! close\n")]
    [InlineData("C: MAIL FROM:*\nC: RCPT*\nC: DATA\n! close\n")]
    [InlineData("C: MAIL FROM:*\nC: RCPT*\nC: DATA\nS: 421 4.4.2 Idle too long\n")]
    public async Task Sends_on_a_fresh_connection_when_the_idle_one_has_died(string death)
    {
        var message = Envelope + EnvelopeTaken + "C: .content\nS: 250 Ok\n";
        await using var peer = ReplayPeer.Start(Hello + message + death + "---\n" + Hello + message + Goodbye);
        await using var connector = Transfers.Connector(peer.Address);

        (await connector.DeliverOneAsync(Plain)).Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
        var second = await connector.DeliverOneAsync(Plain);

        second.Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
        second.MayRepeat.ShouldBeFalse();
        await connector.DisposeAsync();
        await peer.Finished;
        peer.Contents.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Does_not_send_again_by_itself_once_a_reused_connection_has_answered()
    {
        var message = Envelope + EnvelopeTaken + "C: .content\nS: 250 Ok\n";
        await using var peer = ReplayPeer.Start(Hello + message + Envelope + EnvelopeTaken + "C: .content\n! close\n---\n! hang\n");
        await using var connector = Transfers.Connector(peer.Address);
        await connector.DeliverOneAsync(Plain);

        var second = await connector.DeliverOneAsync(Plain);

        second.Outcome.ShouldBeOfType<AttemptOutcome.Deferred>();
        second.MayRepeat.ShouldBeTrue();
    }

    [Fact]
    public async Task Sends_the_rest_in_another_transaction_when_the_peer_takes_no_more_recipients()
    {
        await using var peer = ReplayPeer.Start(Hello +
            """
            C: MAIL FROM:<jane@site1.example>
            C: RCPT TO:<a@peer.example>
            C: RCPT TO:<b@peer.example>
            C: DATA
            S: 250 Ok
            S: 250 Ok
            S: 452 4.5.3 Too many
            S: 354 Go on
            C: .content
            S: 250 Ok
            C: MAIL FROM:<jane@site1.example>
            C: RCPT TO:<b@peer.example>
            C: DATA
            S: 250 Ok
            S: 250 Ok
            S: 354 Go on
            C: .content
            S: 250 Ok

            """ + Goodbye);

        var outcomes = await DeliverAllAsync(peer, Transfers.To("x\r\n", "a@peer.example", "b@peer.example"));

        outcomes.ShouldAllBe(outcome => outcome is AttemptOutcome.Delivered);
        await peer.Finished;
    }

    [Fact]
    public async Task Defers_when_the_peer_takes_no_recipient_at_all()
    {
        await using var peer = ReplayPeer.Start(Hello + Envelope + "S: 250 Ok\nS: 552 Too many\nS: 503 No\n" + Goodbye);

        var outcome = await DeliverAsync(peer, Plain);

        outcome.ShouldBeOfType<AttemptOutcome.Deferred>().Status.ShouldBe("4.5.3");
    }

    [Fact]
    public async Task Splits_what_has_more_recipients_than_a_transaction_may_have()
    {
        var part = "C: MAIL*\nC: RCPT*\nC: RCPT*\nC: DATA\nS: 250 Ok\nS: 250 Ok\nS: 250 Ok\nS: 354 Go on\nC: .content\nS: 250 Ok\n";
        await using var peer = ReplayPeer.Start(Hello + part + part + Goodbye);
        await using var connector = Transfers.Connector(peer.Address, settings => settings with { MaxRecipientsPerTransaction = 2 });

        var outcomes = await connector.DeliverAllAsync(Transfers.To("x\r\n", "a@p.example", "b@p.example", "c@p.example", "d@p.example"));

        outcomes.ShouldAllBe(outcome => outcome is AttemptOutcome.Delivered);
        await connector.DisposeAsync();
        await peer.Finished;
    }

    [Fact]
    public async Task Passes_on_what_the_sender_asked_of_reports()
    {
        await using var peer = ReplayPeer.Start(HelloDsn +
            """
            C: MAIL FROM:<jane@site1.example> SIZE=3 RET=HDRS ENVID=QQ+2B+20314159
            C: RCPT TO:<a@peer.example> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;Alias+2Bx@site1.example
            C: RCPT TO:<b@peer.example> NOTIFY=NEVER ORCPT=x400;/c+3Dus
            C: RCPT TO:<c@peer.example> NOTIFY=DELAY
            C: RCPT TO:<d@peer.example> ORCPT=utf-8;j\x{FC}rgen@site1.example
            C: DATA
            S: 250 Ok
            S: 250 Ok
            S: 250 Ok
            S: 250 Ok
            S: 250 Ok
            S: 354 Go on
            C: .content
            S: 250 Ok

            """ + Goodbye);
        var transfer = Transfers.To("x\r\n") with
        {
            ReturnsHeaders = true,
            EnvelopeId = "QQ+ 314159",
            Deliveries =
            [
                Transfers.Delivery(1, "a@peer.example", Notify.Success | Notify.Failure, "Alias+x@site1.example"),
                Transfers.Delivery(2, "b@peer.example", Notify.Never, "x400;/c=us"),
                Transfers.Delivery(3, "c@peer.example", Notify.Delay, "CCMAIL:Doe, Jane at SALES"),
                Transfers.Delivery(4, "d@peer.example", Notify.Unspecified, "j\u00fcrgen@site1.example"),
            ],
        };

        var outcomes = await DeliverAllAsync(peer, transfer);

        outcomes.ShouldAllBe(outcome => outcome is AttemptOutcome.Delivered);
        outcomes.Cast<AttemptOutcome.Delivered>().ShouldAllBe(delivered => !delivered.Relayed);
        await peer.Finished;
    }

    [Fact]
    public async Task Sends_from_the_null_sender()
    {
        await using var peer = ReplayPeer.Start(Hello + Envelope.Replace("jane@site1.example", "", StringComparison.Ordinal) + EnvelopeTaken + "C: .content\nS: 250 Ok\n" + Goodbye);

        (await DeliverAsync(peer, Plain with { Sender = null })).ShouldBeOfType<AttemptOutcome.Delivered>();

        await peer.Finished;
    }

    [Fact]
    public async Task Returns_what_is_larger_than_the_peer_takes_without_sending_it()
    {
        await using var peer = ReplayPeer.Start(HelloDsn + Goodbye);

        var outcome = await DeliverAsync(peer, Transfers.To(new byte[100_001], "bob@peer.example"));

        outcome.ShouldBeOfType<AttemptOutcome.Bounced>().Status.ShouldBe("5.3.4");
        outcome.Reason.ShouldBe("The message has 100,001 bytes, and 127.0.0.1 takes at most 100,000.");
        await peer.Finished;
    }

    [Fact]
    public async Task Returns_what_is_addressed_to_another_system()
    {
        await using var peer = ReplayPeer.Start(Hello + Envelope + EnvelopeTaken + "C: .content\nS: 250 Ok\n" + Goodbye);

        var outcomes = await DeliverAllAsync(peer, Transfers.To("x\r\n", "bob@peer.example", "CCMAIL:Doe, Jane at SALES"));

        outcomes[0].ShouldBeOfType<AttemptOutcome.Delivered>();
        outcomes[1].ShouldBeOfType<AttemptOutcome.Bounced>().Status.ShouldBe("5.1.3");
        var fromOld = await DeliverAsync(peer, Plain with { Sender = MailAddress.Parse("CCMAIL:Doe, Jane at SALES") });
        fromOld.ShouldBeOfType<AttemptOutcome.Bounced>().Status.ShouldBe("5.1.7");
        await peer.Finished;
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

    private static async Task<AttemptOutcome> DeliverAsync(ReplayPeer peer, Transfer transfer) => (await DeliverAllAsync(peer, transfer)).ShouldHaveSingleItem();

    private static async Task<IReadOnlyList<AttemptOutcome>> DeliverAllAsync(ReplayPeer peer, Transfer transfer)
    {
        await using var connector = Transfers.Connector(peer.Address);
        return await connector.DeliverAllAsync(transfer);
    }
}
