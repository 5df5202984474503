using Postern.Domain.Addresses;

namespace Postern.Domain.Tests.Addresses;

[Trait("source", "Q183588")]
public sealed class AddressEncapsulationTests
{
    [Theory]
    [InlineData("CCMAIL:Doe, Jane at SALES", "IMCEACCMAIL-Doe+2C+20Jane+20at+20SALES@site1.example")]
    [InlineData("MS:NET/PO/MBX", "IMCEAMS-NET+2FPO+2FMBX@site1.example")]
    [InlineData("CCMAIL:Grün, Élan_1 at A+B", "IMCEACCMAIL-Gr+C3+BCn+2C+20+C3+89lan+5F1+20at+20A+2BB@site1.example")]
    public void An_old_address_travels_inside_an_internet_address_and_comes_out_again(string inner, string outer)
    {
        AddressEncapsulation.TryWrap(MailAddress.Parse(inner), "site1.example", out var wrapped, out var fault).ShouldBeTrue(fault);

        wrapped.ToString().ShouldBe(outer);
        AddressEncapsulation.TryUnwrap(wrapped, out var unwrapped).ShouldBeTrue();
        unwrapped.ToString().ShouldBe(inner);
    }

    [Fact]
    [Trait("source", "Q176425")]
    public void Whatever_can_be_wrapped_comes_out_the_same_also_when_a_peer_changes_its_case()
    {
        var strange = new StrangeText();
        var wrapped = 0;
        for (var round = 0; round < 100_000; round++)
        {
            if (!MailAddress.TryParse($"{(round % 2 == 0 ? "CCMAIL:" : "MS:")}{strange.Next(6)}{(round % 2 == 0 ? " at PO" : "")}", out var inner, out _)
                || inner is SmtpAddress || !AddressEncapsulation.TryWrap(inner, "site1.example", out var outer, out _))
            {
                continue;
            }

            wrapped++;
            AddressEncapsulation.TryUnwrap(outer, out var back).ShouldBeTrue($"seed {strange.Seed}: {outer}");
            back.ToString().ShouldBe(inner.ToString(), $"seed {strange.Seed}, round {round}");
            var lowered = (SmtpAddress)MailAddress.Parse(outer.ToString().ToLowerInvariant());
            AddressEncapsulation.TryUnwrap(lowered, out back).ShouldBeTrue($"seed {strange.Seed}: {lowered}");
            back.Key.ShouldBe(inner.Key, $"seed {strange.Seed}, round {round}");
        }

        wrapped.ShouldBeGreaterThan(1000, $"seed {strange.Seed}");
    }

    [Theory]
    [InlineData("IMCEAMS-NET_PO_MBX@site1.example", "MS:NET/PO/MBX")]
    [InlineData("imceams-net+2fpo+2fmbx@site1.example", "MS:net/po/mbx")]
    public void The_forms_of_the_original_are_read(string outer, string inner)
    {
        AddressEncapsulation.TryUnwrap((SmtpAddress)MailAddress.Parse(outer), out var unwrapped).ShouldBeTrue();

        unwrapped.ToString().ShouldBe(inner);
    }

    [Theory]
    [InlineData("jane@site1.example")]
    [InlineData("imcea@site1.example")]
    [InlineData("IMCEA-x@site1.example")]
    [InlineData("IMCEACCMAIL@site1.example")]
    [InlineData("IMCEACCMAIL-@site1.example")]
    [InlineData("IMCEACCMAIL-Doe@site1.example")]
    [InlineData("IMCEACCMAIL-Doe+2@site1.example")]
    [InlineData("IMCEACCMAIL-Doe+ZZ+20at+20S@site1.example")]
    [InlineData("\"IMCEACCMAIL-Doe+ 5+20at+20S\"@site1.example")]
    [InlineData("IMCEACCMAIL-Doe+00+20at+20S@site1.example")]
    [InlineData("IMCEACCMAIL-Doe+FF+20at+20S@site1.example")]
    [InlineData("IMCEASMTP-a+40b.example@site1.example")]
    [InlineData("IMCEAEX-_o=Org@site1.example")]
    public void An_ordinary_or_damaged_address_carries_nothing(string text) =>
        AddressEncapsulation.TryUnwrap((SmtpAddress)MailAddress.Parse(text), out _).ShouldBeFalse();

    [Theory]
    [InlineData("user@host.example at SITE1", "user@host.example")]
    [InlineData("Jane Doe user@host.example at SITE1", "user@host.example")]
    [InlineData("Jane Doe <user@host.example> at SITE1", "user@host.example")]
    [InlineData("\"jane doe\"@host.example at SITE1", "\"jane doe\"@host.example")]
    [InlineData("Jane \"jane doe\"@host.example at SITE1", "\"jane doe\"@host.example")]
    public void An_internet_address_comes_out_of_a_ccmail_name(string text, string inner)
    {
        AddressEncapsulation.TryUnwrap((CcMailAddress)MailAddress.Parse($"CCMAIL:{text}"), out var unwrapped).ShouldBeTrue();

        unwrapped.ToString().ShouldBe(inner);
    }

    [Theory]
    [InlineData("Doe, Jane at SITE1")]
    [InlineData("jane@ at SITE1")]
    [InlineData("Jane <> at SITE1")]
    [InlineData("Jane \"doe@x.example at SITE1")]
    public void A_name_is_not_an_internet_address(string text) =>
        AddressEncapsulation.TryUnwrap((CcMailAddress)MailAddress.Parse($"CCMAIL:{text}"), out _).ShouldBeFalse();

    [Fact]
    public void What_does_not_fit_is_said()
    {
        var inner = MailAddress.Parse($"CCMAIL:{new string('ü', 200)} at SALES");

        AddressEncapsulation.TryWrap(inner, "site1.example", out _, out var fault).ShouldBeFalse();

        fault.ShouldContain("1 to 255");
    }
}
