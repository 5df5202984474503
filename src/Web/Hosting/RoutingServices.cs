using Microsoft.Extensions.DependencyInjection.Extensions;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Routing;

namespace Postern.Web.Hosting;

/// <summary>Registers routing as it is kept and changed: model, knowledge, change sheets, drafts, activations, what-if.</summary>
public static class RoutingServices
{
    /// <summary>Needs an <c>NpgsqlDataSource</c>, a <c>TimeProvider</c> and <see cref="LiveRouting"/> among the services; nothing of it runs by itself.</summary>
    public static IServiceCollection AddRoutes(this IServiceCollection services)
    {
        services.TryAddSingleton<RoutingLoader>();
        services.TryAddSingleton(SettingsCatalog.Known);
        services.TryAddSingleton<RouteModels>();
        services.TryAddSingleton<RouteKnowledge>();
        services.TryAddSingleton<ChangeSheets>();
        services.TryAddSingleton<PublicationGate>();
        services.TryAddSingleton<RouteDrafts>();
        services.TryAddSingleton<RouteActivations>();
        services.TryAddSingleton<RouteWhatIf>();
        services.TryAddSingleton<RouteTraffic>();
        return services;
    }
}
