using Postern.Domain.Addresses;
using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Ownership;
using Postern.Domain.Directory.Partners;
using Postern.Domain.Directory.Rows;
using static Postern.Domain.Tests.Directory.Rows;

namespace Postern.Domain.Tests.Directory;

/// <summary>Who answers for an entry, who gets it, and who may take it away.</summary>
public sealed class OwnershipTests
{
    private static readonly OwnershipTable Table = new(
        [new("MS:NET/PO1", "one"), new("MS:NET/PO10", "ten"), new("SMTP:fax.example", "one"), new("SMTP:site1.example", "")], [new("MS:NET/PO1/LENT", "ten")]);

    private static readonly DirectoryEntry Jane = new()
    {
        Identity = "e1",
        Name = "Doe, Jane",
        Native = MailAddress.Parse("jane@site1.example"),
        Proxies = [MailAddress.Parse("MS:HUB/SITE1/JDOE"), MailAddress.Parse("MS:OLD/SITE1/JDOE"), MailAddress.Parse("CCMAIL:Doe, Jane at SITE1")],
        Container = "Recipients/Harbour",
        Trust = 20,
        Values = RowValues.Of((ValueNames.Phone, "1"), (ValueNames.Notes, "secret")),
    };

    private static readonly ExportScope Scope = new() { Partner = "one", AddressTypes = ["MS"] };

    [Theory]
    [Trait("source", "Q155727")]
    [Trait("source", "Q156996")]
    [Trait("source", "Q125917")]
    [Trait("source", "Q123856")]
    [InlineData("one", "MS:NET/PO1/A", "")]
    [InlineData("one", "4711@fax.example", "")]
    [InlineData("ten", "4711@fax.example", "4711@fax.example belongs to one; ten cannot change it.")]
    [InlineData("one", "MS:net/po1/a", "")]
    [InlineData("ten", "MS:NET/PO1/A", "MS:NET/PO1/A belongs to one; ten cannot change it.")]
    [InlineData("one", "MS:NET/PO10/A", "MS:NET/PO10/A belongs to ten; one cannot change it.")]
    [InlineData("ten", "MS:NET/PO1/LENT", "")]
    [InlineData("one", "jane@site1.example", "jane@site1.example is one of our own; one cannot change it.")]
    [InlineData("one", "MS:NET/PO2/A", "MS:NET/PO2/A is at MS:NET/PO2, which belongs to no partner; it is given to one or another one first.")]
    public void A_partner_changes_entries_of_its_own_homes_only(string partner, string address, string expected)
    {
        Table.MayGive(partner, MailAddress.Parse(address), out var fault).ShouldBe(expected.Length == 0);

        fault.ShouldBe(expected);
    }

    [Fact]
    [Trait("source", "Q156996")]
    [Trait("source", "Q152924")]
    [Trait("source", "Q112285")]
    public void A_list_is_replaced_by_its_owner_only()
    {
        Table.MayReplace("one", "MS:NET/PO1").ShouldBeTrue();
        Table.MayReplace("one", "MS:NET/PO10").ShouldBeFalse();
        Table.MayReplace("", "MS:NET/PO1").ShouldBeFalse();
    }

    [Fact]
    [Trait("source", "Q152556")]
    public void Nothing_is_sent_back_to_where_it_came_from()
    {
        Scope.Withholds(Jane with { Giver = "one" }, Table, hasWay: true).ShouldBe(GoneReason.OwnEntry);
        (Scope with { ExportsGiven = true }).Withholds(Jane with { Giver = "two", Native = MailAddress.Parse("MS:NET/PO1/A") }, Table, true).ShouldBe(GoneReason.OwnEntry);
        (Scope with { ExportsGiven = true, Mesh = "net" }).Withholds(Jane with { Giver = "two", GiverMesh = "net" }, Table, true).ShouldBe(GoneReason.OwnEntry);
    }

    [Theory]
    [Trait("source", "Q192697")]
    [InlineData(false, GoneReason.Scope)]
    [InlineData(true, null)]
    public void Entries_of_other_partners_are_sent_on_where_that_is_switched_on(bool isOn, GoneReason? expected) =>
        (Scope with { ExportsGiven = isOn }).Withholds(Jane with { Giver = "two" }, Table, hasWay: true).ShouldBe(expected);

    [Theory]
    [Trait("source", "Q163889")]
    [Trait("source", "Q152935")]
    [InlineData(20, 20, null)]
    [InlineData(21, 20, GoneReason.Trust)]
    [InlineData(100, 99, GoneReason.Trust)]
    [InlineData(0, 0, null)]
    public void An_entry_goes_out_when_its_trust_level_is_not_above_the_partners(int trust, int limit, GoneReason? expected) =>
        (Scope with { TrustLimit = limit }).Withholds(Jane with { Trust = trust }, Table, hasWay: true).ShouldBe(expected);

    [Theory]
    [Trait("source", "Q166154")]
    [Trait("source", "Q212773")]
    [InlineData("Recipients", null)]
    [InlineData("recipients/harbour", null)]
    [InlineData("Recipients/Harb", GoneReason.Scope)]
    [InlineData("Elsewhere", GoneReason.Scope)]
    public void Containers_are_whole_parts_of_a_path(string container, GoneReason? expected)
    {
        var scope = Scope with { Containers = [container] };

        scope.Withholds(Jane, Table, hasWay: true).ShouldBe(expected);
        scope.Missing(["Recipients/Harbour"]).Count.ShouldBe(expected is null ? 0 : 1);
    }

