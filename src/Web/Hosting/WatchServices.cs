using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Routing;
using Postern.Infrastructure.Watch;
using Postern.Infrastructure.Watch.Canaries;

namespace Postern.Web.Hosting;

/// <summary>Registers what looks for silence and tells of it. Everything it looks at is registered before.</summary>
public static class WatchServices
{
    public static IServiceCollection AddWatch(this IServiceCollection services, string hostName, string dataFolder, string spoolFolder)
    {
        services.AddSingleton(new WatchPlaces(dataFolder, spoolFolder));
        services.AddSingleton<AlertStore>();
        services.AddSingleton<AlertWebhooks>();
        services.AddSingleton(provider => new AlertMail(
            provider.GetRequiredService<Intake>().AcceptAsync, provider.GetRequiredService<LiveRouting>(), provider.GetRequiredService<TimeProvider>(), hostName));
        services.AddSingleton<CanaryConnector>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<CanaryKeeper>(provider, (AcceptMessage)provider.GetRequiredService<Intake>().AcceptAsync));
        services.AddHostedService(provider => provider.GetRequiredService<CanaryKeeper>());
        services.AddHostedService<Watchman>();
        services.AddHostedService<AlertSender>();
        services.AddHostedService<DelayNotices>();
        return services;
    }
}
