using Postern.Domain.Routing;
using static Postern.Domain.Tests.Routing.TestNetwork;

namespace Postern.Domain.Tests.Routing;

public sealed class StructureProofTests
{
    private static readonly Site[] Sites = [Site("SITE1"), Site("SITE2")];

    [Fact]
    public void A_tree_whose_rows_follow_from_the_model_holds() =>
        Prove([Direct("NET/HUB", "m"), Via("NET/LEAF", "NET/HUB"), Via("NET/TWIG", "NET/LEAF"), Direct("SALES", "c"), Via("DEPOT", "SALES")], []).CounterExamples.ShouldBeEmpty();

    [Fact]
    [Trait("source", "Q128627")]
    [Trait("source", "Q174238")]
    public void A_ring_is_drawn_and_ends_as_a_circular_route()
    {
        PostOffice[] ring = [Direct("NET/PO1", "m"), Direct("NET/PO2", "m"), Direct("NET/PO3", "m")];

        var circle = Prove(ring, [Row("NET/PO1", "NET/PO3", "NET/PO2"), Row("NET/PO2", "NET/PO3", "NET/PO1")]).CounterExamples.ShouldHaveSingleItem();

        (circle.Trouble, circle.Fate).ShouldBe((RouteTrouble.Circle, MailFate.ReturnedCircular));
        circle.Sentence.ShouldBe("Mail from NET/PO1 for NET/PO3 goes in a circle: NET/PO1, NET/PO2, NET/PO1; MS Mail returns it as a circular route [004].");
        circle.Path.ShouldBe([new("NET/PO1", HopState.Passed), new("NET/PO2", HopState.Passed), new("NET/PO1", HopState.Fails), new("NET/PO3", HopState.NotReached)]);
        circle.Senders.ShouldBe(["NET/PO1", "NET/PO2"], "what Postern itself sends to PO3 arrives");
        circle.Fix.ShouldBe(new Definition("MS", "NET/PO1", "NET/PO3", "CORP/SITE1"));
    }

    [Fact]
    [Trait("source", "Q148389")]
    public void Whoever_may_be_written_to_from_the_internet_needs_a_way_to_our_name_and_so_does_who_is_in_between()
    {
        PostOffice[] offices = [Direct("SALES", "c"), Via("DEPOT", "SALES"), Direct("NET/PIER1", "m")];
        var open = TestNetwork.Model(Sites, offices, [At("DEPOT"), At("NET/PIER1")]) with { IsWrittenToFromInternet = true };

        var requirements = new Requirements(open);
        requirements.Of(Key("DEPOT")).Select(row => $"{row.Definition}").ShouldContain("at DEPOT: SITE1, indirect via SALES");
        requirements.Of(Key("SALES")).Select(row => $"{row.Definition}").ShouldContain("at SALES: SITE1, direct");
        requirements.Of(Key("NET/PIER1")).Select(row => $"{row.Definition}").ShouldContain("at NET/PIER1: CORP/SITE1, direct");
        new Requirements(open with { IsWrittenToFromInternet = false }).Of(Key("SALES")).Select(row => $"{row.Definition}").ShouldBe(["at SALES: DEPOT, direct"]);
        StructureProof.Of(open).Holds.ShouldBeTrue();
    }

    [Fact]
    [Trait("source", "Q148389")]
    public void Where_no_site_has_a_name_in_a_system_nobody_there_can_answer_the_internet()
    {
        Site[] nameless = [new Site("SITE1", ["site1.example"], "", "", "")];
        var open = TestNetwork.Model(nameless, [Direct("SALES", "c"), Via("DEPOT", "SALES"), Direct("NET/PIER1", "m")], [At("DEPOT"), At("NET/PIER1")]) with { IsWrittenToFromInternet = true };

        var found = StructureProof.Of(open).CounterExamples;

        found.Select(example => (example.Trouble, example.Fate)).ShouldBe([(RouteTrouble.NoShadow, MailFate.ReturnedNotDeliverable), (RouteTrouble.NoShadow, MailFate.LostSilently)], ignoreOrder: true);
        found.ShouldContain(example => example.Sentence == "No site has a name by which SALES could know it, so nobody there can answer the internet; the cc:Mail router returns it as “Message not deliverable”.");
        found.Single(example => example.Fate == MailFate.ReturnedNotDeliverable).Senders.ShouldBe(["SALES", "DEPOT"], ignoreOrder: true);
        StructureProof.Of(open with { IsWrittenToFromInternet = false }).Holds.ShouldBeTrue();
    }

    [Fact]
    [Trait("source", "Q160534")]
    public void A_post_office_that_sends_back_what_we_hand_it_is_found_before_the_first_mail()
    {
        var circle = Prove([Direct("NET/HUB", "m"), Via("NET/LEAF", "NET/HUB")], [Row("NET/HUB", "NET/LEAF", "CORP/SITE1")]).CounterExamples.ShouldHaveSingleItem();

        circle.Sentence.ShouldBe("Mail from Postern for NET/LEAF goes in a circle: Postern, NET/HUB, Postern; MS Mail returns it as a circular route [004].");
        circle.Fix.ShouldBe(new Definition("MS", "NET/HUB", "NET/LEAF", ""));
    }

