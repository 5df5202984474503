using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Dirsync;
using Postern.Infrastructure.Routing;
using Postern.Web.Hosting;
using Postern.Web.Security;

namespace Postern.Web.Cli;

/// <summary>The parts of the server that a verb needs, without the server: nothing of it runs.</summary>
internal static class VerbServices
{
    /// <summary>What acts on deliveries. Routing is that of this moment, because a report may have to find its way.</summary>
    public static async Task<ServiceProvider> ForQueueAsync(VerbDatabase database, CancellationToken cancellationToken)
    {
        var services = Common(database);
        services.AddSingleton(LiveRouting.Fixed((await new RoutingLoader(database.Source).LoadAsync(cancellationToken)).Table));
        return services.AddQueue(HostNames.Ours(), SpoolFolder(database)).BuildServiceProvider();
    }

    /// <summary>Routing as it is kept and changed. A server that runs lets waiting mail follow; else the next one that starts does.</summary>
    public static ServiceProvider ForRouting(VerbDatabase database)
    {
        var services = Common(database);
        services.AddSingleton(LiveRouting.Fixed(Domain.Routing.RoutingTable.Empty));
        return services.AddRoutes().BuildServiceProvider();
    }

    /// <summary>Partners, plans, and cycles that run within the verb. Folders outside of the data folder and programs are the server's.</summary>
    public static async Task<ServiceProvider> ForDirsyncAsync(VerbDatabase database, CancellationToken cancellationToken)
    {
        var services = Common(database);
        services.AddSingleton(LiveRouting.Fixed((await new RoutingLoader(database.Source).LoadAsync(cancellationToken)).Table));
        services.AddSingleton(_ => KeyFile.Open(DataFolder.KeyFileOf(database.DataFolder)));
        services.AddSingleton<SecretStore>();
        services.AddSingleton(new AllowedPaths([], [database.DataFolder]));
        services.AddSingleton(new DirsyncPlace(database.IsAlone));
        services.AddSingleton<PlanStore>();
        services.AddSingleton<PlanDecisions>();
        services.AddSingleton<PlanRevert>();
        services.AddRoutes().AddDirsync();
        return services.BuildServiceProvider();
    }

    /// <summary>What makes accounts.</summary>
    public static ServiceProvider ForAccounts(VerbDatabase database)
    {
        var services = Common(database);
        services.AddSingleton(_ => KeyFile.Open(DataFolder.KeyFileOf(database.DataFolder)));
        return services.AddConsoleSecurity().BuildServiceProvider();
    }

    private static ServiceCollection Common(VerbDatabase database)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(TimeProvider.System);
        // Made by a factory it would be disposed with the services; the verb owns it.
        services.AddSingleton(database.Source);
        return services;
    }

    // Where the database is one of your own, this machine need not have a data folder.
    private static string SpoolFolder(VerbDatabase database)
    {
        var spool = Path.Combine(database.DataFolder, "spool");
        return Directory.Exists(spool) ? spool : Path.GetTempPath();
    }
}
