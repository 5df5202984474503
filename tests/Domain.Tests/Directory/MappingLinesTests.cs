using Postern.Domain.Directory.Partners;
using Postern.Domain.Directory.Rows;

namespace Postern.Domain.Tests.Directory;

public sealed class MappingLinesTests
{
    [Fact]
    public void A_line_says_what_the_directory_calls_a_value()
    {
        var map = AttributeMapLines.Apply(
            AttributeMap.Standard, ["department = ou", " PHONE=mobile", "title =", "id = nsUniqueId, entryUUID", "mail = rfc822Mailbox", "lists = groupOfUniqueNames", "naming = uid"], out var faults);

        faults.ShouldBeEmpty();
        map.Values.ShouldContain(new MappedValue("ou", ValueNames.Department));
        map.Values.ShouldContain(new MappedValue("mobile", ValueNames.Phone));
        map.Values.ShouldNotContain(value => value.Value == ValueNames.Title || value.Attribute == "telephoneNumber");
        (string.Join(' ', map.Id), map.Mail, map.ListClasses.Single(), map.HasMadeUpNames).ShouldBe(("nsUniqueId entryUUID", "rfc822Mailbox", "groupOfUniqueNames", true));
    }

    [Theory]
    [InlineData("department")]
    [InlineData("nothing = ou")]
    [InlineData("phone = tele(phone")]
    [InlineData("name =")]
    [InlineData("id =")]
    public void A_line_that_says_nothing_is_refused_and_changes_nothing(string line)
    {
        AttributeMapLines.Apply(AttributeMap.Standard, [line], out var faults).ShouldBe(AttributeMap.Standard);

        faults.Single().ShouldStartWith($"“{line}” ");
    }

    [Fact]
    public void A_title_goes_before_the_guess_and_an_empty_one_takes_the_column_away()
    {
        var mapping = CsvMappingLines.Apply(CsvMapping.Guess(["name", "mail", "phone", "title", "Division, of"]), ["department = Division, of", "phone =", "kind = Sort"], out var faults);

        faults.ShouldBeEmpty();
        (mapping.Name, mapping.Address, mapping.Kind).ShouldBe(("name", "mail", "Sort"));
        mapping.Values.ShouldBe([new MappedValue("title", "title"), new MappedValue("Division, of", "department")]);
        CsvMappingLines.Apply(mapping, ["address =", "x = y", "no line"], out faults).ShouldBe(mapping);
        faults.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData("phone", "22 ☎ 33 ext. 4", "22  33 ext. 4")]
    [InlineData("initials", "J. Q. Public", "J. Q.")]
    [InlineData("title", "", "")]
    [InlineData("notes", "one\ntwo", "one\ntwo")]
    public void A_value_is_held_as_the_attribute_takes_it(string name, string value, string held)
    {
        var row = Rows.Row(Rows.Ldap, "Doe, Jane", "jane@site1.example", "1", (name, value), ("container", "has no attribute"), ("surname", "Doe"));

        AttributeMap.ActiveDirectory.TryHold(row, out var kept, out var fault).ShouldBeTrue(fault);

        kept.Values.ShouldBe(RowValues.Of((name, held), ("surname", "Doe")));
        AttributeMap.ActiveDirectory.TryHold(kept, out var again, out _).ShouldBeTrue();
        again.ShouldBe(kept);
    }
}
