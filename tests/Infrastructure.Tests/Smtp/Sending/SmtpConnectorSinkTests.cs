using System.Text;
using Postern.Domain.Queue;

namespace Postern.Infrastructure.Tests.Smtp.Sending;

/// <summary>Against Postfix's test receiver, which fails on request.</summary>
public sealed class SmtpConnectorSinkTests
{
    [Theory]
    [InlineData("-v")]
    [InlineData("-p")]
    [InlineData("-e")]
    [InlineData("-8")]
    [InlineData("-E")]
    [InlineData("-N")]
    [InlineData("-P")]
    public async Task Delivers_whatever_is_announced(string option)
    {
        using var sink = await SmtpSink.StartAsync(keeps: true, option);
        await using var connector = Transfers.Connector(sink.Address);

        for (var i = 0; i < 3; i++)
        {
            (await connector.DeliverOneAsync(Transfers.To("Subject: x\r\n\r\n.dot\r\n", "a@peer.example"))).Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
        }

        sink.ReadKept().Length.ShouldBe(3);
        sink.ReadKept().ShouldAllBe(kept => kept.ReplaceLineEndings("\n").Contains("\n\n.dot\n", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("-f", "CONNECT", "Deferred", true)]
    [InlineData("-f", "HELO,EHLO", "Deferred", true)]
    [InlineData("-f", "MAIL", "Bounced", false)]
    [InlineData("-f", "RCPT", "Bounced", false)]
    [InlineData("-f", "DATA", "Bounced", false)]
    [InlineData("-f", ".", "Bounced", false)]
    [InlineData("-r", "CONNECT", "Deferred", true)]
    [InlineData("-r", "EHLO", "Deferred", true)]
    [InlineData("-r", "MAIL", "Deferred", false)]
    [InlineData("-r", "RCPT", "Deferred", false)]
    [InlineData("-r", "DATA", "Deferred", false)]
    [InlineData("-r", ".", "Deferred", false)]
    [InlineData("-q", "CONNECT", "Deferred", true)]
    [InlineData("-q", "EHLO", "Deferred", true)]
    [InlineData("-q", "MAIL", "Deferred", false)]
    [InlineData("-q", "RCPT", "Deferred", false)]
    [InlineData("-q", "DATA", "Deferred", false)]
    [InlineData("-q", ".", "Deferred", false)]
    [InlineData("-Q", "CONNECT", "Deferred", true)]
    [InlineData("-Q", "EHLO", "Deferred", true)]
    [InlineData("-Q", "MAIL", "Deferred", false)]
    [InlineData("-Q", "RCPT", "Deferred", false)]
    [InlineData("-Q", "DATA", "Deferred", false)]
    [InlineData("-Q", ".", "Deferred", false)]
    public async Task Takes_each_failure_for_what_it_is(string option, string commands, string outcome, bool isDown)
    {
        using var sink = await SmtpSink.StartAsync(keeps: false, option, commands);
        await using var connector = Transfers.Connector(sink.Address);

        // Twice: the second one may find the conversation of the first.
        for (var i = 0; i < 2; i++)
        {
            var result = await connector.DeliverOneAsync(Transfers.To("x\r\n", "a@peer.example"));

            result.Outcome.GetType().Name.ShouldBe(outcome, result.Outcome.ToString());
            result.Outcome.Status[0].ShouldBe(outcome == "Bounced" ? '5' : '4');
            (result.Outcome is AttemptOutcome.Deferred { DestinationDown: true }).ShouldBe(isDown, result.Outcome.ToString());
            result.MayRepeat.ShouldBe((option, commands) == ("-q", "."));
        }
    }

    [Fact]
    public async Task Hears_a_refusal_that_comes_before_the_content_has_been_taken()
    {
        using var sink = await SmtpSink.StartAsync(keeps: false, "-A", "0");
        await using var connector = Transfers.Connector(sink.Address);

        var result = await connector.DeliverOneAsync(Transfers.To(new byte[50_000_000], "a@peer.example"));

        result.Outcome.Status.ShouldStartWith("5.");
        result.MayRepeat.ShouldBeFalse();
    }

    [Fact]
    public async Task Delivers_large_and_odd_contents_byte_for_byte()
    {
        using var sink = await SmtpSink.StartAsync(keeps: true);
        await using var connector = Transfers.Connector(sink.Address);
        var random = new Random(10);
        var content = new StringBuilder("Subject: large\r\n\r\n");
        while (content.Length < 3_000_000)
        {
            content.Append('.', random.Next(3)).Append('x', random.Next(200)).Append("\r\n");
        }

        (await connector.DeliverOneAsync(Transfers.To(content.ToString(), "a@peer.example"))).Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();

        var kept = sink.ReadKept().ShouldHaveSingleItem().ReplaceLineEndings("\n");
        kept[kept.IndexOf("Subject:", StringComparison.Ordinal)..].TrimEnd('\n').ShouldBe(content.ToString().ReplaceLineEndings("\n").TrimEnd('\n'));
    }
}
