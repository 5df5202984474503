using Postern.Domain.Routing;

namespace Postern.Infrastructure.Routing;

public sealed class LiveRouting
{
    public RoutingTable Current => RoutingTable.Empty;
}
