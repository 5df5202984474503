using Microsoft.Extensions.DependencyInjection.Extensions;
using Postern.Infrastructure.Dirsync;
using Postern.Infrastructure.Dirsync.Requestor;
using Postern.Infrastructure.Events;

namespace Postern.Web.Hosting;

/// <summary>Registers directory synchronisation: partners of every kind, their cycles, plans and what is decided about them.</summary>
public static class DirsyncServices
{
    /// <summary>Needs an <c>NpgsqlDataSource</c>, a <c>TimeProvider</c> and <see cref="RoutingServices.AddRoutes"/> among the services; nothing of it runs by itself.</summary>
    public static IServiceCollection AddDirsync(this IServiceCollection services)
    {
        services.TryAddSingleton<EventLog>();
        services.TryAddSingleton<PartnerKinds>();
        services.TryAddSingleton<PartnerStore>();
        services.TryAddSingleton<OwnDirectory>();
        services.TryAddSingleton<PlanApply>();
        services.TryAddSingleton<CarryOutPlan>(provider => provider.GetRequiredService<PlanApply>().ContinueAsync);
        services.TryAddSingleton<DirsyncCycle>();
        services.TryAddSingleton<RequestorStatus>();
        return services;
    }

    /// <summary>Begins cycles by schedule and carries out what was approved.</summary>
    public static IServiceCollection AddDirsyncWork(this IServiceCollection services)
    {
        services.AddDirsync();
        services.AddHostedService<DirsyncWorker>();
        return services;
    }
}
