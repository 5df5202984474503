using Postern.Domain.Routing;
using static Postern.Domain.Tests.Routing.TestNetwork;

namespace Postern.Domain.Tests.Routing;

/// <summary>Which ways a canary has to try.</summary>
[Trait("source", "Q199534")]
public sealed class UnprovenWayTests
{
    private static readonly Site[] Sites = [Site("SITE1"), Site("SITE2"), new("NAMELESS", ["nameless.example"], "", "", "")];
    private static readonly PostOffice[] Offices = [Direct("NET/HUB", "m"), Via("NET/LEAF", "NET/HUB"), Direct("SALES", "c"), Via("DEPOT", "SALES")];
    private static readonly Home[] Homes = [Backbone("SITE1", "CORP/SITE1"), Backbone("SITE2", "CORP/SITE2"), Backbone("SITE1", "SITE1")];

    [Fact]
    public void Every_name_that_a_post_office_needs_is_tried_there_near_ones_first_and_where_only_a_program_would_answer_none() =>
        Tried([]).ShouldBe(
            ["m NET/HUB from SITE1", "m NET/HUB from SITE2", "c DEPOT from SITE1", "m NET/LEAF from SITE1", "m NET/LEAF from SITE2"]);

    [Fact]
    public void A_way_is_tried_until_each_definition_on_it_is_confirmed_by_the_way_it_takes()
    {
        Knowledge[] rows =
        [
            Row("NET/HUB", "CORP/SITE1"), Row("NET/HUB", "NET/LEAF"), Row("NET/LEAF", "CORP/SITE1", "NET/HUB"), Row("NET/LEAF", "CORP/SITE2", "NET/HUB"),
            Row("NET/HUB", "CORP/SITE2", "CORP/SITE1", KnowledgeState.Stale), Row("DEPOT", "SITE1", "SALES", KnowledgeState.Issued), Row("SALES", "SITE1"), Row("SALES", "DEPOT"),
        ];

        Tried(rows).ShouldBe(["m NET/HUB from SITE2", "c DEPOT from SITE1", "m NET/LEAF from SITE2"], "LEAF's own row is there, and that of its hub is stale");
    }

    [Fact]
    public void Behind_other_connectors_and_where_no_way_leads_nothing_is_tried()
    {
        Tried([], "c").ShouldBe(["c DEPOT from SITE1"]);
        Tried([Row("NET/LEAF", "CORP/SITE2", "NET/GONE"), Row("NET/HUB", "CORP/SITE2", "NET/LEAF")], "m").ShouldNotContain("m NET/LEAF from SITE2", "its hub is defined nowhere");
    }

    private static string[] Tried(IReadOnlyList<Knowledge> knowledge, params string[] connectors)
    {
        var model = TestNetwork.Model(Sites, Offices, Homes, knowledge, ("m", "SITE1"), ("c", "SITE1"));
        var ways = UnprovenWay.Of(model, connectors.Length > 0 ? connectors.ToHashSet() : ["m", "c"]);
        ways.ShouldAllBe(way => way.Shadow == PostOffice.KeyOf(way.PostOffice.System, way.Site.NameIn(way.PostOffice.System)));
        return [.. ways.Select(way => $"{way.Connector} {way.PostOffice.Name} from {way.Site.Name}")];
    }
}
