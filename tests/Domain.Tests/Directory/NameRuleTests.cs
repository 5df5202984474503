using FsCheck;
using FsCheck.Fluent;
using Postern.Domain.Addresses;
using Postern.Domain.Directory.Names;
using Postern.Domain.Formats.CcMail;
using Postern.Domain.Tests.Addresses;

namespace Postern.Domain.Tests.Directory;

/// <summary>What counts as one name in each kind of directory, and the laws that merges and indexes rely on.</summary>
public sealed class NameRuleTests
{
    private static readonly NameRule[] All = [Rows.CcMail, Rows.MsMail, Rows.Ldap, new MsMailboxNames()];

    private static readonly MailAddress Somebody = MailAddress.Parse("MS:NET/PO/X");

    [Theory]
    [Trait("source", "Q237588")]
    [InlineData("Smith, Jimmy", "SMITH, jimmy")]
    [InlineData("Smith, Jimmy", "  Smith,   Jimmy ")]
    [InlineData("Smith, Jimmy", "Ｓｍｉｔｈ， Jimmy")]
    [InlineData("Smith, Jimmy", "Jimmy Smith")]
    [InlineData("Straße, Eva", "STRASSE, EVA")]
    [InlineData("Müller, Uwe", "Mu\u0308ller, Uwe")]
    [InlineData("Kaya, Işık", "Kaya, Isik")]
    public void These_are_one_name_to_cc_mail(string one, string other) => KeyOf(Rows.CcMail, one).ShouldBe(KeyOf(Rows.CcMail, other));

    [Theory]
    [InlineData("Smith, Jimmy", "Smith, Jim")]
    [InlineData("Muller, Uwe", "Müller, Uwe")]
    [InlineData("#News", "News")]
    public void These_are_two_names_to_cc_mail(string one, string other) => KeyOf(Rows.CcMail, one).ShouldNotBe(KeyOf(Rows.CcMail, other));

    [Theory]
    [InlineData("İpek", "ipek")]
    [InlineData("ﬁnn", "FINN")]
    [InlineData("Jane\u200b Doe", "jane doe")]
    [InlineData("Jane\u00a0\u3000Doe ", "Jane Doe")]
    [InlineData("Do\u00ade", "Doe")]
    [InlineData("\ud83d\ude00 Joy", "\ud83d\ude00 JOY")]
    public void These_are_one_name_to_ldap(string one, string other) => KeyOf(Rows.Ldap, one).ShouldBe(KeyOf(Rows.Ldap, other));

    [Fact]
    [Trait("source", "Q146676")]
    [Trait("source", "Q166545")]
    public void An_ms_mail_name_stands_once_in_the_list_of_its_post_office_and_in_other_lists_too()
    {
        KeyOf(Rows.MsMail, "Doe, Jane", "MS:NET/PO1/A").ShouldBe(KeyOf(Rows.MsMail, "DOE, JANE", "MS:net/po1/B"));
        KeyOf(Rows.MsMail, "Doe, Jane", "MS:NET/PO1/A").ShouldNotBe(KeyOf(Rows.MsMail, "Doe, Jane", "MS:NET/PO10/A"));
        KeyOf(Rows.MsMail, "Doe, Jane", "a@b.example").ShouldBe(KeyOf(Rows.MsMail, "doe, jane", "c@d.example"));
    }

    [Fact]
    [Trait("source", "Q193842")]
    public void An_ms_mail_name_ends_after_thirty_characters_and_two_that_differ_later_are_one()
    {
        var name = "Fitzgerald-Montgomery, Wilhelmina";

        Rows.MsMail.TryHold(name, Somebody, out var held, out _).ShouldBeTrue();

        held.Name.ShouldBe("Fitzgerald-Montgomery, Wilhelm");
        held.IsExact.ShouldBeFalse();
        held.Key.ShouldBe(KeyOf(Rows.MsMail, "Fitzgerald-Montgomery, Wilhelm"));
    }

    [Theory]
    [Trait("source", "Q199676")]
    [InlineData("j.doe", "jdoe")]
    [InlineData("Ølgård", "Olgard")]
    [InlineData("abcdefghijkl", "abcdefghij")]
    public void A_mailbox_has_ten_letters_and_digits(string name, string expected)
    {
        new MsMailboxNames().TryHold(name, Somebody, out var held, out var fault).ShouldBeTrue(fault);

        held.Name.ShouldBe(expected);
    }

