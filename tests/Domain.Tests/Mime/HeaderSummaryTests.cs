using System.Buffers;
using System.Text;
using Postern.Domain.Mime;

namespace Postern.Domain.Tests.Mime;

public sealed class HeaderSummaryTests
{
    [Fact]
    public void Takes_what_intake_needs_from_the_header()
    {
        var content = Letters.Sequence(Letters.Plain);

        var summary = HeaderSummary.Read(content);

        summary.MessageId.ShouldBe("<1@site1.example>");
        summary.Subject.ShouldBe("Grüße aus Köln!");
        summary.FromName.ShouldBe("Doe, Jane");
        summary.FromAddress.ShouldBe("jane@site1.example");
        summary.SentAt.ShouldBe(new DateTimeOffset(1997, 11, 21, 9, 55, 6, TimeSpan.FromHours(-6)));
        summary.ReceivedCount.ShouldBe(2);
        summary.HasEightBitHeader.ShouldBeFalse();
        summary.IsSealed.ShouldBeFalse();
        summary.Recipients(content, KnownField.To).Mailboxes.Count.ShouldBe(2);
        summary.Recipients(content, KnownField.Bcc).Mailboxes.ShouldBeEmpty();
        content.Slice(summary.Header.End).ToArray().Text().ShouldStartWith("Hello");
    }

    [Theory]
    [MemberData(nameof(Letters.All), MemberType = typeof(Letters))]
    public void Agrees_with_the_full_reader_whatever_the_segments(string text)
    {
        var bytes = Letters.Bytes(text);
        var root = MimeMessage.Read(bytes).Root;

        for (var length = 1; length < 80; length += 6)
        {
            var summary = HeaderSummary.Read(Letters.InPieces(bytes, length));

            summary.Header.ShouldBe(root.HeaderRange);
            summary.Subject.ShouldBe(root.Header("Subject") ?? "");
            summary.MessageId.ShouldBe(root.Header("Message-ID"));
        }
    }

    [Theory]
    [InlineData("Content-Type: multipart/signed; protocol=\"application/pgp-signature\"; boundary=b", true)]
    [InlineData("Content-Type: multipart/encrypted; boundary=b", true)]
    [InlineData("Content-Type: application/pkcs7-mime; smime-type=signed-data", true)]
    [InlineData("Content-Type: multipart/mixed; boundary=b", false)]
    [InlineData("DKIM-Signature: v=1", false)]
    public void Knows_what_is_sealed(string field, bool isSealed) =>
        HeaderSummary.Read(Letters.Bytes(field + "\n\n")).IsSealed.ShouldBe(isSealed);

    [Theory]
    [InlineData("Auto-Submitted: auto-replied", true)]
    [InlineData("auto-submitted: AUTO-generated (x)", true)]
    [InlineData("Auto-Submitted: No", false)]
    [InlineData("X: y", false)]
    public void Knows_what_must_not_be_answered(string field, bool isAutomatic) =>
        HeaderSummary.Read(Letters.Bytes(field + "\n\n")).IsAutoSubmitted.ShouldBe(isAutomatic);

    [Fact]
    public void Every_text_can_be_stored()
    {
        var bytes = Letters.Bytes(
            $"Subject: =?utf-8?Q?a=00b=ED=A0=80?= {new string('x', 498)}😀😀\nMessage-ID: <\0{new string('i', 2000)}>\nFrom: {new string('n', 999)}\0 <a\0@b>\n\nö");

        var summary = HeaderSummary.Read(bytes);

        foreach (var text in new[] { summary.Subject, summary.MessageId!, summary.FromName, summary.FromAddress })
        {
            text.Length.ShouldBeLessThanOrEqualTo(500);
            text.ShouldNotContain('\0');
            new UTF8Encoding(false, true).GetByteCount(text).ShouldBeGreaterThanOrEqualTo(text.Length);
        }

        summary.HasEightBitHeader.ShouldBeTrue();
    }

    [Fact]
    public void Reading_a_header_takes_little_memory()
    {
        var bytes = Letters.Bytes(Letters.Plain + new string('x', 100_000));
        HeaderSummary.Read(bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 1_000; i++)
        {
            HeaderSummary.Read(bytes);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1_000 * 8_000);
    }

    [Fact]
    public void Eight_bit_bytes_are_seen_wherever_they_stand()
    {
        EightBit.IsIn(Letters.InPieces([1, 2, 127], 2)).ShouldBeFalse();
        EightBit.IsIn(Letters.InPieces([1, 2, 128], 2)).ShouldBeTrue();
    }
}
