using Postern.Domain.Formats.CcMail;

namespace Postern.Domain.Tests.Formats.CcMail;

public sealed class CcMailAddressTextTests
{
    [Theory]
    [InlineData("Admin", "Admin", "")]
    [InlineData("Lindqvist, Per at HARBOUR", "Lindqvist, Per", "HARBOUR")]
    [InlineData("  Lindqvist, Per  AT  HARBOUR ", "Lindqvist, Per", "HARBOUR")]
    [InlineData("OJ_Simpson@quickmail at Internet-Mail at lzz_LA", "OJ_Simpson@quickmail at Internet-Mail", "lzz_LA")]
    [InlineData("#Site News at HARBOUR", "#Site News", "HARBOUR")]
    [InlineData("Pat Catapult", "Pat Catapult", "")]
    public void The_last_separator_counts(string text, string name, string postOffice)
    {
        var address = CcMailAddressText.Parse(text);

        (address.Name, address.PostOffice).ShouldBe((name, postOffice));
    }

    [Theory]
    [InlineData(" at HARBOUR")]
    [InlineData("at HARBOUR")]
    [InlineData("  at HARBOUR ")]
    [Trait("source", "Q249133")]
    public void A_missing_name_is_empty(string text)
    {
        var address = CcMailAddressText.Parse(text);

        address.IsEmpty.ShouldBeTrue();
        address.PostOffice.ShouldBe("HARBOUR");
        address.TryAddress("X", out _, out var fault).ShouldBeFalse();
        fault.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("user@dom.example at PO", "user@dom.example", "")]
    [InlineData("\"User\" <user@dom.example> at PO", "user@dom.example", "User")]
    [InlineData("User <user@dom.example> at PO", "user@dom.example", "User")]
    [InlineData("First Last <user@dom.example>", "user@dom.example", "First Last")]
    [InlineData("First (comment) <a@b.example> at PO", "a@b.example", "First (comment)")]
    [InlineData("\"Test User\" user@host.example at SITE1", "user@host.example", "Test User")]
    [InlineData("\"User; Test\" user@host.example at SITE1", "user@host.example", "User; Test")]
    [InlineData("\"odd name\"@host.example at SITE1", "\"odd name\"@host.example", "")]
    [InlineData("\"X Y\" \"odd name\"@host.example at SITE1", "\"odd name\"@host.example", "X Y")]
    [InlineData("Doe, Jane at SALES", "", "")]
    [InlineData("a < b > at SALES", "", "")]
    [Trait("source", "Q184054")]
    public void Friendly_forms_give_up_their_internet_address(string text, string internet, string display)
    {
        var address = CcMailAddressText.Parse(text);

        (address.InternetAddress, address.DisplayName).ShouldBe((internet, display));
        address.Raw.ShouldBe(text);
    }

    [Fact]
    [Trait("source", "Q241553")]
    public void A_bare_name_belongs_to_the_post_office_at_hand()
    {
        CcMailAddressText.Parse("Doe, Jane").TryAddress("SALES", out var address, out _).ShouldBeTrue();

        address.ToString().ShouldBe("CCMAIL:Doe, Jane at SALES");
    }

    [Fact]
    public void A_foreign_alias_may_have_its_post_office_in_front()
    {
        CcMailAddressText.Parse("SITE1 Okafor, Ngozi").TryForeignAlias(out var address).ShouldBeTrue();

        (address.Name, address.PostOffice).ShouldBe(("Okafor, Ngozi", "SITE1"));
        CcMailAddressText.Parse("Okafor at SITE1").TryForeignAlias(out _).ShouldBeFalse();
    }
}
