using Microsoft.Extensions.DependencyInjection.Extensions;
using Postern.Infrastructure.Dirsync;
using Postern.Infrastructure.Dirsync.Requestor;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Queue;

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

    /// <summary>Tells those who approve by mail that a plan waits.</summary>
    public static IServiceCollection AddApproverMail(this IServiceCollection services, string hostName, ServeOptions options)
    {
        services.TryAddSingleton<PlanStore>();
        services.AddHostedService(provider => ActivatorUtilities.CreateInstance<ApproverMail>(
            provider, (AcceptMessage)provider.GetRequiredService<Intake>().AcceptAsync, hostName, (Func<long, string>)(id => LinkTo(provider, options) + Urls.Plan(id))));
        return services;
    }

    // A port that was taken by chance is known once the console listens.
    private static string LinkTo(IServiceProvider provider, ServeOptions options) => options.ConsoleAddress.Length > 0
        ? options.ConsoleAddress.TrimEnd('/')
        : provider.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>().Features.Get<Microsoft.AspNetCore.Hosting.Server.Features.IServerAddressesFeature>()?.Addresses.FirstOrDefault()
            ?? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"http://127.0.0.1:{options.HttpPort}");
}
