using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using Postern.Domain.Access;
using Postern.Infrastructure.Database;

namespace Postern.Web.Security;

/// <summary>Registers who may sign in, how a session is kept, and what it may open.</summary>
public static class ConsoleSecurity
{
    /// <summary>Needs an <see cref="NpgsqlDataSource"/> and a <see cref="KeyFile"/> among the services.</summary>
    /// <param name="signOn">Another system that says who people are; null for none.</param>
    public static IServiceCollection AddConsoleSecurity(this IServiceCollection services, SingleSignOn? signOn = null)
    {
        // A connection and not its source: EF Core makes its services and model anew for each source.
        services.AddDbContext<IdentityDatabase>((provider, options) =>
            options.UseNpgsql(provider.GetRequiredService<NpgsqlDataSource>().CreateConnection(), contextOwnsConnection: true));
        services.AddIdentityCore<PosternUser>(SetRules)
            .AddUserStore<ProtectedUserStore>()
            .AddTokenProvider<AuthenticatorTokenProvider<PosternUser>>(TokenOptions.DefaultAuthenticatorProvider)
            .AddClaimsPrincipalFactory<PosternUserClaims>()
            .AddSignInManager();
        services.AddScoped<SignInCheck>();
        services.AddScoped<PasswordChange>();
        services.AddScoped<SecondSteps>();
        services.AddScoped<OperatorAccounts>();
        services.AddScoped<CurrentOperator>();
        services.AddHttpContextAccessor();
        services.AddSingleton<Sessions>();
        services.AddScoped<SessionStart>();
        services.AddSingleton<PeopleActions>();
        services.AddSingleton<PeopleView>();
        services.AddScoped<IAuthorizationHandler, RightCheck>();
        services.AddScoped<AuthenticationStateProvider, SessionWatch>();
        services.AddCascadingAuthenticationState();
        var schemes = services.AddAuthentication(IdentityConstants.ApplicationScheme).AddCookie(IdentityConstants.ApplicationScheme, SetCookie)
            .AddCookie(IdentityConstants.TwoFactorUserIdScheme, SetCodeCookie);
        services.AddScoped<SingleSignOnAccounts>();
        if (signOn is not null)
        {
            services.AddSingleton(signOn);
            schemes.AddSingleSignOn(signOn);
        }

        services.AddAuthorizationBuilder()
            .AddPolicy(Rights.SignedIn, policy => policy.RequireAuthenticatedUser())
            .SetDefaultPolicy(Operator())
            .SetFallbackPolicy(Operator())
            .AddPolicy(Rights.Operator, Operator())
            .AddPolicy(Rights.View, policy => policy.RequireAuthenticatedUser().AddRequirements(new RightRequirement(Right.View)))
            .AddPolicy(Rights.ManagePeople, policy => policy.RequireAuthenticatedUser().AddRequirements(new RightRequirement(Right.ManagePeople)));
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
        .RequireAssertion(context => !context.User.HasClaim(c => c.Type is Rights.MustChangePassword or Rights.MustSetUpSecondStep))
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
        options.ExpireTimeSpan = Sessions.IdleLimit;
        options.SlidingExpiration = true;
        options.LoginPath = Urls.SignInPath;
        options.ReturnUrlParameter = "returnUrl";
        options.Events.OnValidatePrincipal = SessionStart.CheckAsync;
        options.Events.OnRedirectToAccessDenied = DenyAsync;
    }

    private static void SetCodeCookie(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = "postern-code";
        options.Cookie.Path = Urls.SignInPath;
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.ExpireTimeSpan = TimeSpan.FromMinutes(5);
        options.SlidingExpiration = false;
    }

    // What stands in the way of everything leads to where it is mended; the rest is a plain no.
    private static Task DenyAsync(RedirectContext<CookieAuthenticationOptions> context)
    {
        if (context.HttpContext.User.HasClaim(claim => claim.Type == Rights.MustChangePassword))
        {
            context.Response.Redirect(Urls.ChangePassword);
            return Task.CompletedTask;
        }

        if (context.HttpContext.User.HasClaim(claim => claim.Type == Rights.MustSetUpSecondStep))
        {
            context.Response.Redirect(Urls.SecondStep);
            return Task.CompletedTask;
        }

        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return context.Response.WriteAsync("This needs a role that you do not have. An administrator can give it.");
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