    [Fact]
    [Trait("source", "Q164464")]
    public void A_mailbox_that_belongs_to_the_system_is_nobodys()
    {
        new MsMailboxNames().TryHold("Admin", Somebody, out _, out var fault).ShouldBeFalse();

        fault.ShouldBe("The mailbox Admin belongs to MS Mail itself.");
    }

    [Theory]
    [Trait("source", "Q176196")]
    [InlineData("สมชาย")]
    [InlineData("")]
    [InlineData("   ")]
    public void A_name_of_which_nothing_would_be_left_is_refused_with_a_sentence(string name)
    {
        Rows.CcMail.TryHold(name, Somebody, out _, out var fault).ShouldBeFalse();

        fault.ShouldNotBeEmpty();
    }

    [Fact]
    [Trait("source", "Q197258")]
    public void A_key_is_made_of_what_the_code_page_holds()
    {
        var western = new CcMailNames(new CcMailProfile { CodePage = 850 });
        var eastern = new CcMailNames(new CcMailProfile { CodePage = 852 });

        KeyOf(western, "Dvořák, Jan").ShouldBe(KeyOf(western, "Dvorák, Jan"));
        KeyOf(eastern, "Dvořák, Jan").ShouldNotBe(KeyOf(eastern, "Dvorák, Jan"));
        KeyOf(western, "Muñoz, Ana").ShouldBe(KeyOf(western, "MUÑOZ, ANA"));
    }

    [Fact]
    [Trait("source", "Q232687")]
    public void Brackets_count_as_they_will_be_written() => KeyOf(Rows.CcMail, "Doe [temp], Jane").ShouldBe(KeyOf(Rows.CcMail, "Doe (temp), Jane"));

    [Fact]
    public void What_a_directory_holds_it_holds_again_with_the_same_key()
    {
        var strange = new StrangeText();
        for (var round = 0; round < 5_000; round++)
        {
            var name = strange.Next(8);
            foreach (var rule in All)
            {
                if (rule.TryHold(name, Somebody, out var held, out _))
                {
                    if (!rule.TryHold(held.Name, Somebody, out var again, out _) || again != held with { IsExact = true })
                    {
                        Assert.Fail($"seed {strange.Seed}, round {round}, {rule.GetType().Name}: “{held.Name}” became “{again.Name}”");
                    }
                }
            }
        }
    }

    [Fact]
    public void Case_never_tells_two_names_apart_that_the_directory_can_hold()
    {
        var strange = new StrangeText();
        for (var round = 0; round < 5_000; round++)
        {
            var name = strange.Next(6);
            foreach (var rule in All)
            {
                if (rule.TryHold(name, Somebody, out var held, out _)
                    && rule.TryHold(held.Name.ToUpperInvariant(), Somebody, out var upper, out _) && upper.IsExact
                    && rule.TryHold(held.Name.ToLowerInvariant(), Somebody, out var lower, out _) && lower.IsExact
                    && (upper.Key != held.Key || lower.Key != held.Key))
                {
                    Assert.Fail($"seed {strange.Seed}, round {round}, {rule.GetType().Name}: {held.Name}");
                }
            }
        }
    }

    [Fact]
    public void The_order_of_keys_is_total_and_agrees_with_equality()
    {
        Prop.ForAll<byte[], byte[], byte[]>((a, b, c) =>
        {
            var (x, y, z) = (new SortKey(a ?? []), new SortKey(b ?? []), new SortKey(c ?? []));
            return (x.CompareTo(y) == 0) == (x == y)
                && Math.Sign(x.CompareTo(y)) == -Math.Sign(y.CompareTo(x))
                && !(x <= y && y <= z && x > z)
                && (x != y || x.GetHashCode() == y.GetHashCode());
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    [Trait("source", "Q224991")]
    public void Texts_are_ordered_by_code_point_whatever_their_form_in_memory()
    {
        string[] texts = ["", "Z", "a", "é", "\uffff", "\ud83d\ude00", "ab", "\ue000"];

        texts.Order(CodePointOrder.Instance).ShouldBe(["", "Z", "a", "ab", "é", "\ue000", "\uffff", "\ud83d\ude00"]);
    }

    private static SortKey KeyOf(NameRule rule, string name, string address = "MS:NET/PO/X")
    {
        rule.TryHold(name, MailAddress.Parse(address), out var held, out var fault).ShouldBeTrue(fault);
        return held.Key;
    }
}
