using System.Globalization;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.Routing.Template;
using Postern.Domain.Access;

namespace Postern.Web.Api;

/// <summary>Puts the addresses of the API into the request pipeline.</summary>
public static partial class ApiEndpoints
{
    /// <summary>Beginning of every address of this version.</summary>
    public const string Root = "/api/v1";

    /// <summary>Adds them; each needs a key.</summary>
    public static void MapApi(this IEndpointRouteBuilder app)
    {
        var api = app.MapGroup(Root).RequireAuthorization(KeyAuthentication.Policy).AddEndpointFilter(CheckAsync);
        api.MapDeliveries();
        api.MapMessages();
        api.MapConnectors();
        api.MapConnectorActions();
        api.MapOperations();
        api.MapPlans();
        api.MapHouse();
        api.MapRoutes();
        api.MapRouteActions();
        // What is not there is not there for holders of a key; anybody else is asked for one first.
        app.Map(ApiProblems.Path + "/{**rest}", NothingHere).RequireAuthorization(KeyAuthentication.Policy).ExcludeFromDescription();
        app.MapOpenApi(Urls.ApiDocument.Replace("v1", "{documentName}", StringComparison.Ordinal)).AllowAnonymous();
    }

    /// <summary>Says what an address is for, what it takes and what it answers.</summary>
    internal static RouteHandlerBuilder Answers<T>(
        this RouteHandlerBuilder route, string tag, string summary, string description, IReadOnlyList<ApiParameter> parameters, params int[] failures)
    {
        route.WithTags(tag).WithSummary(summary).WithDescription(description).WithMetadata(new ApiParameters(parameters)).Produces<T>();
        return route.Fails(failures);
    }

    /// <summary>Says what it takes.</summary>
    internal static RouteHandlerBuilder Takes<T>(this RouteHandlerBuilder route, bool isNeeded = false) => route.WithMetadata(new ApiRequest(typeof(T), isNeeded));

    /// <summary>Says how it can fail, beyond what every address does.</summary>
    internal static RouteHandlerBuilder Fails(this RouteHandlerBuilder route, params int[] failures)
    {
        foreach (var status in failures.Concat([400, 401, 403, 429, 503]).Distinct().Order())
        {
            route.ProducesProblem(status);
        }

        return route;
    }

    // Looking asks for the right to look here; what changes something asks for its own where it is done.
    private static async ValueTask<object?> CheckAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var context = invocation.HttpContext;
        var caller = ApiCaller.Of(context);
        if (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
        {
            caller.Who().Demand(Right.View);
        }
        else
        {
            // The audit names the person; by which of their keys it came stands here.
            Log.Changes(
                context.RequestServices.GetRequiredService<ILogger<ApiCaller>>(), caller.Key.Person, caller.Key.Id, caller.Key.Name, context.Request.Method, context.Request.Path);
        }

        (context.GetEndpoint()?.Metadata.GetMetadata<ApiParameters>() ?? new ApiParameters([])).Check(context.Request.Query);
        context.Response.Headers.CacheControl = "no-store";
        return await next(invocation);
    }

    // The catch-all would swallow the difference between an address that is not there and a verb that it does not take.
    private static IResult NothingHere(HttpContext context, EndpointDataSource endpoints)
    {
        var methods = endpoints.Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<ApiParameters>() is not null && Matches(endpoint.RoutePattern, context.Request.Path))
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [])
            .Distinct().Order(StringComparer.Ordinal).ToList();
        if (methods.Count == 0)
        {
            return Results.NotFound();
        }

        context.Response.Headers.Allow = string.Join(", ", methods);
        return Results.StatusCode(StatusCodes.Status405MethodNotAllowed);
    }

    private static bool Matches(RoutePattern pattern, PathString path)
    {
        var values = new RouteValueDictionary();
        // The template alone takes any text where a number belongs.
        return new TemplateMatcher(new RouteTemplate(pattern), []).TryMatch(path, values)
            && pattern.ParameterPolicies.Where(policy => policy.Value.Any(p => p.Content == "long"))
                .All(policy => long.TryParse(values[policy.Key]?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out _));
    }

    private static partial class Log
    {
        [LoggerMessage(7053, LogLevel.Information, "{Person} asks with key {KeyId} “{KeyName}”: {Method} {Path}")]
        public static partial void Changes(ILogger logger, string person, long keyId, string keyName, string method, string path);
    }
}
