using Postern.Domain.Queue;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Smtp.Sending;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Smtp.Sending;

/// <summary>What a stop of Postern does to a message that is on its way.</summary>
public sealed class SmtpConnectorStopTests
{
    private const string Hello = "S: 220 mx.example\nC: EHLO*\nS: 250 mx.example\n";
    private const string Envelope = "C: MAIL*\nS: 250 Ok\nC: RCPT*\nS: 250 Ok\nC: DATA\nS: 354 Go on\n";

    private static readonly Transfer Mail = Transfers.To("x\r\n", "bob@peer.example");

    [Fact]
    public async Task Begins_nothing_after_a_stop()
    {
        await using var peer = ReplayPeer.Start("! hang\n");
        await using var connector = Transfers.Connector(peer.Address);

        var results = await connector.DeliverAsync([Mail, Mail], new CancellationToken(canceled: true));

        results.Count.ShouldBe(2);
        results.ShouldAllBe(result => result.Outcome is AttemptOutcome.NotTried);
    }

    [Theory]
    [InlineData("")]
    [InlineData(Hello + "C: MAIL*\n")]
    [InlineData(Hello + "C: MAIL*\nS: 250 Ok\nC: RCPT*\nS: 250 Ok\nC: DATA\n")]
    public async Task Breaks_off_before_the_content_and_counts_no_attempt(string script)
    {
        await using var peer = ReplayPeer.Start(script + "! hang\n");
        await using var connector = Transfers.Connector(peer.Address);
        using var stop = new CancellationTokenSource();

        var delivery = connector.DeliverOneAsync(Mail, stop.Token);
        await peer.WhenWaiting();
        await stop.CancelAsync();
        var result = await delivery.WaitAsync(TimeSpan.FromSeconds(10));

        result.Outcome.ShouldBeOfType<AttemptOutcome.NotTried>();
        result.MayRepeat.ShouldBeFalse();
    }

    [Fact]
    public async Task Waits_for_the_answer_once_the_content_is_sent()
    {
        await using var peer = ReplayPeer.Start(Hello + Envelope + "C: .content\n! wait\nS: 250 2.0.0 Taken\n");
        await using var connector = Transfers.Connector(peer.Address);
        using var stop = new CancellationTokenSource();

        var delivery = connector.DeliverOneAsync(Mail, stop.Token);
        await peer.WhenWaiting();
        await stop.CancelAsync();
        peer.Continue();

        (await delivery).Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
        await peer.Finished;
    }

    [Fact]
    public async Task Waits_no_longer_than_its_grace_and_marks_a_possible_repeat()
    {
        var clock = new TestClock();
        await using var peer = ReplayPeer.Start(Hello + Envelope + "C: .content\n! hang\n");
        await using var connector = Transfers.Connector(peer.Address, clock: clock);
        using var stop = new CancellationTokenSource();

        var delivery = connector.DeliverOneAsync(Mail, stop.Token);
        await peer.WhenWaiting();
        await stop.CancelAsync();
        await clock.WhenWaitingFor(SmtpConversation.StopGrace);
        delivery.IsCompleted.ShouldBeFalse();
        clock.Advance(SmtpConversation.StopGrace);
        var result = await delivery.WaitAsync(TimeSpan.FromSeconds(10));

        result.Outcome.ShouldBeOfType<AttemptOutcome.Deferred>().Reason.ShouldBe("Postern stopped before 127.0.0.1 answered the end of the message.");
        result.MayRepeat.ShouldBeTrue();
    }
}
