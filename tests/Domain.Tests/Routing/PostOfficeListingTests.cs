using Postern.Domain.Routing;
using static Postern.Domain.Tests.Routing.TestNetwork;

namespace Postern.Domain.Tests.Routing;

public sealed class PostOfficeListingTests
{
    private static readonly PostOffice Pier1 = Direct("HARBOR/PIER1", "m");
    private static readonly PostOffice Sales = Direct("SALES", "c");

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\n")]
    [InlineData("\r")]
    public void An_ms_mail_table_is_read_line_by_line(string lineEnd)
    {
        var listing = PostOfficeListing.Read(Pier1, string.Join(lineEnd, "; of 28 Nov", "HARBOR/PIER2  direct via modem", "corp/site1\tDIRECT", "CORP/SITE2, indirect via CORP/SITE1", "", "# end"));

        listing.Faults.ShouldBeEmpty();
        listing.Definitions.ShouldBe([new("MS", "HARBOR/PIER1", "HARBOR/PIER2", ""), new("MS", "HARBOR/PIER1", "corp/site1", ""), new("MS", "HARBOR/PIER1", "CORP/SITE2", "CORP/SITE1")]);
    }

    [Fact]
    public void A_cc_mail_directory_gives_its_post_offices_and_nobody_else()
    {
        var listing = PostOfficeListing.Read(
            Sales, "Name: SITE1\nLocn: P\nAddr:\nCmts: made by us\n\nName: SITE2\nLocn: p\nAddr: SITE1 more\nCmts:\n\nName: Doe, Jane\nLocn: L\nAddr:\n\nName: Ray, Bob\nLocn: r\nAddr: SITE1 Ray, Bob\n");

        listing.Faults.ShouldBeEmpty();
        listing.Definitions.ShouldBe([new("CCMAIL", "SALES", "SITE1", ""), new("CCMAIL", "SALES", "SITE2", "SITE1")]);
    }

    [Theory]
    [InlineData("HARBOR/PIER1 direct", "Line 1: HARBOR/PIER1 cannot be external to itself.")]
    [InlineData("HARBOR/PIER2 by pigeon", "Line 1: “HARBOR/PIER2 by pigeon” is not a post office with “direct” or “indirect via”.")]
    [InlineData("HARBOR/PIER2 indirect via", "Line 1: “HARBOR/PIER2 indirect via” is not a post office with “direct” or “indirect via”.")]
    [InlineData("PIER2 direct", "Line 1: “PIER2” is not NETWORK/POSTOFFICE.")]
    public void A_line_that_cannot_be_read_is_named(string line, string fault)
    {
        var listing = PostOfficeListing.Read(Pier1, $"{line}\nHARBOR/PIER3 direct");

        listing.Faults.ShouldBe([fault]);
        listing.Definitions.ShouldHaveSingleItem().Destination.ShouldBe("HARBOR/PIER3", "the others count all the same");
    }

    [Fact]
    public void A_name_that_stands_there_twice_counts_once() =>
        PostOfficeListing.Read(Pier1, "HARBOR/PIER2 direct\nharbor/pier2 indirect via HARBOR/PIER3").Faults.ShouldBe(["Line 2: harbor/pier2 stands there twice; the first one counts."]);

    [Theory]
    [Trait("source", "Q112906")]
    [InlineData("")]
    [InlineData("no such table")]
    public void An_empty_table_and_one_that_cannot_be_read_change_nothing(string text)
    {
        var listing = PostOfficeListing.Read(Pier1, text);

        listing.Faults[^1].ShouldBe("The listing names no post office; nothing is taken from it.");
        var nothing = Reconciliation.Of(Model(Row("HARBOR/PIER1", "CORP/SITE2", "CORP/SITE1")), Pier1, listing);
        (nothing.Knowledge.Count, nothing.PostOffices.Count).ShouldBe((0, 0));
    }

    [Fact]
    public void A_listing_of_nonsense_names_some_of_it_and_ends()
    {
        var listing = PostOfficeListing.Read(Pier1, string.Join('\n', Enumerable.Repeat(new string('x', 5_000), 1_000)));

        listing.Faults.Count.ShouldBe(101);
        listing.Faults.ShouldAllBe(fault => fault.Length < 200);
    }

    [Fact]
    public void Each_add_and_each_remove_is_proposed_first()
    {
        var model = Model(
            Row("HARBOR/PIER1", "CORP/SITE1", "", KnowledgeState.Issued), Row("HARBOR/PIER1", "HARBOR/PIER2", "CORP/SITE1"), Row("HARBOR/PIER1", "CORP/SITE2", "CORP/SITE1"), Row("HARBOR/PIER2", "CORP/SITE2", "HARBOR/PIER1"));
        var listing = PostOfficeListing.Read(Pier1, "CORP/SITE1 direct\nHARBOR/PIER2 direct\nHARBOR/PIER7 direct");

        var proposed = Reconciliation.Of(model, Pier1, listing).Knowledge;

        proposed.Select(one => one.Sentence).ShouldBe(
        [
            "HARBOR/PIER1 has CORP/SITE1, direct, as the sheet asked.",
            "HARBOR/PIER1 has HARBOR/PIER2, direct, not indirect via CORP/SITE1.",
            "HARBOR/PIER1 also has HARBOR/PIER7, direct.",
            "HARBOR/PIER1 does not have CORP/SITE2, which was believed to be indirect via CORP/SITE1.",
        ]);
        Reconciliation.Apply(model.Knowledge, [proposed[0], proposed[3]]).ShouldBe(
        [
            Row("HARBOR/PIER1", "HARBOR/PIER2", "CORP/SITE1"), Row("HARBOR/PIER2", "CORP/SITE2", "HARBOR/PIER1"), Row("HARBOR/PIER1", "CORP/SITE1"),
            Row("HARBOR/PIER1", "CORP/SITE2", "CORP/SITE1", KnowledgeState.Required),
        ]);
    }

    [Fact]
    [Trait("source", "Q197182")]
    [Trait("source", "Q117199")]
    public void What_a_hub_knows_becomes_known_here_via_the_hub_whatever_line_it_uses()
    {
        var listing = PostOfficeListing.Read(Pier1, "HARBOR/PIER3 direct via modem\nHARBOR/PIER4 indirect via HARBOR/PIER3\nCORP/SITE1 direct\nFAR/AWAY indirect via CORP/SITE1\nSMTP/GATE direct");

        var proposed = Reconciliation.Of(Model(), Pier1, listing).PostOffices;

        proposed.ShouldBe(
        [
            new(true, Via("HARBOR/PIER3", "HARBOR/PIER1")), new(true, Via("HARBOR/PIER4", "HARBOR/PIER1")), new(false, Via("HARBOR/PIER2", "HARBOR/PIER1")),
        ]);
        proposed[0].Sentence.ShouldBe("HARBOR/PIER3 becomes known here, reached via HARBOR/PIER1.");
        proposed[2].Sentence.ShouldBe("HARBOR/PIER2 is no longer reached via HARBOR/PIER1.");
    }

    private static RouteModel Model(params Knowledge[] rows) =>
        TestNetwork.Model([Site("SITE1"), Site("SITE2")], [Pier1, Via("HARBOR/PIER2", "HARBOR/PIER1")], [Backbone("SITE2", "CORP/SITE2")], rows);
}
