using Postern.Domain.Directory;
using Postern.Domain.Routing;

namespace Postern.Domain.Tests.Routing;

/// <summary>Builds small networks in few words.</summary>
internal static class TestNetwork
{
    public static RouteModel Model(
        IReadOnlyList<Site> sites, IReadOnlyList<PostOffice> postOffices, IReadOnlyList<Home> homes, IReadOnlyList<Knowledge>? knowledge = null, params (string Connector, string Site)[] gates) =>
        new(Table(sites, postOffices), homes, knowledge ?? []) { Gates = gates.ToDictionary(gate => gate.Connector, gate => gate.Site) };

    public static RoutingTable Table(IReadOnlyList<Site> sites, IReadOnlyList<PostOffice> postOffices) => new(
        1, sites, postOffices, [new AddressSpace("SMTP", "*", 1, "backbone")],
        [new(1, "backbone", "smtp"), .. postOffices.Select(office => office.Connector).Where(name => name.Length > 0).Distinct().Select((name, i) => new RoutedConnector(i + 2, name, "msmail"))],
        AddressBook.Empty);

    /// <summary>A site with an MS Mail name in the network CORP and a cc:Mail name.</summary>
    public static Site Site(string name) => new(name, [$"{name.ToLowerInvariant()}.example"], name, "CORP", name);

    public static PostOffice Direct(string name, string connector) => new(SystemOf(name), name, connector, "");

    public static PostOffice Via(string name, string hub) => new(SystemOf(name), name, "", hub);

    /// <summary>People at a post office as their own system sees them.</summary>
    public static Home At(string name, long entries = 5) => new(PostOffice.KeyOf(SystemOf(name), name), PostOffice.KeyOf(SystemOf(name), name), entries);

    /// <summary>People of a site's domain as an old system sees them.</summary>
    public static Home Backbone(string site, string face, long entries = 5) => new($"SMTP:{site.ToLowerInvariant()}.example", PostOffice.KeyOf(SystemOf(face), face), entries);

    public static Knowledge Row(string owner, string destination, string via = "", KnowledgeState state = KnowledgeState.Confirmed) =>
        new(new Definition(SystemOf(owner), owner, destination, via), state);

    public static string Key(string name) => PostOffice.KeyOf(SystemOf(name), name);

    private static string SystemOf(string name) => name.Contains('/', StringComparison.Ordinal) ? "MS" : "CCMAIL";
}
