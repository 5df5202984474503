using Npgsql;
using Postern.Domain.Access;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Queue;

namespace Postern.Web.Api;

/// <summary>Something in a request that cannot be followed. The message is a sentence for whoever wrote the program.</summary>
/// <param name="status">The answer's status code.</param>
public sealed class ApiException(int status, string message) : Exception(message)
{
    public int Status => status;

    /// <summary>What was asked cannot be understood.</summary>
    public static ApiException Unclear(string message) => new(StatusCodes.Status400BadRequest, message);

    /// <summary>What was named does not exist.</summary>
    public static ApiException Missing(string message) => new(StatusCodes.Status404NotFound, message);

    /// <summary>It is not possible in the present state.</summary>
    public static ApiException Refused(string message) => new(StatusCodes.Status409Conflict, message);
}

/// <summary>Every failure below <c>/api</c> is a problem document (RFC 9457) with a sentence of ours: no page, no stack, no redirection.</summary>
public static partial class ApiProblems
{
    /// <summary>Path that the API and nothing else lies below.</summary>
    public const string Path = "/api";

    /// <summary>Stands before authentication, so that it sees every answer below <see cref="Path"/>.</summary>
    public static void UseApiProblems(this IApplicationBuilder app) =>
        app.UseWhen(context => context.Request.Path.StartsWithSegments(Path), branch => branch.Use(GuardAsync));

    /// <summary>Writes one.</summary>
    public static Task WriteAsync(HttpContext context, int status, string sentence)
    {
        context.Response.Headers.CacheControl = "no-store";
        return Results.Problem(sentence, statusCode: status).ExecuteAsync(context);
    }

    private static async Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        var logger = context.RequestServices.GetRequiredService<ILogger<ApiCaller>>();
        try
        {
            await next(context);
            if (!context.Response.HasStarted && context.Response is { StatusCode: >= 400, ContentLength: null, ContentType: null })
            {
                await WriteAsync(context, context.Response.StatusCode, Sentence(context));
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for the answer any more.
        }
        catch (Exception e) when (!context.Response.HasStarted && Known(e) is (var status, var sentence))
        {
            if (e is RightMissingException missing)
            {
                context.Response.Headers.WWWAuthenticate = $"Bearer realm=\"postern\", error=\"insufficient_scope\", scope=\"{ScopeOf(missing.Right)}\"";
            }

            await WriteAsync(context, status, sentence);
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            Log.Failed(logger, context.Request.Method, Shown(context), e);
            await WriteAsync(context, StatusCodes.Status500InternalServerError, "Postern failed at this request; the log says how. Nothing more is known to this answer.");
        }
    }

    private static (int Status, string Sentence)? Known(Exception failure) => failure switch
    {
        ApiException asked => (asked.Status, asked.Message),
        RightMissingException right => (StatusCodes.Status403Forbidden, right.Message),
        BadHttpRequestException bad => (bad.StatusCode, bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? "The request is larger than what is read here." : "The request cannot be read."),
        QueueViewTimeoutException slow => (StatusCodes.Status503ServiceUnavailable, slow.Message),
        PostgresException { SqlState: [_, _, ..] state } when state[..2] is not ("08" or "28" or "3D" or "53" or "57") => null,
        NpgsqlException => (StatusCodes.Status503ServiceUnavailable, "The database does not answer. Try again in a moment."),
        _ => null,
    };

    private static string Sentence(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => "There is nothing at this address. /openapi/v1.json lists what there is.",
        StatusCodes.Status405MethodNotAllowed => $"This address does not take {context.Request.Method}; it takes {context.Response.Headers.Allow}.",
        StatusCodes.Status415UnsupportedMediaType => "A request is JSON: Content-Type: application/json.",
        _ => "The request cannot be carried out.",
    };

    private static string ScopeOf(Right right) =>
        Enum.GetValues<KeyScope>().Where(scope => scope.ToRight() == right).Select(scope => scope.ToWord()).FirstOrDefault("");

    private static string Shown(HttpContext context) => Components.Shared.VisibleText.Of(context.Request.Path.Value);

    private static partial class Log
    {
        [LoggerMessage(7051, LogLevel.Error, "The API failed at {Method} {Path}")]
        public static partial void Failed(ILogger logger, string method, string path, Exception exception);
    }
}
