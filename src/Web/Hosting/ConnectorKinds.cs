using System.Text.Json;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Smtp.Sending;

namespace Postern.Web.Hosting;

/// <summary>The kinds of connectors this program has, each made from its settings.</summary>
public static class ConnectorKinds
{
    public static IServiceCollection AddConnectors(this IServiceCollection services, string hostName)
    {
        services.AddSingleton(provider => new ConnectorCatalog(new Dictionary<string, Func<ConnectorDefinition, BuiltConnector>>
        {
            ["smtp"] = definition => Smtp(provider, definition, hostName),
        }));
        return services;
    }

    private static BuiltConnector Smtp(IServiceProvider provider, ConnectorDefinition definition, string hostName)
    {
        var settings = Settings<SmtpConnectorSettings>(definition);
        var secrets = provider.GetRequiredService<SecretStore>();
        var connector = new SmtpConnector(
            definition.Name,
            settings,
            provider.GetRequiredService<ContentStore>(),
            hostName,
            () => secrets.GetAsync(settings.PasswordSecret, CancellationToken.None).GetAwaiter().GetResult() ?? "",
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SmtpConnector>>());
        return new BuiltConnector(connector, null, settings.Retry);
    }

    private static T Settings<T>(ConnectorDefinition definition)
        where T : class, new() =>
        JsonSerializer.Deserialize<T>(definition.Settings, JsonSerializerOptions.Web) ?? new T();
}
