using Postern.Domain.Addresses;
using Postern.Domain.Routing;

namespace Postern.Domain.Tests.Routing;

public sealed class AddressPatternTests
{
    [Theory]
    [InlineData("*", "jane@example.net", true)]
    [InlineData("", "jane@example.net", true)]
    [InlineData("example.net", "jane@EXAMPLE.net", true)]
    [InlineData("Example.Net", "jane@example.net", true)]
    [InlineData("example.net", "jane@a.example.net", false)]
    [InlineData("*.example.net", "jane@a.example.net", true)]
    [InlineData("*.example.net", "jane@b.a.example.net", true)]
    [InlineData("*.example.net", "jane@example.net", false)]
    [InlineData("*.example.net", "jane@badexample.net", false)]
    [InlineData("example.net", "jane@badexample.net", false)]
    [InlineData("example.net", "jane@example.net.evil.example", false)]
    [InlineData("Jane@example.net", "jane@example.net", true)]
    [InlineData("jane@example.net", "jane.doe@example.net", false)]
    [InlineData("bücher.example", "jane@xn--bcher-kva.example", true)]
    [InlineData("xn--bcher-kva.example", "jane@bücher.example", true)]
    [InlineData("*.bücher.example", "jane@a.xn--bcher-kva.example", true)]
    public void An_internet_pattern_compares_whole_parts(string pattern, string address, bool covers) => Covers("SMTP", pattern, address).ShouldBe(covers);

    [Theory]
    [Trait("source", "Q201058")]
    [InlineData("* at SALES", "CCMAIL:Doe, Jane at Sales", true)]
    [InlineData("% at SALES", "CCMAIL:Doe, Jane at Sales", true)]
    [InlineData("*at SALES", "CCMAIL:Doe, Jane at SALES", true)]
    [InlineData("Doe, J??? at SALES", "CCMAIL:Doe, Jane at SALES", true)]
    [InlineData("Doe, J? at SALES", "CCMAIL:Doe, Jane at SALES", false)]
    [InlineData("* at S*", "CCMAIL:Doe, Jane at SALES", true)]
    [InlineData("* at SALES", "CCMAIL:Doe, Jane at SALES2", false)]
    [InlineData("* at SALES", "CCMAIL:Doe, Jane at WSALES", false)]
    [InlineData("* at SALES*", "CCMAIL:Doe, Jane at SALES2", true)]
    [InlineData("*", "CCMAIL:Doe, Jane at SALES", true)]
    [InlineData("* at GROSS", "CCMAIL:Doe, Jane at Groß", true)]
    [InlineData("* at ＳＡＬＥＳ", "CCMAIL:Doe, Jane at sales", true)]
    public void A_ccmail_pattern_compares_the_whole_text(string pattern, string address, bool covers) => Covers("CCMAIL", pattern, address).ShouldBe(covers);

    [Theory]
    [InlineData("NET/PO/*", "MS:net/po/mbx", true)]
    [InlineData("NET/*", "MS:NET/PO/MBX", true)]
    [InlineData("NET/PO/*", "MS:NET/PO2/MBX", false)]
    [InlineData("NET/%/MBX", "MS:NET/PO/MBX", true)]
    public void A_microsoft_mail_pattern_compares_the_whole_text(string pattern, string address, bool covers) => Covers("MS", pattern, address).ShouldBe(covers);

    [Fact]
    public void A_pattern_of_another_type_covers_nothing() => Covers("CCMAIL", "*", "jane@example.net").ShouldBeFalse();

    [Theory]
    [InlineData("SMTP", "jane@a.example.net", "*", "*.net", "*.example.net", "a.example.net", "jane@a.example.net")]
    [InlineData("CCMAIL", "CCMAIL:Doe, Jane at SALES", "*", "* at *", "* at S*", "* at SALES", "Doe* at SALES", "Doe, Jane at SALES")]
    public void The_closer_pattern_is_the_stronger_one(string type, string address, params string[] fromWeakToStrong)
    {
        var closeness = fromWeakToStrong.Select(pattern => AddressPattern.Match(new AddressSpace(type, pattern, 1, "x"), MailAddress.Parse(address))).ToList();

        closeness.ShouldBeInOrder(SortDirection.Ascending);
        closeness.Distinct().Count().ShouldBe(fromWeakToStrong.Length);
        closeness[0].ShouldBeGreaterThan(0);
    }

    [Theory]
    [Trait("source", "Q169117")]
    [InlineData("SMTP", "smtp", null)]
    [InlineData("MS", "msmail", null)]
    [InlineData("ccmail", "ccmail", null)]
    [InlineData("SMTP", "msmail", "x is a connector of the kind msmail and carries MS only; its address space SMTP * would catch mail that it cannot deliver.")]
    [InlineData("CCMAIL", "smtp", "x is a connector of the kind smtp and carries SMTP only; its address space CCMAIL * would catch mail that it cannot deliver.")]
    public void A_space_of_a_type_that_its_connector_does_not_carry_is_a_fault(string type, string kind, string? fault) =>
        AddressPattern.KindFault(new AddressSpace(type, "*", 1, "x"), kind).ShouldBe(fault);

    [Fact]
    public void A_pattern_made_to_be_slow_is_not()
    {
        var address = MailAddress.Parse($"CCMAIL:{new string('a', 400)} at SALES");
        var space = new AddressSpace("CCMAIL", string.Concat(Enumerable.Repeat("a*", 200)) + "b", 1, "x");

        for (var i = 0; i < 100; i++)
        {
            AddressPattern.Match(space, address).ShouldBe(0);
        }
    }

    private static bool Covers(string type, string pattern, string address) =>
        AddressPattern.Match(new AddressSpace(type, pattern, 1, "x"), MailAddress.Parse(address)) > 0;
}
