using Postern.Domain.Addresses;
using Postern.Domain.Directory;
using Postern.Domain.Routing;

namespace Postern.Domain.Tests.Routing;

public sealed class RoutingTableTests
{
    private static readonly Site Site1 = new("SITE1", ["site1.example", "bücher.example"], "SITE1", "NET", "SITE1");
    private static readonly Site Site2 = new("SITE2", ["site2.example"], "", "", "", UnknownRecipients.Forward);

    private static readonly RoutedConnector[] Connectors =
        [new(1, "backbone", "smtp"), new(2, "second", "smtp"), new(3, "sales", "ccmail"), new(4, "plant", "msmail")];

    private static readonly PostOffice[] PostOffices =
    [
        new("CCMAIL", "SALES", "sales", ""), new("CCMAIL", "PLANT2", "", "sales"), new("CCMAIL", "DEPOT", "", "Plant2"), new("MS", "NET/PO", "plant", ""),
    ];

    private static readonly AddressSpace[] Spaces = [new("SMTP", "*", 10, "backbone"), new("SMTP", "*", 20, "second")];

    private static readonly Entry[] Entries =
    [
        Person("Jane", "CCMAIL:Doe, Jane at SALES", "jane@site1.example", "jane.old@site1.example", "MS:NET/SITE1/JANE"),
        Person("Bob", "bob@partner.example", "bob@site1.example", "CCMAIL:Ray, Bob at SITE1", "CCMAIL:Ray, Bob at SALES"),
    ];

    [Theory]
    [InlineData("jane@site1.example")]
    [InlineData("JANE.old@Site1.Example")]
    [InlineData("CCMAIL:Jane Doe at sales")]
    [InlineData("MS:net/site1/jane")]
    public void Any_address_of_an_entry_leads_to_its_mailbox(string address)
    {
        var routed = Routed(address);

        (routed.Connector.Name, routed.Target.ToString(), routed.Destination, routed.IsOurs).ShouldBe(("sales", "CCMAIL:Doe, Jane at SALES", "SALES", true));
        routed.Explanation[0].ShouldContain("is Jane in the directory");
    }

    [Fact]
    [Trait("source", "Q246279")]
    [Trait("source", "Q121951")]
    public void Someone_who_moved_away_is_followed_from_the_old_address()
    {
        var routed = Routed("CCMAIL:Ray, Bob at SALES");

        (routed.Connector.Name, routed.Target.ToString(), routed.IsOurs).ShouldBe(("backbone", "bob@partner.example", true));
    }

    [Fact]
    [Trait("source", "Q114246")]
    public void A_site_that_has_another_name_still_takes_what_is_written_to_the_old_one_of_somebody_and_of_nobody_else()
    {
        Entry[] both = [Person("Jane", "CCMAIL:Doe, Jane at SALES", "jane@site1.example", "MS:NET/HARBOUR/JANE", "MS:NET/SITE1/JANE")];
        var renamed = new RoutingTable(1, [Site1 with { MsMailPostOffice = "HARBOUR" }], PostOffices, Spaces, Connectors, new AddressBook(both));

        foreach (var name in (string[])["MS:NET/HARBOUR/JANE", "MS:NET/SITE1/JANE"])
        {
            renamed.Resolve(MailAddress.Parse(name)).ShouldBeOfType<RouteDecision.Routed>(name).Target.ToString().ShouldBe("CCMAIL:Doe, Jane at SALES");
        }

        renamed.Resolve(MailAddress.Parse("MS:NET/SITE1/NOBODY")).ShouldBeOfType<RouteDecision.Unroutable>().Reason.ShouldBe("No route leads to NET/SITE1: it is not defined and no address space covers it.");
        // Whoever wrote to the old name must still know it, and the new one besides.
        var model = new RouteModel(renamed, Home.Of(both), []) { Gates = new Dictionary<string, string> { ["plant"] = "SITE1" } };
        new Requirements(model).Of("MS:NET/PO").Select(row => $"{row.Definition}").ShouldBe(["at NET/PO: NET/HARBOUR, direct", "at NET/PO: NET/SITE1, indirect via NET/HARBOUR"]);
    }

