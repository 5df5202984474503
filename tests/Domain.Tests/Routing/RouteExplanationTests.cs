using Postern.Domain.Addresses;
using Postern.Domain.Directory;
using Postern.Domain.Routing;
using static Postern.Domain.Tests.Routing.TestNetwork;

namespace Postern.Domain.Tests.Routing;

public sealed class RouteExplanationTests
{
    private static readonly Entry[] Entries =
    [
        Person("Ann", "ann@site2.example", "MS:CORP/SITE2/ANN"),
        Person("Dora", "MS:HARBOR/PIER2/DORA", "dora@site1.example", "CCMAIL:Bauer, Dora at SITE1"),
        Person("Jane", "CCMAIL:Doe, Jane at SALES", "jane@site1.example", "MS:CORP/SITE1/JANE"),
    ];

    [Fact]
    [Trait("source", "Q199534")]
    public void What_a_missing_row_does_is_said_where_it_would_happen()
    {
        var explanation = Explain("HARBOR/PIER2", "ann@site2.example", Row("HARBOR/PIER2", "CORP/SITE2", "HARBOR/PIER1"));

        explanation.There.Steps.ShouldBe(
        [
            "HARBOR/PIER2 reaches CORP/SITE2 indirect via HARBOR/PIER1, as is confirmed.",
            "HARBOR/PIER1 reaches CORP/SITE2 indirect via CORP/SITE1, as it must; without that row, MS Mail returns it as an unknown address [002].",
            "MS:CORP/SITE2/ANN is Ann in the directory, whose mailbox is ann@site2.example.",
            "The address space SMTP * (cost 1) of backbone covers it.",
        ]);
        explanation.There.Path.Select(hop => hop.Name).ShouldBe(["HARBOR/PIER2", "HARBOR/PIER1", "Postern", "backbone"]);
        explanation.Back!.Steps.ShouldBe(
        [
            "The answer comes to an address in a domain of ours.",
            "Postern hands it to HARBOR/PIER1.",
            "HARBOR/PIER1 reaches HARBOR/PIER2 direct, as it must; without that row, MS Mail returns it as an unknown address [002].",
        ]);
        (explanation.There.Arrives, explanation.Back.Arrives).ShouldBe((true, true));
    }

    [Fact]
    [Trait("source", "Q148389")]
    public void An_answer_across_the_systems_goes_by_the_name_under_which_the_sender_is_seen()
    {
        var explanation = Explain("HARBOR/PIER2", "MS:CORP/SITE1/JANE");

        explanation.There.Path.Select(hop => hop.Name).ShouldBe(["HARBOR/PIER2", "HARBOR/PIER1", "Postern", "SALES"]);
        explanation.Back!.Path.Select(hop => hop.Name).ShouldBe(["SALES", "Postern", "HARBOR/PIER1", "HARBOR/PIER2"]);
        explanation.Back.Steps[0].ShouldBe("SALES reaches SITE1 direct, as it must; without that row, the cc:Mail router returns it as “Message not deliverable”.");
    }

    [Fact]
    public void A_mail_that_is_lost_has_no_answer_and_names_what_mends_it()
    {
        var explanation = Explain("HARBOR/PIER2", "MS:CORP/SITE2/ANN", Row("HARBOR/PIER2", "CORP/SITE2", "HARBOR/GONE"));

        explanation.There.Steps.ShouldBe(["HARBOR/PIER2 hands mail for CORP/SITE2 to HARBOR/GONE, which is not defined, and MS Mail drops such mail without a report."]);
        (explanation.There.Fate, explanation.There.Fix, explanation.Back).ShouldBe((MailFate.LostSilently, new Definition("MS", "HARBOR/PIER2", "CORP/SITE2", "HARBOR/PIER1"), null));
    }

    [Theory]
    [InlineData("HARBOR/PIER2", "MS:FAR/AWAY/JOE", "HARBOR/PIER2 has no row for FAR/AWAY; MS Mail drops such mail without a report.", MailFate.LostSilently)]
    [InlineData("HARBOR/PIER2", "joe@far.example", "HARBOR/PIER2 cannot write to joe@far.example: the directory has no address of the type MS for it.", MailFate.NeverArrives)]
    [InlineData("HARBOR/PIER2", "MS:CORP/SITE2/NOBODY", "MS:CORP/SITE2/NOBODY is not in the directory, and SITE2 has no other mailboxes.", MailFate.Bounced)]
    [InlineData("", "MS:FAR/AWAY/JOE", "No route leads to FAR/AWAY: it is not defined and no address space covers it.", MailFate.Bounced)]
    public void Where_nothing_leads_is_said_last(string from, string address, string last, MailFate fate)
    {
        var there = Explain(from, address).There;

        (there.Steps[^1], there.Fate, there.Path[^1].State).ShouldBe((last, fate, HopState.Fails));
    }

    [Fact]
    public void Mail_from_the_backbone_is_answered_by_the_name_the_post_office_knows_us_by() =>
        Explain("", "dora@site1.example").Back!.Path.Select(hop => hop.Name).ShouldBe(["HARBOR/PIER2", "HARBOR/PIER1", "Postern"]);

    private static RouteExplanation Explain(string from, string address, params Knowledge[] rows)
    {
        var table = new RoutingTable(
            1, [Site("SITE1"), Site("SITE2")], [Direct("HARBOR/PIER1", "m"), Via("HARBOR/PIER2", "HARBOR/PIER1"), Direct("SALES", "c")], [new AddressSpace("SMTP", "*", 1, "backbone")],
            [new(1, "backbone", "smtp"), new(2, "m", "msmail"), new(3, "c", "ccmail")], new AddressBook(Entries));
        return RouteExplanation.Of(new RouteModel(table, Home.Of(Entries), rows), from.Length == 0 ? "" : Key(from), MailAddress.Parse(address));
    }

    private static Entry Person(string name, string native, params string[] proxies) =>
        new(1, name, EntryKind.Person, MailAddress.Parse(native), [.. proxies.Select(MailAddress.Parse)]);
}