    [Fact]
    [Trait("source", "Q169328")]
    public void A_row_through_a_hub_that_is_not_defined_loses_mail_in_silence()
    {
        var lost = Prove([Direct("NET/PO1", "m"), Direct("NET/PO2", "m")], [Row("NET/PO1", "NET/PO2", "NET/GONE", KnowledgeState.Issued)]).CounterExamples.ShouldHaveSingleItem();

        (lost.Trouble, lost.Fate, lost.From, lost.To).ShouldBe((RouteTrouble.UndefinedHub, MailFate.LostSilently, "NET/PO1", "NET/PO2"));
        lost.Sentence.ShouldBe("NET/PO1 hands mail for NET/PO2 to NET/GONE, which is not defined, and MS Mail drops such mail without a report.");
        lost.Path.Select(hop => hop.Name).ShouldBe(["NET/PO1", "Postern", "NET/PO2"]);
        lost.Fix.ShouldBe(new Definition("MS", "NET/PO1", "NET/PO2", "CORP/SITE1"));
    }

    [Fact]
    public void In_passing_an_unknown_name_comes_back_as_unknown()
    {
        var returned = Prove([Direct("NET/HUB", "m"), Via("NET/LEAF", "NET/HUB")], [Row("NET/HUB", "NET/LEAF", "NET/GONE")]).CounterExamples.ShouldHaveSingleItem();

        (returned.From, returned.Fate).ShouldBe(("Postern", MailFate.ReturnedUnknown));
        returned.Senders.ShouldBe(["Postern", "NET/HUB"]);
    }

    [Fact]
    public void A_cc_mail_router_says_that_mail_is_not_deliverable() =>
        Prove([Direct("SALES", "c"), Via("DEPOT", "SALES")], [Row("DEPOT", "SITE2", "NOWHERE")], Backbone("SITE2", "SITE2")).CounterExamples.ShouldHaveSingleItem()
            .Sentence.ShouldBe("DEPOT hands mail for SITE2 to NOWHERE, which is not defined; the cc:Mail router returns it as “Message not deliverable”.");

    [Theory]
    [Trait("source", "Q201120")]
    [InlineData("NET/LEAF", "NET/GONE", "", "NET/LEAF is reached via NET/GONE, which is not defined; Postern returns mail for NET/LEAF with this reason.")]
    [InlineData("NET/LEAF", "NET/LEAF", "", "The way to NET/LEAF goes in a circle through NET/LEAF; Postern returns mail for NET/LEAF with this reason.")]
    [InlineData("NET/LEAF", "", "", "No connector leads to NET/LEAF; Postern returns mail for NET/LEAF with this reason.")]
    public void A_post_office_that_we_cannot_reach_is_told_once(string name, string via, string connector, string sentence)
    {
        var cutOff = Prove([Direct("NET/HUB", "m"), new PostOffice("MS", name, connector, via)], []).CounterExamples.ShouldHaveSingleItem();

        (cutOff.Trouble, cutOff.Sentence, cutOff.Fate).ShouldBe((RouteTrouble.NoWay, sentence, MailFate.Bounced));
    }

    [Fact]
    [Trait("source", "Q147471")]
    public void A_way_may_have_as_many_hops_as_ms_mail_allows_and_no_more()
    {
        Prove(Chain(RouteModel.MsMailHopLimit), []).Holds.ShouldBeTrue();

        var tooLong = Prove(Chain(RouteModel.MsMailHopLimit + 1), []).CounterExamples.Single(example => example.From == "Postern");

        (tooLong.Trouble, tooLong.Fate).ShouldBe((RouteTrouble.TooManyHops, MailFate.ReturnedTooManyHops));
        tooLong.Sentence.ShouldBe("The way from Postern to NET/P11 has 11 hops; 10 are allowed; MS Mail returns it with hop count exceeded [003].");
    }

    [Fact]
    [Trait("source", "Q244485")]
    public void A_limit_below_the_longest_way_is_told_with_the_post_office_that_stamps_it()
    {
        var model = Model(Chain(5), []) with { HopLimits = new Dictionary<string, int> { ["MS:NET/P5"] = 3 } };

        var found = StructureProof.Of(model).CounterExamples;

        found.ShouldAllBe(example => example.Trouble == RouteTrouble.TooManyHops && example.From == "NET/P5");
        found.Select(example => example.To).ShouldBe(["NET/P1", "CORP/SITE2"], ignoreOrder: true);
    }

