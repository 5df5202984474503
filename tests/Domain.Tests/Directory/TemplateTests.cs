using Postern.Domain.Addresses;
using Postern.Domain.Directory.Ownership;
using Postern.Domain.Directory.Rows;
using Postern.Domain.Directory.Templates;
using Postern.Domain.Tests.Support;

namespace Postern.Domain.Tests.Directory;

public sealed class TemplateTests
{
    private static readonly NameParts Jane = NameParts.Of("Doe, Jane Q.");

    [Theory]
    [Trait("source", "Q183058")]
    [Trait("source", "Q197254")]
    [Trait("source", "Q168077")]
    [Trait("source", "Q241988")]
    [Trait("source", "Q185593")]
    [InlineData("%F %L", "Doe, John", "John Doe")]
    [InlineData("%L, %F - CCMail", "Doe, John", "Doe, John - CCMail")]
    [InlineData("%5L%1F", "Schmidt, Anna", "SchmiA")]
    [InlineData("%5L%1F", "Ng, Bo", "NgB")]
    [InlineData("%5L%1F", "Ng", "Ng")]
    [InlineData("%g %i %s", "Smith, John Q.", "John Q. Smith")]
    [InlineData("%g %i %s", "John Q. Smith", "John Q. Smith")]
    [InlineData("%g %i %s", "Smith, John", "John Smith")]
    [InlineData("%s, %g", "Cher", "Cher")]
    [InlineData("%d", "Doe,  John ", "Doe, John")]
    [InlineData("100%% %s", "Doe, John", "100% Doe")]
    [InlineData("%1g%1g%s", "Doe, \ud83d\ude00John", "\ud83d\ude00\ud83d\ude00Doe")]
    public void A_template_puts_the_parts_of_a_name_together(string template, string name, string expected)
    {
        NameTemplate.TryParse(template, out var parsed, out var fault).ShouldBeTrue(fault);

        parsed.Format(NameParts.Of(name)).ShouldBe(expected);
    }

    [Theory]
    [InlineData("%x", "“%x” means nothing")]
    [InlineData("abc%", "“%” means nothing")]
    [InlineData("%99g", "“%99g” means nothing")]
    [InlineData("%3%", "“%3%” means nothing")]
    public void What_means_nothing_in_a_template_is_said(string template, string expected)
    {
        NameTemplate.TryParse(template, out _, out var fault).ShouldBeFalse();

        fault.ShouldStartWith(expected);
    }

    [Theory]
    [Trait("source", "Q194321")]
    [InlineData("SMTP:%g.%s@site1.example", "Doe, Jane", "Jane.Doe@site1.example")]
    [InlineData("%g.%s@site1.example", "Ørsted, Åse", "Ase.Orsted@site1.example")]
    [InlineData("%g.%s@site1.example", "van der Berg, Jan Piet", "JanPiet.vanderBerg@site1.example")]
    [InlineData("%g.%s@site1.example", "Cher", "Cher@site1.example")]
    [InlineData("CCMAIL:%s, %g at SITE1", "Doe [x], Jane", "CCMAIL:Doe x, Jane at SITE1")]
    [InlineData("MS:NET/SITE1/%5s%1g", "Fitzgerald, Ann", "MS:NET/SITE1/FitzgA")]
    [InlineData("MS:NET/SITE1/%s%g", "Fitzgerald, Ann", "MS:NET/SITE1/Fitzgerald")]
    public void An_address_is_made_of_a_name(string template, string name, string expected)
    {
        AddressTemplate.TryParse(template, out var parsed, out var fault).ShouldBeTrue(fault);
        parsed.TryMake(NameParts.Of(name), _ => false, out var address, out fault).ShouldBeTrue(fault);

        address.ToString().ShouldBe(expected);
        parsed.Makes(NameParts.Of(name), address).ShouldBeTrue();
    }

    [Theory]
    [Trait("source", "Q146676")]
    [Trait("source", "Q192023")]
    [InlineData("%g.%s@site1.example", "Jane.Doe3@site1.example")]
    [InlineData("CCMAIL:%s, %g at SITE1", "CCMAIL:Doe, Jane 3 at SITE1")]
    [InlineData("MS:NET/SITE1/abcdefg%s", "MS:NET/SITE1/abcdefgDo3")]
    public void A_number_is_added_on_a_clash_and_only_then(string template, string expected)
    {
        AddressTemplate.TryParse(template, out var parsed, out _).ShouldBeTrue();
        parsed.TryMake(NameParts.Of("Doe, Jane"), _ => false, out var first, out _).ShouldBeTrue();
        parsed.TryMake(NameParts.Of("Doe, Jane"), key => key == first.Key, out var second, out _).ShouldBeTrue();
        parsed.TryMake(NameParts.Of("Doe, Jane"), key => key == first.Key || key == second.Key, out var third, out _).ShouldBeTrue();

        third.ToString().ShouldBe(expected);
        parsed.Makes(NameParts.Of("Doe, Jane"), third).ShouldBeTrue();
        parsed.Makes(NameParts.Of("Roe, Rick"), third).ShouldBeFalse();
    }

