using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Watch;
using Postern.Web.Components.Messages;
using Postern.Web.Components.Overview;
using Postern.Web.Components.Queue;
using Postern.Web.Live;
using Postern.Web.Security;
using Radzen;

namespace Postern.Web;

/// <summary>Registers the browser console. The composition root calls it in every process that serves pages.</summary>
public static class ConsoleServices
{
    /// <summary>Needs an <c>NpgsqlDataSource</c>, a <c>KeyFile</c>, a <c>TimeProvider</c>, <see cref="Books"/>, <see cref="ContentStore"/>, <see cref="QueueOperations"/> and <see cref="OperationUndo"/> among the services.</summary>
    /// <param name="spoolFolder">Where large parts lie while they are downloaded; the one of the content store will do. Default: that of the system.</param>
    public static IServiceCollection AddConsole(this IServiceCollection services, string? spoolFolder = null)
    {
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddRadzenComponents();
        services.AddHttpContextAccessor();
        services.AddConsoleSecurity();
        services.AddSingleton<StatusFeed>();
        services.AddScoped<PageClock>();
        services.AddScoped<Keyboard>();
        services.AddScoped<Operations>();
        services.AddSingleton<ChangeFeed>();
        services.AddHostedService(provider => provider.GetRequiredService<ChangeFeed>());
        services.AddHostedService<StatusReader>();
        AddViews(services, spoolFolder ?? Path.GetTempPath());
        return services;
    }

    private static void AddViews(IServiceCollection services, string spoolFolder)
    {
        services.AddSingleton<QueueView>();
        services.AddSingleton<QueueViewTraffic>();
        services.AddSingleton<QueueViewHouse>();
        services.AddSingleton<MessageView>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<MessageViewContent>(provider, spoolFolder));
        services.AddSingleton<ConnectorView>();
        services.AddSingleton<ConnectorActions>();
        services.AddSingleton<EventView>();
        services.AddSingleton<AlertView>();
        services.AddSingleton<AlertActions>();
        services.AddSingleton<ConfigurationStore>();
        services.AddSingleton<AlertSettingsStore>();
        services.AddSingleton<OverviewReader>();
        services.AddSingleton<QueueReader>();
        services.AddSingleton<MessageReader>();
    }
}