    [Fact]
    [Trait("source", "Q300458")]
    [Trait("source", "Q200062")]
    public void A_changed_trust_limit_sends_the_resulting_deletes_only()
    {
        Scope.TryRow(Jane, MsMail, Table, true, out var row, out _, out _).ShouldBeTrue();
        (Scope with { TrustLimit = 10 }).TryRow(Jane, MsMail, Table, true, out _, out var reason, out _).ShouldBeFalse();

        var changes = DirectoryComparison.Of([], [row.Ours()], Rules(MsMail), new Dictionary<string, GoneReason> { ["e1"] = reason });

        changes.Single().Sentence.ShouldBe("Doe, Jane (MS:HUB/SITE1/JDOE) is deleted: its trust level is above the partner's.");
    }

    [Fact]
    [Trait("source", "Q199534")]
    [Trait("source", "Q152924")]
    [Trait("source", "Q122751")]
    [Trait("source", "Q151518")]
    public void A_row_has_the_first_address_of_the_partners_type_and_no_entry_goes_without_a_way_or_an_address()
    {
        Scope.TryRow(Jane, MsMail, Table, hasWay: true, out var row, out _, out _).ShouldBeTrue();
        row.Address.ShouldBe("MS:HUB/SITE1/JDOE");

        Scope.TryRow(Jane, MsMail, Table, hasWay: false, out _, out var noWay, out _).ShouldBeFalse();
        noWay.ShouldBe(GoneReason.NoWay);

        Scope.TryRow(Jane with { Proxies = [] }, MsMail, Table, hasWay: true, out _, out var reason, out var fault).ShouldBeFalse();
        (reason, fault).ShouldBe((GoneReason.Unholdable, "Doe, Jane has no address of the type MS."));
    }

    [Fact]
    [Trait("source", "Q128872")]
    public void What_the_partner_cannot_hold_never_enters_what_is_sent_and_says_why()
    {
        Scope.TryRow(Jane with { Name = "日本" }, MsMail, Table, hasWay: true, out _, out var reason, out var fault).ShouldBeFalse();

        (reason, fault).ShouldBe((GoneReason.Unholdable, "No character of “日本” exists in code page 850."));
    }

    [Fact]
    [Trait("source", "Q149192")]
    public void The_native_address_is_sent_where_the_partner_takes_its_type()
    {
        (Scope with { AddressTypes = ["MS", "SMTP"], Values = [ValueNames.Phone] }).TryRow(Jane, MsMail, Table, true, out var row, out _, out _).ShouldBeTrue();

        row.Address.ShouldBe("jane@site1.example");
        row.Values.Text.ShouldBe("phone=1\n");
    }

    [Theory]
    [Trait("source", "Q153487")]
    [Trait("source", "Q146104")]
    [Trait("source", "Q219030")]
    [InlineData("* at SALES", "CCMAIL:Doe, Jane at SALES", true)]
    [InlineData("doe*at sales", "CCMAIL:Doe, Jane at SALES", true)]
    [InlineData("* at SALE", "CCMAIL:Doe, Jane at SALES", false)]
    [InlineData("*Jane*SALES", "CCMAIL:Doe, Jane at SALES", true)]
    [InlineData("Doe, Jane at SALES", "CCMAIL:Doe, Jane at SALES", true)]
    public void A_filter_is_for_what_comes_in(string pattern, string address, bool isTaken)
    {
        var ownership = new OwnershipTable([new("CCMAIL:SALES", "cc")], []);
        var scope = new ImportScope { Partner = "cc", Only = [pattern], Container = "All", Containers = new Dictionary<string, string> { ["CCMAIL:SALES"] = "Sales" } };
        var entry = new PartnerEntry { Name = "Doe, Jane", Address = MailAddress.Parse(address) };

        scope.Takes(entry, ownership, out var fault).ShouldBe(isTaken, fault);

        scope.ContainerOf(entry.Address).ShouldBe("Sales");
        (scope with { Only = [], Except = [pattern] }).Takes(entry, ownership, out _).ShouldBe(!isTaken);
    }

    [Fact]
    [Trait("source", "Q166581")]
    [Trait("source", "Q118459")]
    public void A_namesake_does_not_get_the_addresses_of_a_person_who_left_before_the_hold_off_is_over()
    {
        var gone = new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
        var former = new FormerAddress("JANE@SITE1.EXAMPLE", "entryUUID:1", HasStableIdentity: true, gone);

        HoldOff.Default.Withholds(former, "entryUUID:2", gone.AddDays(89)).ShouldBeTrue();
        HoldOff.Default.Withholds(former, "entryUUID:2", gone.AddDays(90)).ShouldBeFalse();
        HoldOff.Default.Withholds(former, "entryUUID:1", gone.AddDays(1)).ShouldBeFalse();
        HoldOff.Default.Withholds(former with { HasStableIdentity = false }, "entryUUID:1", gone.AddDays(1)).ShouldBeTrue();
    }
}