    [Theory]
    [InlineData("nobody@site1.example")]
    [InlineData("nobody@bücher.example")]
    [InlineData("nobody@xn--bcher-kva.example")]
    [InlineData("CCMAIL:Nobody at SITE1")]
    [InlineData("MS:NET/SITE1/NOBODY")]
    public void Our_own_name_without_an_entry_is_refused_at_once(string address)
    {
        var unroutable = Unroutable(address);

        unroutable.Status.ShouldBe("5.1.1");
        unroutable.Reason.ShouldBe(unroutable.Explanation[^1]);
        unroutable.Reason.ShouldContain("not in the directory");
    }

    [Fact]
    public void A_site_that_passes_unknown_recipients_on_takes_them_as_its_own()
    {
        var routed = Routed("nobody@site2.example");

        (routed.Connector.Name, routed.IsOurs).ShouldBe(("backbone", true));
    }

    [Fact]
    public void A_post_office_is_reached_through_all_its_hops()
    {
        var routed = Routed("CCMAIL:Anyone at Depot");

        (routed.Connector.Name, routed.Destination, routed.Target.ToString(), routed.IsOurs).ShouldBe(("sales", "SALES", "CCMAIL:Anyone at Depot", true));
        routed.Explanation.ShouldBe(
        [
            "DEPOT is reached via PLANT2.", "PLANT2 is reached via SALES.", "SALES is reached directly by sales.",
        ]);
    }

    [Theory]
    [Trait("source", "Q162841")]
    [InlineData("CCMAIL:Anyone at SALES2")]
    [InlineData("CCMAIL:Anyone at SALE")]
    [InlineData("CCMAIL:Anyone at WEST SALES")]
    [InlineData("MS:NET/PO2/X")]
    [InlineData("MS:NET/P/X")]
    [InlineData("MS:NE/PO/X")]
    public void A_name_that_begins_like_another_is_another(string address) => Unroutable(address).Status.ShouldBe("5.4.4");

    [Fact]
    [Trait("source", "Q199534")]
    public void A_post_office_nobody_has_defined_is_said_by_name() => Unroutable("CCMAIL:Anyone at NOWHERE").Reason.ShouldContain("NOWHERE");

    [Fact]
    public void A_way_in_a_circle_is_found_and_named()
    {
        var table = Table(postOffices: [new("CCMAIL", "A", "", "B"), new("CCMAIL", "B", "", "C"), new("CCMAIL", "C", "", "a")]);

        var unroutable = table.Resolve(MailAddress.Parse("CCMAIL:x at A")).ShouldBeOfType<RouteDecision.Unroutable>();

        unroutable.Status.ShouldBe("5.4.6");
        unroutable.Reason.ShouldContain("circle");
        unroutable.Explanation.Count.ShouldBeLessThan(6);
    }

    [Fact]
    public void A_way_may_have_as_many_hops_as_the_limit_and_no_more()
    {
        var chain = Enumerable.Range(1, RoutingTable.HopLimit + 1).Select(i => new PostOffice("CCMAIL", $"P{i}", "", $"P{i - 1}"));
        var table = Table(postOffices: [new("CCMAIL", "P0", "sales", ""), .. chain]);

        table.Resolve(MailAddress.Parse($"CCMAIL:x at P{RoutingTable.HopLimit}")).ShouldBeOfType<RouteDecision.Routed>().Destination.ShouldBe("P0");
        table.Resolve(MailAddress.Parse($"CCMAIL:x at P{RoutingTable.HopLimit + 1}")).ShouldBeOfType<RouteDecision.Unroutable>().Status.ShouldBe("5.4.6");
    }

    [Theory]
    [InlineData("via", "GONE", "not defined")]
    [InlineData("connector", "gone", "No connector")]
    public void A_way_that_ends_in_nothing_is_told(string how, string name, string expected)
    {
        var table = Table(postOffices: [how == "via" ? new PostOffice("CCMAIL", "A", "", name) : new PostOffice("CCMAIL", "A", name, "")]);

        table.Resolve(MailAddress.Parse("CCMAIL:x at A")).ShouldBeOfType<RouteDecision.Unroutable>().Reason.ShouldContain(expected);
    }

