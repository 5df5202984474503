using Postern.Domain.Routing;
using static Postern.Domain.Tests.Routing.TestNetwork;

namespace Postern.Domain.Tests.Routing;

/// <summary>What a mail that arrived, or a canary that came back, shows of old post offices' tables.</summary>
[Trait("source", "Q199534")]
public sealed class PassedRowsTests
{
    private static readonly Site[] Sites = [Site("SITE1"), Site("SITE2")];
    private static readonly PostOffice[] PostOffices = [Direct("HARBOR/PIER1", "pier"), Via("HARBOR/PIER2", "HARBOR/PIER1"), Direct("NET/PO9", "far")];

    [Fact]
    public void Mail_from_behind_a_hub_shows_its_own_row_and_the_one_of_the_hub()
    {
        Told(PassedRows.Of(Model(Sites, PostOffices, []), Key("HARBOR/PIER2"), Key("CORP/SITE1")))
            .ShouldBe(["at HARBOR/PIER2: CORP/SITE1, indirect via HARBOR/PIER1", "at HARBOR/PIER1: CORP/SITE1, direct"]);
    }

    [Fact]
    public void A_canary_shows_the_rows_down_to_the_post_office_and_those_back()
    {
        Told(PassedRows.ThereAndBack(Model(Sites, PostOffices, []), Key("HARBOR/PIER2"), Key("CORP/SITE2")))
            .ShouldBe(["at HARBOR/PIER1: HARBOR/PIER2, direct", "at HARBOR/PIER2: CORP/SITE2, indirect via HARBOR/PIER1", "at HARBOR/PIER1: CORP/SITE2, indirect via CORP/SITE1"]);
    }

    [Fact]
    public void Mail_that_Postern_passes_on_shows_nothing_of_the_far_side()
    {
        Told(PassedRows.Of(Model(Sites, PostOffices, []), Key("HARBOR/PIER1"), Key("NET/PO9"))).ShouldBe(["at HARBOR/PIER1: NET/PO9, indirect via CORP/SITE1"]);
    }

    [Fact]
    public void The_way_that_is_there_carried_it_and_not_the_one_that_is_wanted()
    {
        Knowledge[] rows = [Row("HARBOR/PIER2", "CORP/SITE1", "HARBOR/PIER1"), Row("HARBOR/PIER2", "CORP/SITE1", "", KnowledgeState.Issued)];

        PassedRows.Of(Model(Sites, PostOffices, [], rows), Key("HARBOR/PIER2"), Key("CORP/SITE1"))[0].ShouldBe(rows[0]);
    }

    [Fact]
    public void A_name_or_post_office_that_nobody_knows_shows_nothing()
    {
        PassedRows.Of(Model(Sites, PostOffices, []), Key("HARBOR/PIER8"), Key("CORP/SITE1")).ShouldBeEmpty();
        PassedRows.Of(Model(Sites, PostOffices, []), Key("HARBOR/PIER1"), Key("CORP/NOWHERE")).ShouldBeEmpty();
    }

    private static IEnumerable<string> Told(IEnumerable<Knowledge> rows) => rows.Select(row => row.Definition.ToString());
}
