using System.Text;
using Postern.Domain.Mime;

namespace Postern.Domain.Tests.Mime;

public sealed class HeaderDowngradeTests
{
    [Fact]
    public void Words_names_and_parameters_are_encoded_and_the_rest_stays()
    {
        const string text = """
            X-Odd:   kept  as
            	it is
            From: "Jürgen, Doe" <j@bücher.example>, plain@x.example
            Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?= und mehr Grüße
            Comments: schön
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary=b

            preamble
            --b
            Content-Disposition: attachment; filename="Pläne.doc"

            body ä stays
            --b--

            """;

        var bytes = Written(text, DowngradeOutcome.Rewritten);

        var (before, after) = (Letters.Read(text), MimeMessage.Read(bytes));
        after.Root.Walk().ShouldAllBe(part => !EightBit.IsIn(part.HeaderRange.In(after.Content)));
        after.Root.Header("Subject").ShouldBe("Grüße und mehr Grüße");
        after.Root.Header("Comments").ShouldBe("schön");
        after.Root.Addresses("From").Mailboxes.ShouldBe([new("Jürgen, Doe", "j@xn--bcher-kva.example"), new("", "plain@x.example")]);
        after.Root.Children[0].FileName.ShouldBe("Pläne.doc");
        after.Root.Children[0].Decoded().ShouldBe(before.Root.Children[0].Decoded());
        bytes.Text().ShouldStartWith("X-Odd:   kept  as\r\n\tit is\r\nFrom: ");
    }

    [Fact]
    public void Bytes_of_an_old_set_are_encoded_as_what_they_are_read_as()
    {
        var bytes = Letters.Written(o => HeaderDowngrade.Write(MimeMessage.Read(Encoding.Latin1.GetBytes("Subject: Grüße\r\n\r\nx\r\n")), o));

        bytes.Text().ShouldBe("Subject: =?utf-8?B?R3LDvMOfZQ==?=\r\n\r\nx\r\n");
    }

    [Fact]
    public void The_header_around_a_signature_is_not_part_of_it() =>
        Written("Subject: ä\nContent-Type: multipart/signed; boundary=b\n\n--b\n\na\n--b--\n", DowngradeOutcome.Rewritten).Text()
            .ShouldEndWith("Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\na\r\n--b--\r\n");

    [Theory]
    [InlineData("Subject: a\n\nä\n", DowngradeOutcome.Unneeded)]
    [InlineData("Content-Type: multipart/signed; boundary=b\n\n--b\nContent-Description: ä\n\na\n--b--\n", DowngradeOutcome.Sealed)]
    [InlineData("Message-ID: <ä@x.example>\n\na\n", DowngradeOutcome.Impossible)]
    [InlineData("References: <ä@x.example>\n\na\n", DowngradeOutcome.Impossible)]
    [InlineData("From: <jürgen@x.example>\n\na\n", DowngradeOutcome.Impossible)]
    [InlineData("Received: from ä by b.example; Fri, 21 Nov 1997 09:55:06 -0600\n\na\n", DowngradeOutcome.Impossible)]
    [InlineData("Content-Type: multipart/mixed; boundary=\"ä\"\n\n--ä\n\na\n--ä--\n", DowngradeOutcome.Impossible)]
    [InlineData("From jürgen Fri Nov 21 09:55:06 1997\nSubject: a\n\na\n", DowngradeOutcome.Impossible)]
    public void What_cannot_or_need_not_change_is_left_alone(string text, DowngradeOutcome expected) => Written(text, expected).ShouldBeEmpty();

    private static byte[] Written(string text, DowngradeOutcome expected)
    {
        DowngradeOutcome? outcome = null;
        var bytes = Letters.Written(o => outcome = HeaderDowngrade.Write(Letters.Read(text), o));
        outcome.ShouldBe(expected);
        return bytes;
    }
}
