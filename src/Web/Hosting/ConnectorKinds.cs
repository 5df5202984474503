using Npgsql;
using Postern.Domain.Queue;
using Postern.Infrastructure.CcMail;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.MsMail;
using Postern.Infrastructure.Quarantine;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Routing;
using Postern.Infrastructure.Smtp.Sending;

namespace Postern.Web.Hosting;

/// <summary>The kinds of connectors this program has, each made from its settings. A new kind is one line and one method here.</summary>
public static class ConnectorKinds
{
    public static IServiceCollection AddConnectors(this IServiceCollection services, string hostName)
    {
        services.AddSingleton<EventLog>();
        services.AddSingleton<ExternalProgram>();
        services.AddSingleton(provider => new ForeignRuns(
            provider.GetRequiredService<NpgsqlDataSource>(),
            provider.GetRequiredService<WorkerIdentity>().Node,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ForeignRuns>>()));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<ConnectorCopies>(
            provider, provider.GetRequiredService<DataFolder>().Sub("copies"), provider.GetRequiredService<WorkerIdentity>().Node));
        services.AddHostedService(provider => provider.GetRequiredService<ConnectorCopies>());
        services.AddSingleton(provider => new ConnectorCatalog(new Dictionary<string, Func<ConnectorDefinition, BuiltConnector>>
        {
            ["smtp"] = definition => Smtp(provider, definition, hostName),
            ["ccmail"] = definition => CcMail(provider, definition),
            ["msmail"] = definition => MsMail(provider, definition),
        }));
        services.AddSingleton(provider => new CcMailLinks(
            provider.GetRequiredService<NpgsqlDataSource>(), (definition, change) => Link(provider, definition, change)));
        services.AddSingleton(provider => new MsMailLinks(provider.GetRequiredService<NpgsqlDataSource>(), definition => MsMailLink(provider, definition)));
        services.AddSingleton<IReadOnlyList<IFolderKind>>(
            provider => [new CcMailFiles(provider.GetRequiredService<CcMailLinks>()), new MsMailFiles(provider.GetRequiredService<MsMailLinks>())]);
        services.AddSingleton<KeptFiles>();
        services.AddSingleton(provider => new SetAsideFiles(
            provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<IReadOnlyList<IFolderKind>>(), provider.GetRequiredService<Intake>().AcceptAsync));
        return services;
    }

    private static BuiltConnector Smtp(IServiceProvider provider, ConnectorDefinition definition, string hostName)
    {
        var settings = SettingsJson.Read<SmtpConnectorSettings>(definition.Settings);
        var routing = provider.GetRequiredService<LiveRouting>();
        var connector = new SmtpConnector(
            definition.Name,
            settings,
            provider.GetRequiredService<ContentStore>(),
            hostName,
            () => Secret(provider, settings.PasswordSecret),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SmtpConnector>>())
        {
            SenderFaceOf = sender => routing.Current.SmtpFaceOf(sender),
            Copies = (provider.GetRequiredService<ConnectorCopies>(), definition.Id),
        };
        return new BuiltConnector(connector, null, settings.Retry);
    }

    private static BuiltConnector CcMail(IServiceProvider provider, ConnectorDefinition definition)
    {
        var link = Link(provider, definition, settings => settings);
        AcceptMessage accept = provider.GetRequiredService<Intake>().AcceptAsync;
        var connector = new CcMailConnector(link, provider.GetRequiredService<ContentStore>(), accept);
        var pickup = new CcMailPickup(link, accept);
        return new BuiltConnector(connector, pickup, RetrySchedule.Default, connector.RecoverAsync);
    }

    private static BuiltConnector MsMail(IServiceProvider provider, ConnectorDefinition definition)
    {
        var link = MsMailLink(provider, definition);
        var connector = new MsMailConnector(link, provider.GetRequiredService<ContentStore>());
        var pickup = new MsMailPickup(link, provider.GetRequiredService<Intake>().AcceptAsync);
        return new BuiltConnector(connector, pickup, RetrySchedule.Default, connector.RecoverAsync);
    }

    private static MsMailLink MsMailLink(IServiceProvider provider, ConnectorDefinition definition)
    {
        var folder = provider.GetRequiredService<DataFolder>();
        var settings = SettingsJson.Read<MsMailConnectorSettings>(definition.Settings);
        if (settings.WorkFolder.Length == 0)
        {
            settings = settings with { WorkFolder = Path.Combine(folder.Sub("msmail"), definition.Name) };
        }

        var routing = provider.GetRequiredService<LiveRouting>();
        return new MsMailLink(
            definition.Id,
            definition.Name,
            settings,
            Secret(provider, settings.PasswordSecret),
            new MsMailHouse
            {
                LockFolder = folder.Sub("locks"),
                SpoolFolder = folder.Spool,
                Allowed = provider.GetRequiredService<AllowedPaths>(),
                Programs = provider.GetRequiredService<ExternalProgram>(),
                Runs = provider.GetRequiredService<ForeignRuns>(),
                Events = provider.GetRequiredService<EventLog>(),
                Database = provider.GetRequiredService<NpgsqlDataSource>(),
                Routes = () => routing.Current,
                HtmlToText = HtmlText.Of,
                Clock = provider.GetRequiredService<TimeProvider>(),
                Copies = provider.GetRequiredService<ConnectorCopies>(),
            });
    }

    private static CcMailLink Link(IServiceProvider provider, ConnectorDefinition definition, Func<CcMailConnectorSettings, CcMailConnectorSettings> change)
    {
        var folder = provider.GetRequiredService<DataFolder>();
        var settings = change(SettingsJson.Read<CcMailConnectorSettings>(definition.Settings));
        if (settings.WorkFolder.Length == 0)
        {
            settings = settings with { WorkFolder = Path.Combine(folder.Sub("ccmail"), definition.Name) };
        }

        var routing = provider.GetRequiredService<LiveRouting>();
        return new CcMailLink(
            definition.Id,
            definition.Name,
            settings,
            Secret(provider, settings.PasswordSecret),
            folder.Sub("locks"),
            folder.Spool,
            provider.GetRequiredService<AllowedPaths>(),
            provider.GetRequiredService<ExternalProgram>(),
            provider.GetRequiredService<ForeignRuns>(),
            provider.GetRequiredService<EventLog>(),
            provider.GetRequiredService<NpgsqlDataSource>(),
            () => routing.Current,
            HtmlText.Of,
            provider.GetRequiredService<TimeProvider>())
        {
            Copies = provider.GetRequiredService<ConnectorCopies>(),
        };
    }

    // Read when a connector is made or signs in, rarely, and by pages that look for its files: on another thread, because a window's must not wait for itself.
    private static string Secret(IServiceProvider provider, string name) => name.Length == 0
        ? ""
        : Task.Run(() => provider.GetRequiredService<SecretStore>().GetAsync(name, CancellationToken.None)).GetAwaiter().GetResult() ?? "";
}
