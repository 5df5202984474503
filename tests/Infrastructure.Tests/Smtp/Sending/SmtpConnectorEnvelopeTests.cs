using Postern.Domain.Addresses;
using Postern.Domain.Queue;
using Postern.Infrastructure.Tests.Support;
using static Postern.Infrastructure.Tests.Smtp.Sending.Dialogue;

namespace Postern.Infrastructure.Tests.Smtp.Sending;

/// <summary>What MAIL and RCPT say, and how many recipients go in one transaction.</summary>
public sealed class SmtpConnectorEnvelopeTests
{
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
    [Trait("source", "Q113383")]
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
}
