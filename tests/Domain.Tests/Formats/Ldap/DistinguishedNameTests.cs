using Postern.Domain.Formats.Ldap;

namespace Postern.Domain.Tests.Formats.Ldap;

public sealed class DistinguishedNameTests
{
    private static readonly DistinguishedName Root = Parse("ou=People,dc=site1,dc=example");

    public static TheoryData<string> Names => ["Doe, Jane", "a+b", "\"q\"", "back\\slash", "<x>;=", " leads", "trails ", "#hash", "in # the", "\t\n\0", "Jörg ß İ", "日本", "𝔘", "", "=", ",", "\\2c", "a\\"];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_name_of_any_characters_is_read_as_it_was_written(string name)
    {
        var text = Root.Child("cn", name).ToString();

        DistinguishedName.TryParse(text, out var read, out _).ShouldBeTrue(text);
        (read.Name, read.NamingAttribute, read.Depth, read.ToString()).ShouldBe((name, "cn", 4, text));
        read.IsChildOf(Root).ShouldBeTrue();
    }

    // The examples of RFC 4514, section 4.
    [Theory]
    [InlineData("UID=jsmith,DC=example,DC=net", "jsmith")]
    [InlineData("OU=Sales+CN=J.  Smith,DC=example,DC=net", "Sales")]
    [InlineData("CN=James \\\"Jim\\\" Smith\\, III,DC=example,DC=net", "James \"Jim\" Smith, III")]
    [InlineData("CN=Before\\0dAfter,DC=example,DC=net", "Before\rAfter")]
    [InlineData("CN=Lu\\C4\\8Di\\C4\\87", "Lučić")]
    [InlineData("cn=\"Smith, J\" ; o=old", "Smith, J")]
    [InlineData("cn =  blanks  , o=x", "blanks")]
    public void What_others_write_is_read(string text, string name) => Parse(text).Name.ShouldBe(name);

    [Theory]
    [InlineData("Jane")]
    [InlineData("cn=a,")]
    [InlineData("cn=a,,o=b")]
    [InlineData("=a")]
    [InlineData("cn=a\\")]
    [InlineData("cn=\"a")]
    [InlineData("c(n=a")]
    public void What_is_no_name_is_refused_with_a_sentence(string text)
    {
        DistinguishedName.TryParse(text, out _, out var fault).ShouldBeFalse();

        fault.ShouldBe($"“{text}” is no distinguished name such as ou=People,dc=example,dc=com.");
    }

    [Fact]
    public void Case_blanks_and_escapes_make_no_other_place()
    {
        Parse("CN=Doe\\, Jane, OU=people ,DC=Site1,dc=EXAMPLE").ShouldBe(Parse("cn=doe\\2c jane,ou=People,dc=site1,dc=example"));
        Parse("cn=a+uid=b,o=x").ShouldBe(Parse("uid=b+cn=a,o=x"));
        Parse("ou=b,ou=a,dc=site1,dc=example").IsWithin(Root).ShouldBeFalse();
        Parse("cn=x,ou=b,ou=People,dc=site1,dc=example").IsChildOf(Root).ShouldBeFalse();
        Parse("cn=x,ou=b,ou=People,dc=site1,dc=example").IsWithin(Root).ShouldBeTrue();
        Parse("cn=x,ou=People,dc=site1,dc=example").Parent.ShouldBe(Root);
        Root.IsWithin(Root).ShouldBeTrue();
    }

    [Fact]
    public void A_value_in_a_filter_is_no_part_of_the_filter() => FilterText.Escape("*)(uid=\\\0ß").ShouldBe("\\2a\\29\\28uid=\\5c\\00ß");

    [Theory]
    [InlineData("(mail=*)", true)]
    [InlineData("(&(a=b)(!(c=d)))", true)]
    [InlineData("mail=*", false)]
    [InlineData("(a=b)(c=d)", false)]
    [InlineData("((a=b)", false)]
    public void A_filter_stands_in_one_pair_of_brackets(string filter, bool isOne) => FilterText.FaultOf(filter).Length.ShouldBe(isOne ? 0 : $"“{filter}” is no filter such as (objectClass=person).".Length);

    [Theory]
    [InlineData("20261129004000Z", "20261129003930Z")]
    [InlineData("20261129004000.0Z", "20261129003930.0Z")]
    [InlineData("20261129004000.25Z", "20261129003930.0Z")]
    [InlineData("261129004000Z", "261129003930Z")]
    public void A_time_is_asked_for_as_the_server_writes_it(string seen, string expected)
    {
        GeneralizedTime.TryRead(seen, out var time).ShouldBeTrue();

        GeneralizedTime.Write(time.AddSeconds(-30), seen).ShouldBe(expected);
        GeneralizedTime.TryRead("yesterday", out _).ShouldBeFalse();
    }

    private static DistinguishedName Parse(string text)
    {
        DistinguishedName.TryParse(text, out var name, out var fault).ShouldBeTrue(fault);
        return name;
    }
}
