using System.Buffers;
using Postern.Domain.Mime;

namespace Postern.Domain.Tests.Mime;

public sealed class TraceHeaderTests
{
    private static readonly TraceHeader Trace = new()
    {
        Helo = "mail.x.example",
        RemoteAddress = "192.0.2.1",
        ByHost = "postern.site1.example",
        Protocol = "ESMTPS",
        Id = "1A2B",
        ForRecipient = "jane@site1.example",
        At = new DateTimeOffset(2026, 11, 21, 9, 55, 6, TimeSpan.Zero),
    };

    [Fact]
    public void Names_both_sides_the_way_and_the_time() => Trace.ToBytes().Text().ShouldBe(
        "Received: from mail.x.example ([192.0.2.1]) by postern.site1.example with\r\n"
        + " ESMTPS id 1A2B for <jane@site1.example>; Sat, 21 Nov 2026 09:55:06 +0000\r\n");

    [Theory]
    [InlineData("x)\r\nBcc: y", "x???Bcc:?y")]
    [InlineData("a b; (c) \"d\" <e>\0", "a?b???c???d???e??")]
    [InlineData("", "unknown")]
    public void What_a_peer_says_of_itself_cannot_leave_its_place(string helo, string expected)
    {
        var field = MimeMessage.Read((Trace with { Helo = helo }).ToBytes()).Root;

        field.Fields.Count.ShouldBe(1);
        field.Header("Received").ShouldNotBeNull().ShouldStartWith($"from {expected} ([192.0.2.1]) by ");
    }

    [Fact]
    public void Long_names_are_cut_and_ip6_is_marked()
    {
        var text = (Trace with { Helo = new string('h', 5_000), RemoteAddress = "2001:db8::1", ForRecipient = null, Tls = "TLSv1.3 AES\r\n" })
            .ToBytes().Text();

        text.ShouldContain("([IPv6:2001:db8::1]) (TLSv1.3 AES??)");
        text.Length.ShouldBeLessThan(500);
        text.ShouldNotContain(" for ");
    }

    [Fact]
    public void Stands_in_front_of_content_that_is_not_copied()
    {
        var content = Letters.InPieces(Letters.Bytes(Letters.Plain), 50);

        var traced = ContentSequence.Prepend(Trace.ToBytes(), content);

        traced.Length.ShouldBe(content.Length + Trace.ToBytes().Length);
        HeaderSummary.Read(traced).ReceivedCount.ShouldBe(3);
        traced.Slice(Trace.ToBytes().Length).ToArray().ShouldBe(content.ToArray());
    }
}
