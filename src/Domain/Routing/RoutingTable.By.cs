using Postern.Domain.Addresses;

namespace Postern.Domain.Routing;

public sealed partial class RoutingTable
{
    /// <summary>How this connector would take mail for <paramref name="address"/>, because an operator says so and whatever the address spaces say.</summary>
    /// <returns>
    /// Routed to that connector, with the address that its system knows the person by; unroutable when it is not configured or its system has no
    /// address for the person.
    /// </returns>
    public RouteDecision ResolveBy(string connectorName, MailAddress address)
    {
        if (!connectors.TryGetValue(connectorName, out var connector))
        {
            return NoWay($"There is no connector {connectorName}.");
        }

        if (Resolve(address) is RouteDecision.Routed usual && usual.Connector == connector)
        {
            return usual;
        }

        var type = connector.Kind switch { "ccmail" => CcMailAddress.TypeName, "msmail" => MsMailAddress.TypeName, _ => SmtpAddress.TypeName };
        var target = Book.Find(address)?.AddressFor(type)
            ?? (address.Type == type ? address : type == SmtpAddress.TypeName ? SmtpFaceOf(address) : null);
        return target is null
            ? NoWay($"{address} has no address of the type {type}, the only one that {connector.Name} carries.")
            : new RouteDecision.Routed(
                connector, target, HopOf(connector, target), IsOurs: true, [$"An operator sends {address} by {connector.Name}, as {target}."]);
    }

    /// <summary>The site by whose name the post offices behind a connector know us; null when nothing is said, or it is nobody's.</summary>
    public Site? GateOf(RoutedConnector connector)
    {
        var known = NameKey.Fold(connector.KnownAs);
        return known.Length == 0 ? null : Sites.FirstOrDefault(
            site => known == NameKey.Fold(site.NameIn(CcMailAddress.TypeName)) || known == NameKey.Fold(site.NameIn(MsMailAddress.TypeName)));
    }

    // The post office that the connector reaches directly, where it has one: the unit its other mail waits for.
    private string HopOf(RoutedConnector connector, MailAddress target) =>
        PostOfficeOf(target) is { } own && own.Connector == connector.Name ? own.Name
        : ways.Values.Where(way => way.PostOffice.Connector == connector.Name).Select(way => way.PostOffice.Name).Order(StringComparer.Ordinal).FirstOrDefault() ?? connector.Name;

    private static RouteDecision.Unroutable NoWay(string reason) => new("5.4.4", reason, [reason]);
}
