using Postern.Domain.Addresses;

namespace Postern.Domain.Tests.Addresses;

public sealed class CcMailAddressTests
{
    [Theory]
    [InlineData("Doe, Jane at SALES", "Doe, Jane", "SALES")]
    [InlineData("  Doe, Jane   at   SALES ", "Doe, Jane", "SALES")]
    [InlineData("Doe, Jane AT SALES", "Doe, Jane", "SALES")]
    [InlineData("Matt at Work at SALES", "Matt at Work", "SALES")]
    [InlineData("user@host.example at SITE1", "user@host.example", "SITE1")]
    [InlineData("#Board at SALES", "#Board", "SALES")]
    [InlineData("Attila Katz at Data", "Attila Katz", "Data")]
    [InlineData("at at at", "at", "at")]
    public void Is_read_into_name_and_post_office(string text, string name, string postOffice)
    {
        CcMailAddress.TryParse(text, out var address, out var fault).ShouldBeTrue(fault);

        (address.Name, address.PostOffice).ShouldBe((name, postOffice));
    }

    [Theory]
    [Trait("source", "Q184994")]
    [InlineData("Doe, Jane")]
    [InlineData("Doe, Janeat SALES")]
    [InlineData("Doe, Jane atSALES")]
    [InlineData(" at SALES")]
    [InlineData("Doe, Jane at ")]
    [InlineData("Doe\tJane at SALES")]
    public void A_text_that_is_no_address_is_refused(string text) => CcMailAddress.TryParse(text, out _, out _).ShouldBeFalse();

    [Theory]
    [InlineData("x", "A at B")]
    [InlineData("x", "at B")]
    [InlineData("x", "A\u00a0AT\u00a0B")]
    [InlineData("", "SALES")]
    [InlineData("x", "")]
    public void A_post_office_name_never_holds_the_separator(string name, string postOffice) =>
        CcMailAddress.TryCreate(name, postOffice, out _, out _).ShouldBeFalse();

    [Theory]
    [Trait("source", "Q237588")]
    [InlineData("Doe, Jane at SALES", "DOE, JANE at sales")]
    [InlineData("Doe, Jane at SALES", "Jane Doe at SALES")]
    [InlineData("Doe, Jane at SALES", "Jane\u00a0Doe at SALES")]
    [InlineData("Doe, Mary Ann at SALES", "Mary  Ann Doe at SALES")]
    [InlineData("Doe, Jane at SALES", "Ｄｏｅ，　Ｊａｎｅ at ＳＡＬＥＳ")]
    [InlineData("Straße, Udo at SALES", "STRASSE, UDO at SALES")]
    [InlineData("İnan, Işıl at SALES", "inan, ışıl at SALES")]
    [InlineData("Müller, Ute at SALES", "MU\u0308LLER, UTE at SALES")]
    [InlineData("カワダ at SALES", "ｶﾜﾀﾞ at SALES")]
    public void One_person_has_many_spellings(string one, string other) => Parse(other).ShouldBe(Parse(one));

    [Theory]
    [InlineData("Doe, Jane at SALES", "Jane, Doe at SALES")]
    [InlineData("Doe, Jane at SALES", "Doe, Jane at SALES2")]
    [InlineData("Doe at SALES", "Doe, Jane at SALES")]
    [InlineData("Muller, Ute at SALES", "Müller, Ute at SALES")]
    [InlineData("#News Today at SALES", "#Today, News at SALES")]
    [InlineData("\"a b\"@x.example at SITE1", "b\"@x.example, \"a at SITE1")]
    public void Two_people_are_not_one(string one, string other) => Parse(other).ShouldNotBe(Parse(one));

    private static CcMailAddress Parse(string text) =>
        CcMailAddress.TryParse(text, out var address, out var fault) ? address : throw new FormatException(fault);
}
