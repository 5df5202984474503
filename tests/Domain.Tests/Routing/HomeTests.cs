using Postern.Domain.Addresses;
using Postern.Domain.Directory;
using Postern.Domain.Routing;

namespace Postern.Domain.Tests.Routing;

public sealed class HomeTests
{
    [Fact]
    public void Entries_are_counted_by_where_they_live_and_how_they_are_seen()
    {
        var homes = Home.Of(
        [
            Person("CCMAIL:Doe, Jane at SALES", "jane@site1.example", "MS:CORP/SITE1/JANE"),
            Person("CCMAIL:Ray, Bob at sales", "MS:corp/site1/BOB"),
            Person("liz@partner.example", "CCMAIL:Lee, Liz at SITE1"),
            Person("MS:NET/PO1/UWE"),
        ]);

        homes.ShouldBe(
        [
            new("CCMAIL:SALES", "CCMAIL:SALES", 2),
            new("SMTP:partner.example", "CCMAIL:SITE1", 1),
            new("CCMAIL:SALES", "MS:CORP/SITE1", 2),
            new("MS:NET/PO1", "MS:NET/PO1", 1),
        ]);
    }

    [Fact]
    [Trait("source", "Q156545")]
    public void The_address_of_somebody_who_moved_is_an_alias_and_not_what_is_published()
    {
        var homes = Home.Of([Person("jane@site1.example", "MS:CORP/SITE1/JANE", "MS:OLDNET/OLDPO/JDOE", "MS:CORP/SITE1/JANED")]);

        homes.ShouldBe([new("SMTP:site1.example", "MS:CORP/SITE1", 1), new("SMTP:site1.example", "MS:OLDNET/OLDPO", 1, IsAlias: true)]);
    }

    [Fact]
    [Trait("source", "Q164456")]
    public void Somebody_who_moved_is_looked_up_before_the_old_post_office_is()
    {
        var table = new RoutingTable(
            1, [TestNetwork.Site("SITE1")], [TestNetwork.Direct("OLDNET/OLDPO", "m")], [new AddressSpace("SMTP", "*", 1, "backbone")],
            [new(1, "backbone", "smtp"), new(2, "m", "msmail")], new AddressBook([Person("jane@far.example", "MS:OLDNET/OLDPO/JDOE")]));

        var moved = table.Resolve(MailAddress.Parse("MS:OLDNET/OLDPO/JDOE")).ShouldBeOfType<RouteDecision.Routed>();
        var stayed = table.Resolve(MailAddress.Parse("MS:OLDNET/OLDPO/UWE")).ShouldBeOfType<RouteDecision.Routed>();

        (moved.Connector.Name, moved.Target.ToString(), stayed.Connector.Name).ShouldBe(("backbone", "jane@far.example", "m"));
    }

    private static Entry Person(string native, params string[] proxies) =>
        new(1, "Somebody", EntryKind.Person, MailAddress.Parse(native), [.. proxies.Select(MailAddress.Parse)]);
}
