using Postern.Domain.Addresses;

namespace Postern.Domain.Tests.Addresses;

public sealed class SmtpAddressTests
{
    [Theory]
    [InlineData("jane@site1.example", "jane", "site1.example")]
    [InlineData("Jane.Doe@SITE1.Example", "Jane.Doe", "site1.example")]
    [InlineData("jane@site1.example.", "jane", "site1.example")]
    [InlineData("\"jane doe\"@x.example", "jane doe", "x.example")]
    [InlineData("\"a@b\"@x.example", "a@b", "x.example")]
    [InlineData("\"jane\"@x.example", "jane", "x.example")]
    [InlineData("a+b=c@x.example", "a+b=c", "x.example")]
    [InlineData("jane@host_1.example", "jane", "host_1.example")]
    [InlineData("jane@[192.0.2.1]", "jane", "[192.0.2.1]")]
    [InlineData("jane@[IPv6:2001:DB8:0::1]", "jane", "[ipv6:2001:db8::1]")]
    [InlineData("grün@bücher.example", "grün", "bücher.example")]
    public void Is_read_into_its_parts(string text, string localPart, string domain)
    {
        SmtpAddress.TryParse(text, out var address, out var fault).ShouldBeTrue(fault);

        (address.LocalPart, address.Domain).ShouldBe((localPart, domain));
    }

    [Theory]
    [InlineData("")]
    [InlineData("jane")]
    [InlineData("@x.example")]
    [InlineData("jane@")]
    [InlineData("jane@.")]
    [InlineData("jane@x..example")]
    [InlineData("jane@x.example..")]
    [InlineData("jane@-x.example")]
    [InlineData("jane@x-.example")]
    [InlineData("jane@x y.example")]
    [InlineData(".jane@x.example")]
    [InlineData("jane.@x.example")]
    [InlineData("ja..ne@x.example")]
    [InlineData("jane doe@x.example")]
    [InlineData("jane\u00a0doe@x.example")]
    [InlineData("ja\0ne@x.example")]
    [InlineData("\"jane@x.example")]
    [InlineData("\"\"@x.example")]
    [InlineData("\"jane\"doe@x.example")]
    [InlineData("\"jane\\\"@x.example")]
    [InlineData("jane@[192.0.2]")]
    [InlineData("jane@[192.0.2.010]")]
    [InlineData("jane@[1]")]
    [InlineData("jane@[0x7f.0.0.1]")]
    [InlineData("jane@[IPv6:192.0.2.1]")]
    [InlineData("jane@[IPv6:fe80::1%eth0]")]
    [InlineData("jane@[]")]
    [InlineData("jane@[192.0.2.1")]
    public void A_text_that_is_no_address_is_refused_with_a_sentence(string text)
    {
        SmtpAddress.TryParse(text, out _, out var fault).ShouldBeFalse();

        fault.ShouldEndWith(".");
    }

    [Theory]
    [InlineData("jane@site1.example", "JANE@Site1.EXAMPLE")]
    [InlineData("jane@site1.example", "\"jane\"@site1.example")]
    [InlineData("jane@bücher.example", "jane@xn--bcher-kva.example")]
    [InlineData("jane@BÜCHER.example", "jane@XN--BCHER-KVA.example")]
    [InlineData("jane@[IPv6:2001:db8::1]", "jane@[ipv6:2001:0db8:0:0:0:0:0:1]")]
    public void Two_spellings_of_one_mailbox_are_equal(string one, string other) => MailAddress.Parse(other).ShouldBe(MailAddress.Parse(one));

    [Theory]
    [InlineData("jane@site1.example", "jane@site2.example")]
    [InlineData("jane@example.net", "jane@a.example.net")]
    [InlineData("a.b@x.example", "ab@x.example")]
    [InlineData("a+b@x.example", "a@x.example")]
    public void Two_mailboxes_are_not(string one, string other) => MailAddress.Parse(other).ShouldNotBe(MailAddress.Parse(one));

    [Theory]
    [InlineData("ann@@example", "“ann@” cannot stand before the @ without quotes.")]
    [InlineData("ann lee@x.example", "“ann lee” cannot stand before the @ without quotes.")]
    [InlineData(".ann@x.example", "“.ann” cannot stand before the @ without quotes.")]
    [InlineData("\"ann\u0001\"@x.example", "The quoted part before the @ is not closed or holds a control character.")]
    [InlineData("@x.example", "The part before the @ must have 1 to 255 characters.")]
    public void The_fault_names_what_is_wrong(string text, string expected)
    {
        SmtpAddress.TryParse(text, out _, out var fault).ShouldBeFalse();

        fault.ShouldBe(expected);
    }

    [Fact]
    public void The_lengths_of_the_protocol_are_kept()
    {
        SmtpAddress.TryCreate(new string('a', 255), "x.example", out _, out _).ShouldBeTrue();
        SmtpAddress.TryCreate(new string('a', 256), "x.example", out _, out _).ShouldBeFalse();
        SmtpAddress.TryCreate("a", new string('a', 63) + ".example", out _, out _).ShouldBeTrue();
        SmtpAddress.TryCreate("a", new string('a', 64) + ".example", out _, out _).ShouldBeFalse();
        SmtpAddress.TryCreate("a", string.Join('.', Enumerable.Repeat("abcdefg", 33)), out _, out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("jane@x.example", false)]
    [InlineData("grün@x.example", true)]
    [InlineData("jane@bücher.example", true)]
    public void Letters_beyond_ascii_need_an_extension(string text, bool expected) =>
        MailAddress.Parse(text).ShouldBeOfType<SmtpAddress>().NeedsUtf8.ShouldBe(expected);
}
