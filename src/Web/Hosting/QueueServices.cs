using Npgsql;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Quarantine;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Routing;
using Postern.Infrastructure.Smtp.Listening;

namespace Postern.Web.Hosting;

/// <summary>Registers what moves mail.</summary>
/// <remarks>
/// Hosted services stop in the reverse of this order: listeners first, so that nothing new comes in; then the connectors, which give back what
/// has not begun; then intake, dispatcher and, last, the recorder, which writes down what the others have finished.
/// </remarks>
public static class QueueServices
{
    public static IServiceCollection AddQueue(this IServiceCollection services, string hostName, string spoolFolder)
    {
        services.AddSingleton(new ListenerPlace(hostName, spoolFolder));
        services.AddSingleton(provider => new ContentStore(provider.GetRequiredService<NpgsqlDataSource>(), spoolFolder));
        services.AddSingleton(provider => new ReportComposer(
            provider.GetRequiredService<ContentStore>(), provider.GetRequiredService<LiveRouting>(), provider.GetRequiredService<TimeProvider>(), hostName));
        services.AddSingleton<FullStorage>();
        services.AddSingleton(provider => new StorageRoom(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<MailIdBlocks>();
        services.AddSingleton<ChunkStore>();
        services.AddSingleton<ReportOutbox>();
        services.AddSingleton<DeliveryRerouting>();
        services.AddSingleton<RouteFollowing>();
        services.AddSingleton(provider => new DeliveryClaims(provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<WorkerIdentity>())
        {
            Following = provider.GetRequiredService<RouteFollowing>(),
        });
        services.AddSingleton<DeliveryActions>();
        services.AddSingleton<QuarantineReplay>();
        services.AddSingleton<QueueOperations>();
        services.AddSingleton<RerouteForecaster>();
        services.AddSingleton<OperationUndo>();
        services.AddSingleton<InterruptedWork>();
        services.AddSingleton<PartitionKeeper>();
        services.AddSingleton<Books>();
        services.AddSingleton<Retention>();

        AddWorker<DeliveryRecorder>(services);
        AddWorker<ConnectorStatusBoard>(services);
        AddWorker<DeliveryDispatcher>(services);
        AddWorker<Intake>(services);
        AddWorker<ChangeNotifier>(services);
        AddWorker<LeaseReaper>(services);
        AddWorker<QueueKeeper>(services);
        AddWorker<OperationKeeper>(services);
        services.AddRoutes();
        AddWorker<RouteKeeper>(services);
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<AuditHeadKeeper>(provider, hostName, (AcceptMessage)provider.GetRequiredService<Intake>().AcceptAsync));
        services.AddHostedService(provider => provider.GetRequiredService<AuditHeadKeeper>());
        AddWorker<ConnectorSupervisor>(services);
        AddWorker<ListenerSupervisor>(services);
        return services;
    }

    private static void AddWorker<T>(IServiceCollection services)
        where T : class, IHostedService
    {
        services.AddSingleton<T>();
        services.AddHostedService(provider => provider.GetRequiredService<T>());
    }
}
