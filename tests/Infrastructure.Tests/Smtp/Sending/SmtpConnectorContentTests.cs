using System.Text;
using Postern.Domain.Addresses;
using Postern.Domain.Queue;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Smtp.Sending;

/// <summary>Content that is damaged, unreadable, or more than the peer can take.</summary>
public sealed class SmtpConnectorContentTests
{
    private const string SevenBit = "S: 220 mx.example\nC: EHLO*\nS: 250 mx.example\n";
    private const string EightBit = "S: 220 mx.example\nC: EHLO*\nS: 250-mx.example\nS: 250 8BITMIME\n";
    private const string Utf8 = "S: 220 mx.example\nC: EHLO*\nS: 250-mx.example\nS: 250-8BITMIME\nS: 250 SMTPUTF8\n";
    private const string Rest = "S: 250 Ok\nC: DATA\nS: 354 Go on\nC: .content\nS: 250 Ok\n";
    private const string Goodbye = "C: QUIT\nS: 221 Bye\n";

    private const string EightBitText = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGr\u00fc\u00dfe\r\n";

    [Theory]
    [InlineData(0, "Deferred", "4.3.0")]
    [InlineData(2, "Deferred", "4.3.0")]
    [InlineData(3, "Bounced", "5.3.0")]
    [Trait("source", "Q227142")]
    public async Task Names_the_damaged_part_and_returns_the_message_only_after_some_attempts(int attempts, string outcome, string status)
    {
        using var sink = await SmtpSink.StartAsync(keeps: true);
        await using var connector = Transfers.Connector(
            [sink.Address], open: (_, _) => throw new ContentDamagedException(7, "part 2 of the stored content of message 7 is missing"));
        var transfer = Transfers.To("") with { Content = null, Deliveries = [Transfers.Delivery(1, "bob@peer.example", attempts: attempts)] };

        var result = (await connector.DeliverOneAsync(transfer)).Outcome;

        (result.GetType().Name, result.Status, result.Reason).ShouldBe(
            (outcome, status, "Part 2 of the stored content of message 7 is missing." + (outcome == "Bounced" ? " Send it again." : "")));
        sink.ReadKept().ShouldBeEmpty();
    }

    [Fact]
    [Trait("source", "Q227142")]
    public async Task Says_what_the_system_said_when_the_content_cannot_be_read()
    {
        using var sink = await SmtpSink.StartAsync(keeps: false);
        await using var connector = Transfers.Connector([sink.Address], open: (_, _) => throw new IOException("No space left on device"));

        var outcome = (await connector.DeliverOneAsync(Transfers.To("", "bob@peer.example") with { Content = null })).Outcome;

        outcome.ShouldBeOfType<AttemptOutcome.Deferred>().Reason.ShouldBe("The content of the message could not be read or prepared: No space left on device.");
        ((AttemptOutcome.Deferred)outcome).DestinationDown.ShouldBeFalse();
    }

    [Fact]
    public async Task Sends_spooled_content_and_removes_the_file()
    {
        using var sink = await SmtpSink.StartAsync(keeps: true);
        var path = Path.GetTempFileName();
        var bytes = Encoding.ASCII.GetBytes("Subject: spooled\r\n\r\n" + string.Concat(Enumerable.Repeat(".line\r\n", 100_000)));
        File.WriteAllBytes(path, bytes);
        await using var connector = Transfers.Connector([sink.Address], open: (_, _) => Task.FromResult(MessageContent.FromFile(path, bytes.Length, deletesFile: true)));

        (await connector.DeliverOneAsync(Transfers.To(bytes, "bob@peer.example") with { Content = null })).Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();

        File.Exists(path).ShouldBeFalse();
        sink.ReadKept().ShouldHaveSingleItem().Split(".line").Length.ShouldBe(100_001);
    }

    [Fact]
    public async Task Announces_eight_bit_content()
    {
        await using var peer = ReplayPeer.Start(EightBit + "C: MAIL FROM:<jane@site1.example> BODY=8BITMIME\nS: 250 Ok\nC: RCPT*\n" + Rest + Goodbye);

        (await DeliverAsync(peer, Transfers.To(EightBitText, "bob@peer.example") with { Is8Bit = true })).ShouldBeOfType<AttemptOutcome.Delivered>();

        await peer.Finished;
        peer.Contents.ShouldBe([EightBitText]);
    }

    [Fact]
    public async Task Encodes_eight_bit_content_anew_for_a_peer_that_takes_none()
    {
        await using var peer = ReplayPeer.Start(SevenBit + "C: MAIL FROM:<jane@site1.example>\nS: 250 Ok\nC: RCPT*\n" + Rest + Goodbye);
        await using var connector = Transfers.Connector(peer.Address);

        var result = await connector.DeliverOneAsync(Transfers.To(EightBitText, "bob@peer.example") with { Is8Bit = true });

        result.Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
        result.Notes.ShouldNotBeNull().ShouldContain("encoded anew");
        var content = peer.Contents.ShouldHaveSingleItem();
        content.ShouldContain("Content-Transfer-Encoding: quoted-printable\r\n");
        content.ShouldContain("Gr=C3=BC=C3=9Fe");
    }

    [Fact]
    public async Task Returns_signed_eight_bit_content_that_the_peer_cannot_take()
    {
        const string Signed = "MIME-Version: 1.0\r\nContent-Type: multipart/signed; boundary=b; protocol=\"application/pgp-signature\"\r\n\r\n--b\r\n"
            + "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGr\u00fc\u00dfe\r\n--b\r\n"
            + "Content-Type: application/pgp-signature\r\n\r\nx\r\n--b--\r\n";
        await using var peer = ReplayPeer.Start(SevenBit + Goodbye);

        var outcome = await DeliverAsync(peer, Transfers.To(Signed, "bob@peer.example") with { Is8Bit = true });

        outcome.ShouldBeOfType<AttemptOutcome.Bounced>().Status.ShouldBe("5.6.3");
        outcome.Reason.ShouldContain("signed");
        await peer.Finished;
    }

