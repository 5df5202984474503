using System.Globalization;
using Postern.Domain.Queue;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Smtp.Sending;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Smtp.Sending;

/// <summary>Hosts that are away, slow or unwilling, and the host after them.</summary>
public sealed class SmtpConnectorFailOverTests
{
    private const string Hello = "S: 220 mx.example\nC: EHLO*\nS: 250 mx.example\n";
    private const string Message = "C: MAIL*\nS: 250 Ok\nC: RCPT*\nS: 250 Ok\nC: DATA\nS: 354 Go on\nC: .content\nS: 250 Ok\n";
    private const string Goodbye = "C: QUIT\nS: 221 Bye\n";

    private static readonly Transfer Mail = Transfers.To("x\r\n", "bob@peer.example");

    [Theory]
    [InlineData("")]
    [InlineData("S: 554 5.3.2 Closed for the weekend\n")]
    [InlineData("S: 421 4.3.2 Busy\n")]
    [InlineData("! close\n")]
    [InlineData("S: 220 mx.example\nC: EHLO*\nS: 421 4.3.2 Busy\n")]
    public async Task Goes_to_the_next_host_when_the_first_does_not_take_it(string first)
    {
        await using var refusing = ReplayPeer.Start(first + "! close\n");
        await using var second = ReplayPeer.Start(Hello + Message + Message + Goodbye);
        string[] hosts = [first.Length == 0 ? $"127.0.0.1:{SmtpSink.FreePort()}" : refusing.Address, second.Address];
        await using var connector = Transfers.Connector(hosts);

        var outcome = (await connector.DeliverOneAsync(Mail)).Outcome;
        await connector.DeliverOneAsync(Mail);

        outcome.ShouldBeOfType<AttemptOutcome.Delivered>().Remote.ShouldEndWith(string.Create(CultureInfo.InvariantCulture, $":{second.Port}"));
        await connector.DisposeAsync();
        await second.Finished;
    }

    [Fact]
    public async Task Says_that_the_destination_is_down_when_no_host_answers()
    {
        var (first, second) = (SmtpSink.FreePort(), SmtpSink.FreePort());
        await using var one = Transfers.Connector($"127.0.0.1:{first}");
        await using var two = Transfers.Connector([$"127.0.0.1:{first}", $"127.0.0.1:{second}"]);
        await using var nameless = Transfers.Connector("host.invalid");

        var alone = (await one.DeliverOneAsync(Mail)).Outcome.ShouldBeOfType<AttemptOutcome.Deferred>();
        var both = (await two.DeliverOneAsync(Mail)).Outcome.ShouldBeOfType<AttemptOutcome.Deferred>();
        var unknown = (await nameless.DeliverOneAsync(Mail)).Outcome.ShouldBeOfType<AttemptOutcome.Deferred>();

        alone.ShouldBe(new AttemptOutcome.Deferred(
            "4.4.1", "", $"Connection refused by 127.0.0.1:{first}.", $"127.0.0.1[127.0.0.1]:{first}", DestinationDown: true));
        both.Reason.ShouldBe($"No smart host took the connection: Connection refused by 127.0.0.1:{first}. Connection refused by 127.0.0.1:{second}.");
        unknown.DestinationDown.ShouldBeTrue();
        unknown.Reason.ShouldContain("host.invalid");
    }

    [Fact]
    public async Task Tries_a_dead_host_again_after_a_minute()
    {
        var clock = new TestClock();
        var port = SmtpSink.FreePort();
        await using var second = ReplayPeer.Start(Hello + Message + Message + Goodbye);
        await using var connector = Transfers.Connector(
            [$"127.0.0.1:{port}", second.Address], settings => settings with { IdleTimeout = TimeSpan.FromHours(1) }, clock);
        await connector.DeliverOneAsync(Mail);
        using var first = await SmtpSink.StartAtAsync(port);

        (await connector.DeliverOneAsync(Mail)).Outcome.Remote.ShouldEndWith($":{second.Port}");
        clock.Advance(TimeSpan.FromSeconds(61));
        (await connector.DeliverOneAsync(Mail)).Outcome.Remote.ShouldEndWith($":{port}");
        (await connector.DeliverOneAsync(Mail)).Outcome.Remote.ShouldEndWith($":{port}");
    }

