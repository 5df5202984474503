using System.Text;
using Postern.Domain.Addresses;

namespace Postern.Domain.Tests.Addresses;

public sealed class MailAddressTests
{
    private static readonly string[] Samples =
    [
        "jane@site1.example", "\"jane doe\"@site1.example", "\"a\\\"b\\\\c@d\"@x.example", "jane@[192.0.2.1]", "jane@[ipv6:2001:db8::1]", "grün@bücher.example",
        "CCMAIL:Doe, Jane at SALES", "CCMAIL:Jane Doe at Sales", "CCMAIL:#Board at SALES", "CCMAIL:user@host.example at SITE1", "CCMAIL:x at y at SALES",
        "MS:NETWORK/POSTOFFICE/MAILBOX", "MS:n/p/m",
    ];

    [Fact]
    public void What_is_written_is_read_back_as_it_was()
    {
        foreach (var sample in Samples)
        {
            var address = MailAddress.Parse(sample);

            address.ToString().ShouldBe(sample);
            MailAddress.Parse(address.ToString()).ShouldBe(address);
        }
    }

    [Fact]
    public void Whatever_is_taken_can_be_written_stored_and_read_back()
    {
        var strange = new StrangeText();
        var taken = 0;
        for (var round = 0; round < 100_000; round++)
        {
            var text = round % 2 == 0 ? strange.Next(8) : strange.Damage(Samples[round % Samples.Length]);
            if (!MailAddress.TryParse(text, out var address, out var fault))
            {
                fault.ShouldNotBeEmpty();
                continue;
            }

            taken++;
            var where = $"seed {strange.Seed}, round {round}: {Escaped(text)} became {Escaped(address.ToString())}";
            MailAddress.TryParse(address.ToString(), out var again, out fault).ShouldBeTrue($"{where}: {fault}");
            again.ToString().ShouldBe(address.ToString(), where);
            again.Key.ShouldBe(address.Key, where);
            Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(address.ToString())).ShouldBe(address.ToString(), where);
            address.ToString().Any(char.IsControl).ShouldBeFalse(where);
        }

        taken.ShouldBeGreaterThan(10_000, $"seed {strange.Seed}");
    }

    [Fact]
    public void Every_cut_of_an_address_is_taken_or_refused()
    {
        foreach (var sample in Samples)
        {
            for (var length = 0; length <= sample.Length; length++)
            {
                MailAddress.TryParse(sample[..length], out _, out var fault).ShouldBe(fault.Length == 0);
            }
        }
    }

    // Made here: an attribute would not keep half a character.
    [Fact]
    public void Half_a_character_cannot_be_sent_and_is_refused()
    {
        foreach (var text in new[] { "jane\ud83d@x.example", "\"\ude00\"@x.example", "CCMAIL:Doe\ud83d at SALES", "CCMAIL:Doe at SALES\ude00", "MS:N/P/\ud83d" })
        {
            MailAddress.TryParse(text, out _, out _).ShouldBeFalse(Escaped(text));
        }
    }

    [Fact]
    public void Equal_addresses_have_equal_keys_and_hashes()
    {
        var (one, other) = (MailAddress.Parse("CCMAIL:Doe, Jane at SALES"), MailAddress.Parse("ccmail:JANE DOE AT sales"));

        other.ShouldBe(one);
        other.GetHashCode().ShouldBe(one.GetHashCode());
        other.Key.ShouldBe(one.Key);
    }

    [Fact]
    public void The_same_text_in_two_systems_is_two_mailboxes()
    {
        var keys = new[] { "n/p/m@x.example", "MS:n/p/m", "CCMAIL:n/p/m at x.example" }.Select(text => MailAddress.Parse(text).Key);

        keys.Distinct().Count().ShouldBe(3);
    }

    [Theory]
    [Trait("source", "Q262112")]
    [InlineData("[jane@site1.example]", "jane@site1.example")]
    [InlineData(" [ CCMAIL:Doe, Jane at SALES ] ", "CCMAIL:Doe, Jane at SALES")]
    public void Brackets_around_the_whole_are_only_a_way_of_writing(string text, string expected) => MailAddress.Parse(text).ToString().ShouldBe(expected);

    [Theory]
    [Trait("source", "Q246517")]
    [InlineData("CCM:Doe, Jane at SALES")]
    [InlineData("CCMAILS:Doe, Jane at SALES")]
    [InlineData("X400:c=us;a= ;p=org")]
    public void Only_a_full_type_name_is_one(string text) => MailAddress.TryParse(text, out _, out _).ShouldBeFalse();

    [Theory]
    [InlineData("SMTP:jane@site1.example", "jane@site1.example")]
    [InlineData("smtp: jane@site1.example", "jane@site1.example")]
    [InlineData("cCmAiL:Doe, Jane at SALES", "CCMAIL:Doe, Jane at SALES")]
    [InlineData("ms:n/p/m", "MS:n/p/m")]
    public void The_type_is_read_in_any_letters(string text, string expected) => MailAddress.Parse(text).ToString().ShouldBe(expected);

    [Fact]
    public void An_address_without_end_is_refused_at_once()
    {
        MailAddress.TryParse(new string('a', 10_000_000) + "@x.example", out _, out var fault).ShouldBeFalse();

        fault.ShouldContain("longer than");
    }

    private static string Escaped(string text) =>
        string.Concat(text.Select(c => c is >= ' ' and <= '~' ? c.ToString() : $"\\u{(int)c:x4}"));
}
