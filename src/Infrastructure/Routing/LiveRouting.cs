using Postern.Domain.Routing;

namespace Postern.Infrastructure.Routing;

public sealed class LiveRouting(RoutingTable table)
{
    public RoutingTable Current { get; } = table;

    public static LiveRouting Fixed(RoutingTable table) => new(table);
}
