using Postern.Domain.Addresses;

namespace Postern.Domain.Tests.Addresses;

public sealed class MsMailAddressTests
{
    [Fact]
    public void Is_read_into_three_parts()
    {
        MsMailAddress.TryParse(" NETWORK / POSTOFFICE / MAILBOX ", out var address, out var fault).ShouldBeTrue(fault);

        (address.Network, address.PostOffice, address.Mailbox).ShouldBe(("NETWORK", "POSTOFFICE", "MAILBOX"));
        address.ToString().ShouldBe("MS:NETWORK/POSTOFFICE/MAILBOX");
    }

    [Theory]
    [InlineData("N/P")]
    [InlineData("N/P/M/X")]
    [InlineData("N//M")]
    [InlineData("N/ /M")]
    [InlineData("ELEVENCHARS/P/M")]
    [InlineData("N/P/ELEVENCHARS")]
    [InlineData("N/P/M\n")]
    public void A_text_that_is_no_address_is_refused(string text) => MsMailAddress.TryParse(text, out _, out _).ShouldBeFalse();

    [Theory]
    [InlineData("MS:N/P/M", "ms:n/p/m", true)]
    [InlineData("MS:N/P/GROSS", "MS:N/P/GROß", true)]
    [InlineData("MS:N/P/M", "MS:N/P/M1", false)]
    [InlineData("MS:AB/C/D", "MS:A/BC/D", false)]
    public void Is_compared_part_by_part_without_case(string one, string other, bool areEqual) =>
        (MailAddress.Parse(one) == MailAddress.Parse(other)).ShouldBe(areEqual);
}
