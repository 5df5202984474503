using Postern.Domain.Addresses;
using Postern.Domain.Directory;
using Postern.Domain.Routing;

namespace Postern.Domain.Tests.Routing;

[Trait("source", "Q183588")]
public sealed class EncapsulatedRouteTests
{
    private static readonly RoutingTable Table = new(
        1,
        [new Site("SITE1", ["site1.example"], "SITE1", "NET", "SITE1")],
        [new PostOffice("CCMAIL", "SALES", "sales", "")],
        [new AddressSpace("SMTP", "*", 1, "backbone")],
        [new RoutedConnector(1, "backbone", "smtp"), new RoutedConnector(2, "sales", "ccmail")],
        new AddressBook(
        [
            new Entry(1, "Jane", EntryKind.Person, MailAddress.Parse("CCMAIL:Doe, Jane at SALES"), [MailAddress.Parse("jane@site1.example")]),
            new Entry(2, "Bob", EntryKind.Person, MailAddress.Parse("bob@partner.example"), [MailAddress.Parse("CCMAIL:Ray, Bob at SALES")]),
        ]));

    [Fact]
    public void A_reply_to_a_person_without_an_entry_goes_to_the_post_office()
    {
        var routed = Routed(Wrapped("CCMAIL:Roe, Rita at SALES"));

        (routed.Connector.Name, routed.Target.ToString(), routed.IsOurs).ShouldBe(("sales", "CCMAIL:Roe, Rita at SALES", true));
        routed.Explanation[0].ShouldContain("stands for CCMAIL:Roe, Rita at SALES");
    }

    [Fact]
    public void An_internet_person_written_at_our_site_goes_out_and_is_not_ours_to_relay()
    {
        var routed = Routed("CCMAIL:Pat pat@partner.example at SITE1", cameFrom: "sales");

        (routed.Connector.Name, routed.Target.ToString(), routed.IsOurs).ShouldBe(("backbone", "pat@partner.example", false));
    }

    [Fact]
    public void Nobody_relays_through_us_by_wrapping_an_address_twice()
    {
        var routed = Routed(Wrapped("CCMAIL:victim@elsewhere.example at SITE1"));

        (routed.Target.ToString(), routed.IsOurs).ShouldBe(("victim@elsewhere.example", false));
    }

    [Fact]
    public void A_colleague_written_as_an_internet_person_is_found_in_the_directory()
    {
        var routed = Routed("CCMAIL:jane@site1.example at SITE1", cameFrom: "sales");

        (routed.Connector.Name, routed.Target.ToString()).ShouldBe(("sales", "CCMAIL:Doe, Jane at SALES"));
    }

    [Fact]
    public void Someone_who_moved_away_is_followed_from_inside_an_old_reply_address() =>
        Routed(Wrapped("CCMAIL:Ray, Bob at SALES")).Target.ToString().ShouldBe("bob@partner.example");

    [Fact]
    public void A_stranger_in_our_own_domain_does_not_come_back_to_us_through_the_backbone() =>
        Unroutable("CCMAIL:nobody@site1.example at SITE1").Status.ShouldBe("5.1.1");

    [Fact]
    public void An_undefined_post_office_inside_is_refused_by_name() =>
        Unroutable(Wrapped("CCMAIL:Roe, Rita at NOWHERE")).Reason.ShouldContain("NOWHERE");

    [Fact]
    public void A_reply_address_inside_a_reply_address_is_opened_to_its_core()
    {
        var routed = Routed($"CCMAIL:{Wrapped("CCMAIL:Roe, Rita at SALES")} at SITE1");

        routed.Target.ToString().ShouldBe("CCMAIL:Roe, Rita at SALES");
    }

    [Fact]
    public void Nesting_without_end_ends()
    {
        var address = "CCMAIL:Nobody at SITE1";
        while (AddressEncapsulation.TryWrap(MailAddress.Parse(address), "site1.example", out var wrapped, out _))
        {
            address = $"CCMAIL:{wrapped} at SITE1";
        }

        Table.Resolve(MailAddress.Parse(address)).ShouldBeOfType<RouteDecision.Unroutable>();
    }

    private static string Wrapped(string inner) =>
        AddressEncapsulation.TryWrap(MailAddress.Parse(inner), "site1.example", out var address, out var fault) ? address.ToString() : throw new FormatException(fault);

    private static RouteDecision.Routed Routed(string address, string? cameFrom = null) =>
        Table.Resolve(MailAddress.Parse(address), cameFrom).ShouldBeOfType<RouteDecision.Routed>();

    private static RouteDecision.Unroutable Unroutable(string address) =>
        Table.Resolve(MailAddress.Parse(address)).ShouldBeOfType<RouteDecision.Unroutable>();
}
