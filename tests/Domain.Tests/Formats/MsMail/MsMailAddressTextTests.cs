using Postern.Domain.Formats.MsMail;

namespace Postern.Domain.Tests.Formats.MsMail;

public sealed class MsMailAddressTextTests
{
    [Theory]
    [Trait("source", "Q106623")]
    [Trait("source", "Q156730")]
    [Trait("source", "Q149315")]
    [InlineData("CSI:HARBOR/PIER1/ANNAB")]
    [InlineData("csi:HARBOR/PIER1/ANNAB")]
    [InlineData("MS:HARBOR/PIER1/ANNAB")]
    [InlineData("PCM:HARBOR/PIER1/ANNAB")]
    [InlineData("PCM:HARBOR\\PIER1\\ANNAB")]
    [InlineData(" harbor/pier1/annab ")]
    public void Every_spelling_of_a_native_address_is_one_mailbox(string text)
    {
        MsMailAddressText.Parse(text).TryAddress(out var address, out _).ShouldBeTrue();

        address.Key.ShouldBe("MS:HARBOR/PIER1/ANNAB");
        MsMailAddressText.Written(address).ShouldBe($"CSI:{address.Text}");
    }

    [Theory]
    [InlineData("SMTP:jane@site1.example", "SMTP")]
    [InlineData("FAX:Quay^0DTurku^0D", "FAX")]
    [InlineData("MHS:anna@quay {HARBOR/PIER1}", "MHS")]
    [InlineData("MCI:Berg, Anna^0D EMS:quay^0D MBX:anna b^0D", "MCI")]
    [InlineData("X400:/c=FI/admd=X/s=Berg", "X400")]
    [InlineData("CSI:HARBOR/PIER1", "CSI")]
    [InlineData("CSI:HARBOR/PIER1/ANNABERGLIND", "CSI")]
    [InlineData("CSI:", "CSI")]
    [InlineData("", "")]
    public void What_is_no_native_address_says_why(string text, string type)
    {
        var address = MsMailAddressText.Parse(text);

        address.Type.ShouldBe(type);
        address.TryAddress(out _, out var fault).ShouldBeFalse();
        fault.ShouldNotBeEmpty();
    }

    [Fact]
    public void An_internet_address_is_one_of_the_smtp_gateway()
    {
        MsMailAddressText.Parse("smtp:jane@site1.example").TryInternet(out var address).ShouldBeTrue();
        address.Text.ShouldBe("jane@site1.example");
        MsMailAddressText.Parse("MHS:jane@site1").TryInternet(out _).ShouldBeFalse();
        MsMailAddressText.Parse("SMTP:User:Domain:Organization").TryInternet(out _).ShouldBeFalse();
    }
}