    [Theory]
    [InlineData("SMTP:site@site1.example", "gives everybody the same address")]
    [InlineData("MS:%s", "is not a template")]
    [InlineData("SMTP:%s@ ", "The domain")]
    [InlineData("X400:%s", "is not a template")]
    public void A_template_of_which_no_address_can_come_is_refused(string template, string expected)
    {
        AddressTemplate.TryParse(template, out _, out var fault).ShouldBeFalse();

        fault.ShouldContain(expected);
    }

    [Fact]
    [Trait("source", "Q164464")]
    public void A_mailbox_of_the_system_is_given_to_nobody()
    {
        AddressTemplate.TryParse("MS:NET/SITE1/%s", out var template, out _).ShouldBeTrue();

        template.TryMake(NameParts.Of("Admin"), _ => false, out var address, out _).ShouldBeTrue();

        address.ToString().ShouldBe("MS:NET/SITE1/Admin2");
    }

    [Fact]
    [Trait("source", "Q142266")]
    [Trait("source", "Q185202")]
    [Trait("source", "Q176033")]
    public void An_entry_gets_the_addresses_that_it_lacks_and_keeps_those_that_it_has()
    {
        var faults = new List<string>();
        var entry = Entry("Doe, Jane", "CCMAIL:Doe, Jane at SALES", "jd@site1.example");

        NewAddresses.Missing(entry, [Template("SMTP:%g.%s@site1.example"), Template("MS:NET/SITE1/%5s%1g")], _ => false, faults)
            .Select(address => address.ToString()).ShouldBe(["MS:NET/SITE1/DoeJ"]);

        faults.ShouldBeEmpty();
    }

    [Fact]
    [Trait("source", "Q197255")]
    public void A_changed_template_is_a_plan_and_once_it_is_carried_out_there_is_nothing_left_to_do()
    {
        var faults = new List<string>();
        var template = Template("SMTP:%g.%s@new.example");
        DirectoryEntry[] entries = [Entry("Doe, Jane", "CCMAIL:a at SALES", "jane@old.example"), Entry("Doe, Jane", "CCMAIL:b at SALES", "Jane.Doe@new.example"), Entry("Roe, Rick", "CCMAIL:c at SALES")];
        bool IsTaken(string key) => entries.Any(entry => entry.Proxies.Any(address => address.Key == key));

        var changes = NewAddresses.ByTemplate(entries, template, IsTaken, faults).ToList();
        entries = [.. entries.Select(entry => changes.Find(change => change.Entry == entry) is { } change ? entry with { Proxies = [change.After, .. entry.Proxies] } : entry)];

        changes.Select(change => $"{change.Before} → {change.After}").ShouldBe(["jane@old.example → Jane.Doe2@new.example", " → Rick.Roe@new.example"]);
        NewAddresses.ByTemplate(entries, template, IsTaken, faults).ShouldBeEmpty();
    }

    [Theory]
    [Trait("source", "Q217040")]
    [InlineData("%a;%o;%p", "jsmith;43/3019;(425)   936-1111", "alias=jsmith\noffice=43/3019\nphone=(425) 936-1111\n")]
    [InlineData("%d", "Sales; Hull", "department=Sales; Hull\n")]
    [InlineData("", "Sales; Hull", "notes=Sales; Hull\n")]
    [InlineData("%a;;%p", "a;b;c", "alias=a\nphone=c\n")]
    [InlineData("%a;%p", "a", "alias=a\n")]
    public void A_comment_is_taken_apart_by_its_rule(string rule, string comment, string expected)
    {
        CommentRule.TryParse(rule, out var parsed, out var fault).ShouldBeTrue(fault);

        var values = RowValues.Of(parsed.Read(comment));

        values.Text.ShouldBe(expected);
        RowValues.Of(parsed.Read(parsed.Write(values))).ShouldBe(values);
    }

    [Fact]
    public void A_template_is_read_and_used_whatever_stands_there() => ParserSweep.Text(
        ["SMTP:%g.%s@site1.example", "CCMAIL:%s, %g at SITE1", "MS:NET/SITE1/%5s%1g"], ["%", "%%", "%99", "%i", "@", " at ", "/", ":", "\0", "[", "\ud83d"],
        text =>
        {
            var isTemplate = AddressTemplate.TryParse(text, out var template, out var fault);
            ParserSweep.Demand(isTemplate == (fault.Length == 0), "a text is a template or a fault");
            if (isTemplate)
            {
                ParserSweep.Demand(template.TryMake(Jane, _ => false, out var address, out fault) ? template.Makes(Jane, address) : fault.Length > 0, "what a template made it knows again");
            }
        });

    [Fact]
    public void A_comment_rule_with_an_unknown_letter_is_refused() => CommentRule.TryParse("%a;%z", out _, out _).ShouldBeFalse();

    private static AddressTemplate Template(string text) => AddressTemplate.TryParse(text, out var template, out var fault) ? template : throw new FormatException(fault);

    private static DirectoryEntry Entry(string name, string native, params string[] proxies) =>
        new() { Identity = native, Name = name, Native = MailAddress.Parse(native), Proxies = [.. proxies.Select(MailAddress.Parse)] };
}