    [Theory]
    [InlineData("jane@a.partner.example", "second")]
    [InlineData("jane@partner.example", "backbone")]
    [InlineData("boss@a.partner.example", "backbone")]
    public void The_closest_space_wins_then_the_cheapest(string address, string connector)
    {
        var table = Table(spaces:
        [
            .. Spaces, new("SMTP", "*.partner.example", 90, "second"), new("SMTP", "boss@a.partner.example", 100, "backbone"),
        ]);

        table.Resolve(MailAddress.Parse(address)).ShouldBeOfType<RouteDecision.Routed>().Connector.Name.ShouldBe(connector);
    }

    [Fact]
    public void Equal_spaces_are_taken_by_name_whatever_their_order()
    {
        AddressSpace[] equal = [new("SMTP", "*", 5, "second"), new("SMTP", "*", 5, "backbone")];

        Table(spaces: equal).Resolve(MailAddress.Parse("x@y.example")).ShouldBeOfType<RouteDecision.Routed>().Connector.Name.ShouldBe("backbone");
        Table(spaces: [.. equal.Reverse()]).Resolve(MailAddress.Parse("x@y.example")).ShouldBeOfType<RouteDecision.Routed>().Connector.Name.ShouldBe("backbone");
    }

    [Fact]
    public void Raising_the_cost_never_makes_a_connector_win()
    {
        for (var cost = 1; cost <= 100; cost++)
        {
            var table = Table(spaces: [new("SMTP", "*", 50, "second"), new("SMTP", "*", cost, "backbone")]);

            table.Resolve(MailAddress.Parse("x@y.example")).ShouldBeOfType<RouteDecision.Routed>().Connector.Name.ShouldBe(cost <= 50 ? "backbone" : "second");
        }
    }

    [Fact]
    public void Mail_never_goes_back_by_the_connector_that_brought_it()
    {
        Routed("x@y.example", cameFrom: "Backbone").Connector.Name.ShouldBe("second");
        Table(spaces: [Spaces[0]]).Resolve(MailAddress.Parse("x@y.example"), "backbone").ShouldBeOfType<RouteDecision.Unroutable>().Status.ShouldBe("5.4.4");
    }

    [Fact]
    public void Unless_the_directory_says_that_the_mailbox_is_there() =>
        Routed("jane@site1.example", cameFrom: "sales").Connector.Name.ShouldBe("sales");

    [Fact]
    public void A_space_of_a_connector_that_is_gone_covers_nothing() =>
        Table(spaces: [new("SMTP", "*", 1, "gone")]).Resolve(MailAddress.Parse("x@y.example")).ShouldBeOfType<RouteDecision.Unroutable>();

    [Fact]
    public void What_only_passes_through_is_not_ours() => Routed("x@y.example").IsOurs.ShouldBeFalse();

    [Fact]
    public void The_empty_table_routes_nothing_and_says_why() =>
        RoutingTable.Empty.Resolve(MailAddress.Parse("x@y.example")).ShouldBeOfType<RouteDecision.Unroutable>().Reason.ShouldContain("y.example");

    private static RouteDecision.Routed Routed(string address, string? cameFrom = null) =>
        Table().Resolve(MailAddress.Parse(address), cameFrom).ShouldBeOfType<RouteDecision.Routed>();

    private static RouteDecision.Unroutable Unroutable(string address) =>
        Table().Resolve(MailAddress.Parse(address)).ShouldBeOfType<RouteDecision.Unroutable>();

    private static RoutingTable Table(IReadOnlyList<PostOffice>? postOffices = null, IReadOnlyList<AddressSpace>? spaces = null) =>
        new(7, [Site1, Site2], postOffices ?? PostOffices, spaces ?? Spaces, Connectors, new AddressBook(Entries));

    private static Entry Person(string name, string native, params string[] proxies) =>
        new(1, name, EntryKind.Person, MailAddress.Parse(native), [.. proxies.Select(MailAddress.Parse)]);
}
