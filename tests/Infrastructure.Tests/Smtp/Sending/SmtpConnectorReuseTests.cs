using Postern.Domain.Queue;
using Postern.Infrastructure.Tests.Support;
using static Postern.Infrastructure.Tests.Smtp.Sending.Dialogue;

namespace Postern.Infrastructure.Tests.Smtp.Sending;

/// <summary>One connection for many messages: when the next may follow, and when it needs a fresh one.</summary>
public sealed class SmtpConnectorReuseTests
{
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
}
