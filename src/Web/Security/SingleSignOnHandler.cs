using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.Identity;

namespace Postern.Web.Security;

/// <summary>Ties the shared framework's OAuth handler to the accounts of the console.</summary>
public static class SingleSignOnHandler
{
    /// <summary>Name of the scheme, and of the provider in the table of logins.</summary>
    public const string Scheme = "single sign-on";

    private const string CallbackPath = Urls.SingleSignOn + "/done";
    private const int LargestAnswer = 256 * 1024;

    internal static void AddSingleSignOn(this AuthenticationBuilder builder, SingleSignOn settings) => builder.AddOAuth(Scheme, options =>
    {
        options.AuthorizationEndpoint = settings.AuthorizationEndpoint.ToString();
        options.TokenEndpoint = settings.TokenEndpoint.ToString();
        options.UserInformationEndpoint = settings.UserInformationEndpoint.ToString();
        options.ClientId = settings.ClientId;
        options.ClientSecret = settings.ClientSecret;
        options.UsePkce = true;
        options.CallbackPath = CallbackPath;
        options.SignInScheme = IdentityConstants.ApplicationScheme;
        options.RemoteAuthenticationTimeout = TimeSpan.FromMinutes(10);
        options.BackchannelTimeout = TimeSpan.FromSeconds(20);
        // The answer of the authority is a top-level GET: Lax lets the cookie come back, and works without TLS on loopback.
        options.CorrelationCookie.SameSite = SameSiteMode.Lax;
        options.CorrelationCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.Scope.Clear();
        foreach (var scope in settings.Scopes)
        {
            options.Scope.Add(scope);
        }

        options.Events.OnCreatingTicket = context => ReadAsync(context, settings);
        options.Events.OnTicketReceived = LetInAsync;
        options.Events.OnRemoteFailure = context =>
        {
            context.HandleResponse();
            context.Response.Redirect(Urls.SignInRefused(SingleSignOnRefusal.Failed));
            return Task.CompletedTask;
        };
    });

    /// <summary>Adds the address that the button leads to.</summary>
    internal static void MapSingleSignOn(this IEndpointRouteBuilder app)
    {
        if (app.ServiceProvider.GetService<SingleSignOn>() is not null)
        {
            app.MapGet(Urls.SingleSignOn, (string? returnUrl) => Results.Challenge(new AuthenticationProperties { RedirectUri = Urls.Local(returnUrl) }, [Scheme]))
                .AllowAnonymous();
        }
    }

    private static async Task ReadAsync(OAuthCreatingTicketContext context, SingleSignOn settings)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, context.Options.UserInformationEndpoint);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", context.AccessToken);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        using var answer = await context.Backchannel.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.HttpContext.RequestAborted);
        answer.EnsureSuccessStatusCode();
        await answer.Content.LoadIntoBufferAsync(LargestAnswer, context.HttpContext.RequestAborted);
        using var claims = JsonDocument.Parse(await answer.Content.ReadAsStreamAsync(context.HttpContext.RequestAborted));
        Take(settings.SubjectClaim, ClaimTypes.NameIdentifier);
        Take(settings.NameClaim, ClaimTypes.Name);
        Take(settings.RolesClaim, ClaimTypes.Role);

        void Take(string name, string type)
        {
            if (claims.RootElement.ValueKind == JsonValueKind.Object && name.Length > 0 && claims.RootElement.TryGetProperty(name, out var value))
            {
                context.Identity!.AddClaims(Texts(value).Select(text => new Claim(type, text)));
            }
        }
    }

    private static async Task LetInAsync(TicketReceivedContext context)
    {
        context.HandleResponse();
        var person = context.Principal!;
        var accounts = context.HttpContext.RequestServices.GetRequiredService<SingleSignOnAccounts>();
        var (user, refusal) = await accounts.FindAsync(
            person.FindFirstValue(ClaimTypes.NameIdentifier) ?? "", person.FindFirstValue(ClaimTypes.Name) ?? "",
            [.. person.FindAll(ClaimTypes.Role).Select(claim => claim.Value)], context.HttpContext.RequestAborted);
        if (user is null)
        {
            context.Response.Redirect(Urls.SignInRefused(refusal));
            return;
        }

        var step = await context.HttpContext.RequestServices.GetRequiredService<SignInCheck>().ContinueAsync(user, SessionStart.BySingleSignOn);
        context.Response.Redirect(step == SignInStep.Code ? Urls.Code(context.ReturnUri) : Urls.Local(context.ReturnUri));
    }

    // A claim is a text, a number, or a list of them; a text of words with blanks between is how scopes are written.
    private static IEnumerable<string> Texts(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => [value.GetString()!],
        JsonValueKind.Number => [value.GetDecimal().ToString(CultureInfo.InvariantCulture)],
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Texts),
        _ => [],
    };
}
