using Postern.Domain.Directory;
using Postern.Domain.Routing;

namespace Postern.Web.Tests.Components.Routing;

/// <summary>The harbour with two sites: PIER1 is reached directly, PIER2 via PIER1, SALES directly at cc:Mail.</summary>
internal static class ExampleRoutes
{
    public static readonly PostOffice Pier1 = new("MS", "HARBOR/PIER1", "msmail-harbor", "");
    public static readonly PostOffice Pier2 = new("MS", "HARBOR/PIER2", "", "HARBOR/PIER1");
    public static readonly PostOffice Sales = new("CCMAIL", "SALES", "ccmail-sales", "");

    public static readonly Site[] Sites =
    [
        new("SITE1", ["site1.example"], "SITE1", "HARBOR", "SITE1"),
        new("SITE2", ["site2.example"], "SITE2", "HARBOR", "SITE2"),
    ];

    /// <summary>23 people of SITE2 whom the post offices see, and 40 at PIER2.</summary>
    public static readonly Home[] Homes =
    [
        new("SMTP:site2.example", "MS:HARBOR/SITE2", 23),
        new("MS:HARBOR/PIER2", "MS:HARBOR/PIER2", 40),
    ];

    public static RouteModel Model(params Knowledge[] knowledge) => new(Table(Pier1, Pier2, Sales), Homes, knowledge) { IsWrittenToFromInternet = true };

    public static RoutingTable Table(params PostOffice[] offices) => new(
        41, Sites, offices, [new AddressSpace("SMTP", "*", 1, "backbone")],
        [new RoutedConnector(1, "backbone", "smtp"), new RoutedConnector(2, "msmail-harbor", "msmail"), new RoutedConnector(3, "ccmail-sales", "ccmail")], AddressBook.Empty);

    /// <summary>PIER2 wants to reach SITE2 through a post office that nobody has defined.</summary>
    public static Knowledge WrongWay { get; } = new(new Definition("MS", "HARBOR/PIER2", "HARBOR/SITE2", "HARBOR/GONE"), KnowledgeState.Required);
}
