using Microsoft.Extensions.DependencyInjection.Extensions;
using Postern.Infrastructure.CcMail;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Dirsync;
using Postern.Infrastructure.Dirsync.CcMail;
using Postern.Infrastructure.Dirsync.Csv;
using Postern.Infrastructure.Dirsync.Ldap;
using Postern.Infrastructure.Dirsync.MsMail;
using Postern.Infrastructure.Dirsync.Requestor;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.MsMail;
using Postern.Infrastructure.Queue;

namespace Postern.Web.Hosting;

/// <summary>Registers directory synchronisation: partners of every kind, their cycles, plans and what is decided about them.</summary>
public static class DirsyncServices
{
    /// <summary>Needs an <c>NpgsqlDataSource</c>, a <c>TimeProvider</c> and <see cref="RoutingServices.AddRoutes"/> among the services; nothing of it runs by itself.</summary>
    public static IServiceCollection AddDirsync(this IServiceCollection services)
    {
        services.TryAddSingleton<EventLog>();
        AddKinds(services);
        services.TryAddSingleton<PartnerStore>();
        services.TryAddSingleton<OwnDirectory>();
        services.TryAddSingleton<PlanApply>();
        services.TryAddSingleton<CarryOutPlan>(provider => provider.GetRequiredService<PlanApply>().ContinueAsync);
        services.TryAddSingleton<DirsyncCycle>();
        services.TryAddSingleton<RequestorStatus>();
        return services;
    }

    // A new kind of partner is one line here. Those of the old systems need their connectors, which a console by itself does not have.
    private static void AddKinds(IServiceCollection services)
    {
        services.TryAddSingleton(provider => new PartnerKinds(
        [
            // The key is asked for when a password is: whoever needs none needs no key.
            new LdapPartners((name, token) => provider.GetRequiredService<SecretStore>().GetAsync(name, token), provider.GetRequiredService<TimeProvider>()),
            ActivatorUtilities.CreateInstance<CsvPartners>(provider),
            .. provider.GetService<CcMailLinks>() is { } ccMail ? [new CcMailPartnerKind(ccMail)] : Array.Empty<IPartnerKind>(),
            .. provider.GetService<MsMailLinks>() is { } msMail
                ? [new MsMailPartnerKind(msMail), ActivatorUtilities.CreateInstance<RequestorKind>(provider, (AcceptMessage)provider.GetRequiredService<Intake>().AcceptAsync)]
                : Array.Empty<IPartnerKind>(),
        ]));
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
