using Postern.Domain.Routing;
using static Postern.Domain.Tests.Routing.TestNetwork;

namespace Postern.Domain.Tests.Routing;

/// <summary>Two MS Mail post offices behind two sites: each definition of the recipe is needed, and the proof names the one that is missing.</summary>
[Trait("source", "Q148389")]
[Trait("source", "Q152167")]
public sealed class BackboneRecipeTests
{
    private static readonly Site[] Sites = [Site("SITEA"), Site("SITEB"), Site("SITEC")];
    private static readonly PostOffice[] PostOffices = [Direct("NET/PO1", "a"), Direct("NET/PO2", "b")];
    private static readonly Home[] Homes = [At("NET/PO1"), At("NET/PO2"), Backbone("SITEA", "CORP/SITEA"), Backbone("SITEB", "CORP/SITEB"), Backbone("SITEC", "CORP/SITEC", 23)];

    private static readonly Knowledge[] Recipe =
    [
        Row("NET/PO1", "CORP/SITEA"), Row("NET/PO1", "CORP/SITEB", "CORP/SITEA"), Row("NET/PO1", "CORP/SITEC", "CORP/SITEA"), Row("NET/PO1", "NET/PO2", "CORP/SITEA"),
        Row("NET/PO2", "CORP/SITEB"), Row("NET/PO2", "CORP/SITEA", "CORP/SITEB"), Row("NET/PO2", "CORP/SITEC", "CORP/SITEB"), Row("NET/PO2", "NET/PO1", "CORP/SITEB"),
    ];

    [Theory]
    [InlineData("NET/PO1", "CORP/SITEA")]
    [InlineData("NET/PO2", "CORP/SITEB")]
    public void What_a_post_office_must_know_is_the_recipe(string postOffice, string gate)
    {
        var required = new Requirements(Model([])).Of(Key(postOffice));

        required.ShouldAllBe(row => row.State == KnowledgeState.Required);
        required.Select(row => row.Definition).ShouldBe(Recipe.Select(row => row.Definition).Where(row => row.Owner == postOffice), ignoreOrder: true);
        required[0].Definition.ShouldBe(new Definition("MS", postOffice, gate, ""), "the hub is entered first (Q169328)");
    }

    [Fact]
    public void With_the_whole_recipe_confirmed_everybody_is_published_everywhere()
    {
        var publication = Publication.Of(Model(Recipe));

        (publication.Pairs, publication.WithheldPairs, publication.WithheldEntries).ShouldBe((8, 0, 0));
        StructureProof.Of(Model(Recipe)).Holds.ShouldBeTrue();
    }

    [Theory]
    [InlineData("NET/PO1", "CORP/SITEC", "NET/PO1 CORP/SITEC")]
    [InlineData("NET/PO1", "CORP/SITEA", "NET/PO1 CORP/SITEA")]
    [InlineData("NET/PO2", "CORP/SITEA", "NET/PO2 CORP/SITEA")]
    [InlineData("NET/PO1", "NET/PO2", "NET/PO1 NET/PO2", "NET/PO2 NET/PO1")]
    [InlineData("NET/PO2", "NET/PO1", "NET/PO1 NET/PO2", "NET/PO2 NET/PO1")]
    [Trait("source", "Q199534")]
    public void One_definition_left_out_withholds_what_it_breaks_and_is_named(string owner, string destination, params string[] withheld)
    {
        var left = Recipe.Single(row => row.Definition.Owner == owner && row.Definition.Destination == destination);

        var found = PostOffices.SelectMany(office => Publication.Of(Model([.. Recipe.Except([left])])).From(office.Key)).ToList();

        found.Select(one => $"{one.PostOffice} {one.Home.Face[3..]}").ShouldBe(withheld);
        found.ShouldAllBe(one => one.Missing.Single().Definition == left.Definition && one.Missing[0].State == KnowledgeState.Required);
    }

    [Fact]
    [Trait("source", "Q199534")]
    public void What_is_withheld_is_said_with_what_releases_it()
    {
        var withheld = Publication.Of(Model([.. Recipe.Where(row => row.Definition is not { Owner: "NET/PO1", Destination: "CORP/SITEC" })])).From(Key("NET/PO1")).ShouldHaveSingleItem();

        withheld.Sentence.ShouldBe("23 entries of CORP/SITEC are withheld from NET/PO1 until at NET/PO1: CORP/SITEC, indirect via CORP/SITEA is confirmed.");
    }

    [Theory]
    [InlineData(KnowledgeState.Required, true)]
    [InlineData(KnowledgeState.Issued, true)]
    [InlineData(KnowledgeState.Confirmed, false)]
    [InlineData(KnowledgeState.Stale, true)]
    public void Only_a_confirmed_definition_releases_what_waits_for_it(KnowledgeState state, bool isWithheld)
    {
        Knowledge[] rows = [.. Recipe.Where(row => row.Definition is not { Owner: "NET/PO1", Destination: "CORP/SITEC" }), Row("NET/PO1", "CORP/SITEC", "CORP/SITEA", state)];

        var withheld = Publication.Of(Model(rows)).From(Key("NET/PO1"));

        withheld.Count.ShouldBe(isWithheld ? 1 : 0);
        withheld.ShouldAllBe(one => one.Missing.Single().State == state);
        StructureProof.Of(Model(rows)).Holds.ShouldBeTrue("what a sheet can mend keeps nobody from saving");
    }

    [Fact]
    [Trait("source", "Q156545")]
    public void Where_somebody_moved_from_must_still_be_known_everywhere()
    {
        var moved = new Home("SMTP:sitea.example", "MS:OLDNET/OLDPO", 1, IsAlias: true);

        var required = new Requirements(Model([]) with { Homes = [.. Homes, moved] }).Of(Key("NET/PO2"));

        required.ShouldContain(row => row.Definition == new Definition("MS", "NET/PO2", "OLDNET/OLDPO", "CORP/SITEB"));
        Publication.Of(Model(Recipe) with { Homes = [.. Homes, moved] }).WithheldPairs.ShouldBe(0, "an old address is not what is published");
    }

    [Fact]
    [Trait("source", "Q152167")]
    public void The_gate_of_a_connector_decides_which_shadow_is_direct()
    {
        var model = Model([]) with { Gates = new Dictionary<string, string> { ["a"] = "SITEC" } };

        new Requirements(model).Of(Key("NET/PO1"))[0].Definition.Destination.ShouldBe("CORP/SITEC");
        new Requirements(model).Of(Key("NET/PO2"))[0].Definition.Destination.ShouldBe("CORP/SITEA", "the first site with such a name where nothing is said");
    }

    private static RouteModel Model(IReadOnlyList<Knowledge> knowledge) => TestNetwork.Model(Sites, PostOffices, Homes, knowledge, ("a", "SITEA"), ("b", "SITEB"));
}
