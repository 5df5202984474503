using Microsoft.Extensions.DependencyInjection.Extensions;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Dirsync;
using Postern.Infrastructure.Dirsync.Csv;
using Postern.Infrastructure.Dirsync.Requestor;
using Postern.Infrastructure.Entries;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Quarantine;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Routing;
using Postern.Infrastructure.Watch;
using Postern.Infrastructure.Watch.Canaries;
using Postern.Web.Api;
using Postern.Web.Components.Dirsync;
using Postern.Web.Components.Messages;
using Postern.Web.Components.Overview;
using Postern.Web.Components.Quarantine;
using Postern.Web.Components.Queue;
using Postern.Web.Components.Routing;
using Postern.Web.Hosting;
using Postern.Web.Live;
using Postern.Web.Security;
using Radzen;

namespace Postern.Web;

/// <summary>Registers the browser console. The composition root calls it in every process that serves pages.</summary>
public static class ConsoleServices
{
    /// <summary>Needs an <c>NpgsqlDataSource</c>, a <c>KeyFile</c>, a <c>TimeProvider</c>, <see cref="Books"/>, <see cref="ContentStore"/>, <see cref="QuarantineReplay"/>, <see cref="QueueOperations"/> and <see cref="OperationUndo"/> among the services.</summary>
    /// <param name="spoolFolder">Where large parts lie while they are downloaded; the one of the content store will do. Default: that of the system.</param>
    /// <param name="signOn">Another system that says who people are; null for none.</param>
    public static IServiceCollection AddConsole(this IServiceCollection services, string? spoolFolder = null, SingleSignOn? signOn = null)
    {
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddRadzenComponents();
        services.AddHttpContextAccessor();
        services.AddConsoleSecurity(signOn);
        services.AddApi();
        services.AddSingleton<StatusFeed>();
        services.AddScoped<PageClock>();
        services.AddScoped<Keyboard>();
        services.AddScoped<PageRights>();
        services.AddScoped<OperationRunner>();
        services.AddTransient<PendingAct>();
        services.AddSingleton<ChangeFeed>();
        services.AddHostedService(provider => provider.GetRequiredService<ChangeFeed>());
        services.AddSingleton<QueueFigures>();
        services.AddHostedService<StatusReader>();
        AddViews(services, spoolFolder ?? Path.GetTempPath());
        return services;
    }

    private static void AddViews(IServiceCollection services, string spoolFolder)
    {
        services.AddSingleton<QueueView>();
        services.AddSingleton<QueueViewTraffic>();
        services.AddSingleton<Throughput>();
        services.AddSingleton<BooksEvidence>();
        services.AddSingleton<CanaryView>();
        services.AddSingleton<QueueViewHouse>();
        services.AddSingleton<MessageView>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<MessageViewContent>(provider, spoolFolder));
        services.AddSingleton<ConnectorView>();
        services.AddSingleton<ConnectorCounterView>();
        services.AddSingleton(provider => new InboundFiles(provider.GetService<WatchPlaces>()?.DataFolder ?? "", provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ConnectorActions>();
        services.AddSingleton<EventView>();
        services.TryAddSingleton<EventLog>();
        services.AddSingleton<AuditView>();
        services.AddSingleton<AuditChain>();
        services.AddSingleton<AuditHeadRecipient>();
        services.TryAddSingleton(SettingsCatalog.Known);
        services.TryAddSingleton(AllowedPaths.None);
        services.TryAddSingleton<SecretStore>();
        services.AddSingleton<SecretNames>();
        services.AddSingleton<DirectoryView>();
        services.AddSingleton<DirectoryEdits>();
        services.AddSingleton<OldAddresses>();
        services.AddSingleton<CopyView>();
        services.AddSingleton<ConfigurationEdits>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<ConnectorChecks>(provider, Hosting.HostNames.Ours()));
        services.AddSingleton<AlertView>();
        services.AddSingleton<AlertActions>();
        services.AddSingleton<ConfigurationStore>();
        services.TryAddSingleton<RoutingLoader>();
        services.TryAddSingleton<LiveRouting>();
        services.AddRoutes();
        services.AddDirsync();
        services.AddSingleton<RouteScenes>();
        AddDirectories(services);
        services.AddSingleton<AlertSettingsStore>();
        services.AddSingleton<OverviewReader>();
        services.AddSingleton<SavedViews>();
        services.AddSingleton<QueueReader>();
        services.AddSingleton<MessageReader>();
        services.AddSingleton<MessageVersions>();
        services.AddSingleton<MessageTrace>();
        services.AddSingleton<QuarantineView>();
        services.AddSingleton<QuarantineReader>();
        services.AddScoped<SetAsideReader>();
    }

    private static void AddDirectories(IServiceCollection services)
    {
        services.TryAddSingleton<PlanStore>();
        services.TryAddSingleton<PlanDecisions>();
        services.TryAddSingleton<PlanRevert>();
        services.AddSingleton<PlanFigures>();
        services.AddSingleton<PlanReader>();
        services.TryAddSingleton<RequestorStatus>();
        services.TryAddSingleton<CsvSamples>();
    }
}
