using System.Text;
using Postern.Domain.Mime;

namespace Postern.Domain.Tests.Mime;

public sealed class DowngradeTests
{
    private const string EightBit = """
        X-Odd:   kept  as
        	it is
        Content-Type: multipart/mixed; boundary=b
        Content-Transfer-Encoding: 8bit

        preamble ä
        --b
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding:
         8BIT
        X-After: 1

        Grüße
        = .
        --b
        Content-Type: application/pdf
        content-transfer-encoding: binary

        ä
        --b
        Content-Type: text/plain

        seven bits only
        --b
        Content-Type: message/rfc822

        Subject: inner

        ümlaut
        --b--

        """;

    [Fact]
    public void Bodies_become_7bit_and_mean_the_same()
    {
        var before = Letters.Read(EightBit);
        var outcome = DowngradeOutcome.Unneeded;

        var bytes = Letters.Written(o => outcome = Downgrade.Write(before, o));

        outcome.ShouldBe(DowngradeOutcome.Rewritten);
        bytes.ShouldAllBe(b => b < 128);
        var after = MimeMessage.Read(bytes);
        after.Faults.ShouldBe(MimeFaults.None);
        after.Root.Walk().Select(p => (p.ContentType.MediaType, p.Encoding)).ShouldBe([
            ("multipart/mixed", TransferEncoding.SevenBit), ("text/plain", TransferEncoding.QuotedPrintable),
            ("application/pdf", TransferEncoding.Base64), ("text/plain", TransferEncoding.SevenBit),
            ("message/rfc822", TransferEncoding.SevenBit), ("text/plain", TransferEncoding.QuotedPrintable),
        ]);
        Leaves(after).ShouldBe(Leaves(before));
        bytes.Text().ShouldStartWith("X-Odd:   kept  as\r\n\tit is\r\nContent-Type: multipart/mixed; boundary=b\r\n");
        bytes.Text().ShouldContain("X-After: 1\r\n\r\n");
    }

    [Theory]
    [InlineData("Subject: a\n\nplain\n")]
    [InlineData("Subject: ä\n\nplain\n")]
    public void A_7bit_message_is_left_alone(string text)
    {
        var outcome = DowngradeOutcome.Rewritten;

        Letters.Written(o => outcome = Downgrade.Write(Letters.Read(text), o)).ShouldBeEmpty();

        outcome.ShouldBe(DowngradeOutcome.Unneeded);
    }

    [Theory]
    [InlineData("Content-Type: multipart/signed; boundary=b\n\n--b\n\nä\n--b\nContent-Type: application/pgp-signature\n\nx\n--b--\n", DowngradeOutcome.Sealed)]
    [InlineData("Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/signed; boundary=b\n\n--b\n\nä\n--b--\n--o--\n", DowngradeOutcome.Sealed)]
    [InlineData("Content-Type: multipart/signed; boundary=b\n\n--b\n\na\n--b--\n", DowngradeOutcome.Unneeded)]
    [InlineData("Content-Type: multipart/mixed\n\nä\n", DowngradeOutcome.Impossible)]
    [InlineData("Content-Type: message/partial\n\nä\n", DowngradeOutcome.Impossible)]
    public void What_must_not_change_is_refused(string text, DowngradeOutcome expected)
    {
        var outcome = DowngradeOutcome.Rewritten;

        Letters.Written(o => outcome = Downgrade.Write(Letters.Read(text), o)).ShouldBeEmpty();

        outcome.ShouldBe(expected);
    }

    [Fact]
    public void A_message_from_before_mime_becomes_one()
    {
        var bytes = Letters.Written(o => Downgrade.Write(MimeMessage.Read(Encoding.Latin1.GetBytes("Subject: a\r\n\r\nä\r\n")), o));

        bytes.Text().ShouldBe(
            "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=\"unknown-8bit\"\r\nContent-Transfer-Encoding: quoted-printable\r\nSubject: a\r\n\r\n=E4\r\n");
    }

    [Theory]
    [InlineData("ä body at once\n")]
    [InlineData("Subject: x\nä body after a header without its blank line\n")]
    [InlineData("\nä empty header\n")]
    [InlineData("From jane Fri Nov 21 09:55:06 1997\nä no field at all\n")]
    [InlineData("From jane Fri Nov 21 09:55:06 1997\n\nä empty header of an mbox file\n")]
    public void A_body_never_becomes_part_of_the_header(string text)
    {
        var after = MimeMessage.Read(Letters.Written(o => Downgrade.Write(Letters.Read(text), o)));

        after.Root.ReadText(100).Text.ShouldBe(Letters.Read(text).Root.ReadText(100).Text);
    }

    private static List<string> Leaves(MimeMessage message) =>
        [.. message.Root.Walk().Where(p => p.Children.Count == 0).Select(p => p.Decoded().Text())];
}