    [Theory]
    [InlineData("", 5, "127.0.0.1 did not answer the connection within 5 minutes.", true)]
    [InlineData("S: 220 mx.example\nC: EHLO*\n", 6, "127.0.0.1 did not answer EHLO within 6 minutes.", true)]
    [InlineData("S: 220 mx.example\nC: EHLO*\nS: 250-mx\n", 6, "127.0.0.1 did not answer EHLO within 6 minutes.", true)]
    [InlineData(Hello + "C: MAIL*\n", 7, "127.0.0.1 did not answer MAIL within 7 minutes.", false)]
    [InlineData(Hello + "C: MAIL*\nS: 250 Ok\nC: RCPT*\n", 8, "127.0.0.1 did not answer RCPT within 8 minutes.", false)]
    [InlineData(Hello + "C: MAIL*\nS: 250 Ok\nC: RCPT*\nS: 250 Ok\nC: DATA\n", 9, "127.0.0.1 did not answer DATA within 9 minutes.", false)]
    [InlineData(
        Hello + "C: MAIL*\nS: 250 Ok\nC: RCPT*\nS: 250 Ok\nC: DATA\nS: 354 Go\nC: .content\n", 10, "127.0.0.1 did not answer the end of the message within 10 minutes.", false)]
    public async Task Waits_for_a_slow_peer_as_long_as_the_step_allows(string script, int minutes, string reason, bool isDown)
    {
        var clock = new TestClock();
        await using var peer = ReplayPeer.Start(script + "! hang\n");
        await using var connector = Transfers.Connector(peer.Address, Slow, clock);

        var delivery = connector.DeliverOneAsync(Mail);
        await peer.WhenWaiting();
        await clock.WhenWaitingFor(TimeSpan.FromMinutes(minutes));
        clock.Advance(TimeSpan.FromMinutes(minutes) - TimeSpan.FromTicks(1));
        delivery.IsCompleted.ShouldBeFalse();
        clock.Advance(TimeSpan.FromTicks(1));
        var result = await delivery.WaitAsync(TimeSpan.FromSeconds(10));

        var deferred = result.Outcome.ShouldBeOfType<AttemptOutcome.Deferred>();
        (deferred.Status, deferred.Reason, deferred.DestinationDown).ShouldBe(("4.4.2", reason, isDown));
        result.MayRepeat.ShouldBe(minutes == 10);
    }

    [Fact]
    public async Task Waits_for_a_peer_that_takes_no_content()
    {
        var clock = new TestClock();
        await using var peer = ReplayPeer.Start(Hello + "C: MAIL*\nS: 250 Ok\nC: RCPT*\nS: 250 Ok\nC: DATA\nS: 354 Go\n! wait\n");
        await using var connector = Transfers.Connector(peer.Address, Slow, clock);

        var delivery = connector.DeliverOneAsync(Transfers.To(new byte[20_000_000], "bob@peer.example"));
        await peer.WhenWaiting();

        // The buffers on the way take some blocks, each with a limit of its own, before one gets stuck.
        using var beat = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (var i = 0; i < 500 && !delivery.IsCompleted; i++)
        {
            await beat.WaitForNextTickAsync();
            clock.Advance(TimeSpan.FromMinutes(1));
        }

        var result = await delivery.WaitAsync(TimeSpan.FromSeconds(10));
        result.Outcome.Reason.ShouldBe("127.0.0.1 took no content for 4 minutes.");
        result.MayRepeat.ShouldBeFalse();
    }

    [Fact]
    public async Task Says_good_bye_to_a_conversation_that_nobody_uses()
    {
        var clock = new TestClock();
        await using var peer = ReplayPeer.Start(Hello + Message + Goodbye);
        await using var connector = Transfers.Connector(peer.Address, settings => settings with { IdleTimeout = TimeSpan.FromSeconds(15) }, clock);
        await connector.DeliverOneAsync(Mail);

        clock.Advance(TimeSpan.FromSeconds(15));

        await peer.Finished.WaitAsync(TimeSpan.FromSeconds(10));
    }

    private static SmtpConnectorSettings Slow(SmtpConnectorSettings settings) => settings with
    {
        IdleTimeout = TimeSpan.FromDays(1),
        Timeouts = new SmtpTimeouts
        {
            Greeting = TimeSpan.FromMinutes(5),
            Hello = TimeSpan.FromMinutes(6),
            Mail = TimeSpan.FromMinutes(7),
            Recipient = TimeSpan.FromMinutes(8),
            Data = TimeSpan.FromMinutes(9),
            Block = TimeSpan.FromMinutes(4),
            End = TimeSpan.FromMinutes(10),
        },
    };
}
