using Postern.Web.Components.Shared;

namespace Postern.Web.Tests.Components.Shared;

public sealed class AddressPartsTests
{
    [Theory]
    [InlineData("a.lindqvist@site2.example", "", "a.lindqvist", "@site2.example")]
    [InlineData("CCMAIL:Brandt, Uwe at SALES", "", "Brandt, Uwe", " at SALES")]
    [InlineData("CCMAIL:Meet me at noon at SALES", "", "Meet me at noon", " at SALES")]
    [InlineData("MS:HARBOR/PIER1/DBAUER", "HARBOR/PIER1/", "DBAUER", "")]
    [InlineData("\"odd@local\"@site.example", "", "\"odd@local\"", "@site.example")]
    [InlineData("no address at all", "", "no address at all", "")]
    [InlineData("@", "", "@", "")]
    [InlineData("", "", "Postmaster", "")]
    public void The_person_stands_apart_from_the_place(string address, string before, string name, string after) =>
        AddressParts.Of(address).ShouldBe(new AddressParts(before, name, after));
}
