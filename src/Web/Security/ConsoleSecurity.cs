using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using Postern.Infrastructure.Database;

namespace Postern.Web.Security;

/// <summary>Registers who may sign in, how a session is kept, and what it may open.</summary>
public static class ConsoleSecurity
{
    /// <summary>Needs an <see cref="NpgsqlDataSource"/> and a <see cref="KeyFile"/> among the services.</summary>
    public static IServiceCollection AddConsoleSecurity(this IServiceCollection services)
    {
        services.AddDbContext<IdentityDatabase>((provider, options) => options.UseNpgsql(provider.GetRequiredService<NpgsqlDataSource>()));
        services.AddIdentityCore<PosternUser>(SetRules)
            .AddEntityFrameworkStores<IdentityDatabase>()
            .AddClaimsPrincipalFactory<PosternUserClaims>()
            .AddSignInManager();
        services.AddScoped<SignInCheck>();
        services.AddScoped<PasswordChange>();
        services.AddScoped<OperatorAccounts>();
        services.AddScoped<CurrentOperator>();
        services.AddScoped<AuthenticationStateProvider, SessionWatch>();
        services.AddCascadingAuthenticationState();
        services.AddAuthentication(IdentityConstants.ApplicationScheme).AddCookie(IdentityConstants.ApplicationScheme, SetCookie);
        services.AddAuthorizationBuilder()
            .AddPolicy(Rights.SignedIn, policy => policy.RequireAuthenticatedUser())
            .SetDefaultPolicy(Operator())
            .SetFallbackPolicy(Operator())
            .AddPolicy(Rights.Operator, Operator());
        services.Configure<SecurityStampValidatorOptions>(options => options.ValidationInterval = TimeSpan.FromMinutes(1));
        services.AddAntiforgery(options =>
        {
            options.Cookie.Name = "postern-form";
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
        AddKeys(services);
        return services;
    }

    private static AuthorizationPolicy Operator() => new AuthorizationPolicyBuilder()
        .RequireAuthenticatedUser()
        .RequireAssertion(context => !context.User.HasClaim(c => c.Type == Rights.MustChangePassword))
        .Build();

    private static void SetRules(IdentityOptions options)
    {
        options.User.AllowedUserNameCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._@+";
        options.Lockout.MaxFailedAccessAttempts = 5;
        options.Lockout.DefaultLockoutTimeSpan = TimeSpan.FromMinutes(15);
        // Length is what helps; rules about kinds of characters only make people write passwords down (NIST SP 800-63B 5.1.1).
        options.Password.RequiredLength = PosternUser.ShortestPassword;
        options.Password.RequiredUniqueChars = 4;
        options.Password.RequireDigit = false;
        options.Password.RequireLowercase = false;
        options.Password.RequireUppercase = false;
        options.Password.RequireNonAlphanumeric = false;
    }

    private static void SetCookie(CookieAuthenticationOptions options)
    {
        // As strict as __Host-, but that prefix asks for TLS, which a console on loopback does not have.
        options.Cookie.Name = "postern-session";
        options.Cookie.Path = "/";
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.ExpireTimeSpan = TimeSpan.FromHours(10);
        options.SlidingExpiration = true;
        options.LoginPath = Urls.SignInPath;
        options.AccessDeniedPath = Urls.ChangePassword;
        options.ReturnUrlParameter = "returnUrl";
        options.Events.OnValidatePrincipal = SecurityStampValidator.ValidatePrincipalAsync;
    }

    private static void AddKeys(IServiceCollection services)
    {
        services.AddDataProtection().SetApplicationName("Postern");
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider => new ConfigureOptions<KeyManagementOptions>(options =>
        {
            options.XmlRepository = new DatabaseKeyRepository(provider.GetRequiredService<NpgsqlDataSource>());
            options.XmlEncryptor = new KeyFileXmlEncryptor(provider.GetRequiredService<KeyFile>());
        }));
    }
}
