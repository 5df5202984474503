using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;
using Postern.Web.Api;
using Postern.Web.Components;
using Postern.Web.Security;

namespace Postern.Web;

/// <summary>Puts the console's pages, files and forms into the request pipeline.</summary>
public static class ConsoleEndpoints
{
    /// <summary>Adds headers, authentication, authorization, antiforgery and the endpoints. Endpoints of others that name no rights need an operator.</summary>
    public static WebApplication MapConsole(this WebApplication app)
    {
        app.UseConsoleHeaders();
        app.UseApiProblems();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.MapStaticAssets().AllowAnonymous();
        app.MapPost(Urls.SignOut, SignOutAsync).RequireAuthorization(Rights.SignedIn);
        app.MapSingleSignOn();
        app.MapMessageDownloads();
        app.MapQueueExport();
        app.MapApi();
        app.MapAuditDownload();
        app.MapCopyDownloads();
        app.MapEventDownloads();
        app.MapPlanDownloads();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null);
        app.MapFallback(NotFound);
        return app;
    }

    // A person who follows a broken link gets the console, whose router says so; a program gets the bare status.
    private static IResult NotFound(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal)
            ? new RazorComponentResult<App> { StatusCode = StatusCodes.Status404NotFound }
            : Results.NotFound();

    private static async Task<IResult> SignOutAsync(HttpContext context, IAntiforgery antiforgery, SessionStart session)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
        {
            return Results.BadRequest();
        }

        await session.EndAsync();
        return Results.Redirect(Urls.SignInPath);
    }
}