    [Fact]
    public void Without_a_site_name_nobody_can_know_us_and_that_is_told_once()
    {
        var nameless = new Site("SITE1", ["site1.example"], "", "", "");
        var found = StructureProof.Of(TestNetwork.Model([nameless], [Direct("NET/PO1", "m"), Direct("NET/PO2", "m"), Direct("NET/PO3", "m")], [At("NET/PO1"), At("NET/PO2"), At("NET/PO3")]));

        found.CounterExamples.ShouldHaveSingleItem().Sentence.ShouldStartWith("No site has a name by which NET/PO");
    }

    [Fact]
    public void People_who_live_where_nothing_leads_are_told_with_their_number()
    {
        var lost = Prove([Direct("NET/PO1", "m")], [], new Home("CCMAIL:NOWHERE", "MS:CORP/SITE1", 7)).CounterExamples.ShouldHaveSingleItem();

        (lost.Trouble, lost.Entries).ShouldBe((RouteTrouble.NoRoute, 7));
        lost.Sentence.ShouldBe("7 entries at CCMAIL:NOWHERE cannot be reached. No route leads to NOWHERE: it is not defined and no address space covers it.");
    }

    [Fact]
    public void Nobody_on_the_internet_can_answer_a_house_without_a_domain()
    {
        var model = TestNetwork.Model([new Site("SITE1", [], "SITE1", "CORP", "SITE1")], [Direct("NET/PO1", "m")], [At("NET/PO1"), Backbone("SITE9", "CORP/SITE1")]);

        StructureProof.Of(model).CounterExamples.ShouldHaveSingleItem().Trouble.ShouldBe(RouteTrouble.NoDomain);
        Publication.Of(model).From(Key("NET/PO1")).Count.ShouldBe(1);
    }

    [Fact]
    public void An_edit_is_refused_only_for_what_the_active_table_does_not_have()
    {
        PostOffice[] offices = [Direct("NET/HUB", "m"), Via("NET/LEAF", "NET/HUB")];
        Knowledge[] broken = [Row("NET/HUB", "NET/LEAF", "NET/GONE")];
        var active = Prove(offices, broken);

        Prove(offices, broken).NewAgainst(active).ShouldBeEmpty();
        Prove([.. offices, Direct("NET/PO3", "m")], broken).NewAgainst(active).ShouldHaveSingleItem().Senders.ShouldContain("NET/PO3", "more mail fails for a cause that is known");
        Prove([.. offices, Via("NET/NEW", "NET/NONE")], broken).NewAgainst(active).ShouldHaveSingleItem().Cause.ShouldBe("NoWay|MS:NET/NEW|");
        Prove(offices, []).NewAgainst(active).ShouldBeEmpty("mending is never refused");
    }

    [Fact]
    public void Whoever_is_hidden_from_each_other_needs_no_way()
    {
        PostOffice[] offices = [Direct("NET/PO1", "m"), Direct("NET/PO2", "m")];
        var hidden = new HashSet<(string, string)> { (Key("NET/PO1"), Key("NET/PO2")), (Key("NET/PO2"), Key("NET/PO1")) };
        var model = Model(offices, [Row("NET/PO1", "NET/PO2", "NET/GONE")]) with { Hidden = hidden };

        StructureProof.Of(model).Holds.ShouldBeTrue();
        Publication.Of(model).Pairs.ShouldBe(2, "each sees SITE2 only");
        new Requirements(model).Of(Key("NET/PO1")).Select(row => row.Definition.Destination).ShouldBe(["CORP/SITE1", "CORP/SITE2"]);
    }

    [Fact]
    [Trait("source", "Q162841")]
    public void Names_that_begin_alike_are_two_places()
    {
        PostOffice[] offices = [Direct("NET/MEL227TRK", "m"), Direct("NET/MEL227TRK0", "m"), Direct("NET/PO3", "m")];
        var model = Model(offices, [Row("NET/PO3", "NET/MEL227TRK", "CORP/SITE1"), Row("NET/MEL227TRK", "NET/PO3", "CORP/SITE1"), Row("NET/PO3", "CORP/SITE2", "CORP/SITE1")]);

        StructureProof.Of(model).Holds.ShouldBeTrue();
        Publication.Of(model).From(Key("NET/PO3")).Select(one => one.Home.Face).ShouldBe(["MS:NET/MEL227TRK0"]);
    }

    private static PostOffice[] Chain(int length) => [Direct("NET/P1", "m"), .. Enumerable.Range(2, length - 1).Select(i => Via($"NET/P{i}", $"NET/P{i - 1}"))];

    private static StructureProof Prove(PostOffice[] offices, Knowledge[] knowledge, params Home[] homes) => StructureProof.Of(Model(offices, knowledge, homes));

    private static RouteModel Model(PostOffice[] offices, Knowledge[] knowledge, params Home[] homes) =>
        TestNetwork.Model(Sites, offices, [.. offices.Select(office => At(office.Name)), .. homes.Length > 0 ? homes : [Backbone("SITE2", "CORP/SITE2")]], knowledge);
}
