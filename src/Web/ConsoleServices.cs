using Postern.Web.Live;
using Postern.Web.Security;
using Radzen;

namespace Postern.Web;

/// <summary>Registers the browser console. The composition root calls it in every process that serves pages.</summary>
public static class ConsoleServices
{
    /// <summary>Needs an <c>NpgsqlDataSource</c> and a <c>KeyFile</c> among the services.</summary>
    public static IServiceCollection AddConsole(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddRadzenComponents();
        services.AddHttpContextAccessor();
        services.AddConsoleSecurity();
        services.AddSingleton<StatusFeed>();
        services.AddScoped<PageClock>();
        services.AddScoped<Keyboard>();
        return services;
    }
}
