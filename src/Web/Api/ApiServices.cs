using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Postern.Infrastructure.Access;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Routing;

namespace Postern.Web.Api;

/// <summary>Registers what programs of others use.</summary>
public static class ApiServices
{
    /// <summary>Needs what <see cref="ConsoleServices"/> registers.</summary>
    public static IServiceCollection AddApi(this IServiceCollection services)
    {
        services.AddSingleton<ApiKeys>();
        services.AddSingleton<FailedKeys>();
        services.AddSingleton<ApiOperations>();
        services.AddSingleton<RequestedOperations>();
        services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, KeyAuthentication>(KeyAuthentication.Name, null);
        services.AddAuthorizationBuilder().AddPolicy(
            KeyAuthentication.Policy, policy => policy.AddAuthenticationSchemes(KeyAuthentication.Name).RequireAuthenticatedUser());
        services.AddSingleton<RecentBooks>();
        services.AddSingleton<DeliveryReader>();
        services.AddSingleton<MessageList>();
        services.AddSingleton<RoutingView>();
        services.AddApiDocument();
        services.ConfigureHttpJsonOptions(json =>
        {
            ApiJson.Set(json.SerializerOptions);
            // What peers wrote stays inert also where an answer is taken for a page: only plain letters leave unescaped.
            json.SerializerOptions.Encoder = JavaScriptEncoder.Default;
        });
        return services;
    }
}