    [Fact]
    public async Task Speaks_utf_8_where_it_is_offered()
    {
        await using var peer = ReplayPeer.Start(
            Utf8 + "C: MAIL FROM:<j\u00fcrgen@b\u00fccher.example> SMTPUTF8\nS: 250 Ok\nC: RCPT TO:<bj\u00f6rn@peer.example>\n" + Rest + Goodbye);

        var outcome = await DeliverAsync(peer, Transfers.To("x\r\n", "bj\u00f6rn@peer.example") with { Sender = MailAddress.Parse("j\u00fcrgen@b\u00fccher.example") });

        outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
        await peer.Finished;
    }

    [Fact]
    public async Task Writes_a_domain_in_ascii_and_returns_a_local_part_that_cannot_be()
    {
        await using var peer = ReplayPeer.Start(
            EightBit + "C: MAIL FROM:<jane@xn--bcher-kva.example>\nS: 250 Ok\nC: RCPT TO:<bob@xn--bcher-kva.example>\n" + Rest + Goodbye);
        await using var connector = Transfers.Connector(peer.Address);
        var transfer = Transfers.To("x\r\n", "bob@b\u00fccher.example", "bj\u00f6rn@peer.example") with { Sender = MailAddress.Parse("jane@b\u00fccher.example") };

        var outcomes = await connector.DeliverAllAsync(transfer);

        outcomes[0].ShouldBeOfType<AttemptOutcome.Delivered>();
        outcomes[1].ShouldBeOfType<AttemptOutcome.Bounced>().Status.ShouldBe("5.6.7");
        await connector.DisposeAsync();
        await peer.Finished;
    }

    [Theory]
    [InlineData("Subject: plain\r\n\r\nx\r\n", "Subject: plain\r\n")]
    [InlineData("Subject: Gr\u00fc\u00dfe\r\n\r\nx\r\n", "Subject: =?utf-8?B?R3LDvMOfZQ==?=\r\n")]
    public async Task Encodes_a_header_in_utf_8_anew_for_a_peer_that_takes_none(string content, string expected)
    {
        await using var peer = ReplayPeer.Start(EightBit + "C: MAIL*\nS: 250 Ok\nC: RCPT*\n" + Rest + Goodbye);

        var outcome = await DeliverAsync(peer, Transfers.To(content, "bob@peer.example") with { IsUtf8 = true });

        outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
        await peer.Finished;
        peer.Contents.ShouldHaveSingleItem().ShouldStartWith(expected);
    }

    [Theory]
    [InlineData("Message-ID: <\u00fc@x.example>\r\n\r\nx\r\n", "none can be encoded")]
    [InlineData("Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\nContent-Description: \u00fc\r\n\r\nx\r\n--b--\r\n", "signed")]
    public async Task Returns_a_header_in_utf_8_that_cannot_be_encoded(string content, string reason)
    {
        await using var peer = ReplayPeer.Start(EightBit + Goodbye);

        var outcome = await DeliverAsync(peer, Transfers.To(content, "bob@peer.example") with { IsUtf8 = true });

        outcome.ShouldBeOfType<AttemptOutcome.Bounced>().Status.ShouldBe("5.6.7");
        outcome.Reason.ShouldContain(reason);
        await peer.Finished;
    }

    [Fact]
    public async Task Sends_not_one_8_bit_byte_to_a_peer_that_takes_none()
    {
        await using var peer = ReplayPeer.Start(SevenBit + "C: MAIL FROM:<jane@site1.example>\nS: 250 Ok\nC: RCPT*\n" + Rest + Goodbye);

        var outcome = await DeliverAsync(peer, Transfers.To("Subject: Gr\u00fc\u00dfe\r\n\r\nGr\u00fc\u00dfe\r\n", "bob@peer.example") with { Is8Bit = true });

        outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
        await peer.Finished;
        peer.Contents.ShouldHaveSingleItem().ShouldAllBe(c => c < 128);
    }

    [Fact]
    public async Task What_is_encoded_anew_is_spooled_where_all_content_is()
    {
        var spool = Directory.CreateTempSubdirectory("postern-spool-");
        var before = Directory.GetLastWriteTimeUtc(spool.FullName);
        await using var peer = ReplayPeer.Start(SevenBit + "C: MAIL*\nS: 250 Ok\nC: RCPT*\n" + Rest + Goodbye);
        await using (var connector = Transfers.Connector([peer.Address], newWriter: () => new ContentWriter(spool.FullName)))
        {
            var content = EightBitText + string.Concat(Enumerable.Repeat("Gr\u00fc\u00dfe\r\n", 60_000));

            (await connector.DeliverOneAsync(Transfers.To(content, "bob@peer.example") with { Is8Bit = true })).Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
        }

        await peer.Finished;
        Directory.GetLastWriteTimeUtc(spool.FullName).ShouldBeGreaterThan(before);
        spool.EnumerateFiles().ShouldBeEmpty();
        spool.Delete();
    }

    private static async Task<AttemptOutcome> DeliverAsync(ReplayPeer peer, Transfer transfer)
    {
        await using var connector = Transfers.Connector(peer.Address);
        return (await connector.DeliverOneAsync(transfer)).Outcome;
    }
}
