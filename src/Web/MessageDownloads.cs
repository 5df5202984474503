using Microsoft.Net.Http.Headers;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Quarantine;
using Postern.Infrastructure.Queue;
using Postern.Web.Security;

namespace Postern.Web;

/// <summary>Hands out messages and their parts as files. Nothing of them is ever shown by the browser as a page of this console.</summary>
public static class MessageDownloads
{
    /// <summary>Adds the two addresses; both need the right to look.</summary>
    public static void MapMessageDownloads(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup(Urls.MessagePath + "/{id:long}").RequireAuthorization(Rights.View);
        group.MapGet("/raw", RawAsync);
        group.MapGet("/parts/{number:int}", PartAsync);
        group.MapGet("/versions/{version:long}", VersionAsync);
        group.MapGet("/runs/{run:long}", (long id, long run, string? name, MessageView messages, MessageTrace trace, HttpContext context) => RunAsync(id, run, name ?? "", isRefusal: false, messages, trace, context));
        group.MapGet("/refusals/{run:long}", (long id, long run, string? name, MessageView messages, MessageTrace trace, HttpContext context) => RunAsync(id, run, name ?? "", isRefusal: true, messages, trace, context));
        app.MapGet(Urls.QuarantinePath + "/files/{connector}", SetAsideAsync).RequireAuthorization(Rights.Operator);
    }

    /// <summary>Adds the address of copies that capture mode has kept.</summary>
    public static void MapCopyDownloads(this IEndpointRouteBuilder app) =>
        app.MapGet(Urls.Connectors + "/copies/{id:long}", CopyAsync).RequireAuthorization(Rights.Operator);

    private static async Task<IResult> CopyAsync(long id, CopyView copies, IServiceProvider services, HttpContext context) =>
        await copies.FindAsync(id, context.RequestAborted) is { } copy && services.GetService<ConnectorCopies>()?.PathOf(copy) is { } path
            ? await SendAsync(context, () => Task.FromResult<(string, MessageContent)?>((copy.Name, MessageContent.FromFile(path, new FileInfo(path).Length, deletesFile: false))))
            : Results.NotFound();

    private static async Task<IResult> RawAsync(long id, MessageView messages, MessageViewContent contents, HttpContext context)
    {
        if (await messages.RowAsync(id, context.RequestAborted) is not { } message)
        {
            return Results.NotFound();
        }

        return await SendAsync(context, async () => await contents.OpenAsync(message, context.RequestAborted) is { } bytes ? ($"message-{message.Id}.eml", bytes) : null);
    }

    private static async Task<IResult> PartAsync(long id, int number, MessageView messages, MessageViewContent contents, HttpContext context)
    {
        if (await messages.RowAsync(id, context.RequestAborted) is not { } message)
        {
            return Results.NotFound();
        }

        return await SendAsync(context, () => contents.PartAsync(message, number, context.RequestAborted));
    }

    private static async Task<IResult> VersionAsync(long id, long version, MessageView messages, MessageVersions versions, HttpContext context)
    {
        if (await messages.RowAsync(id, context.RequestAborted) is not { } message
            || (await versions.ListAsync(message, context.RequestAborted)).FirstOrDefault(found => found.Id == version) is not { } wanted)
        {
            return Results.NotFound();
        }

        return await SendAsync(context, async () => await versions.OpenAsync(wanted, context.RequestAborted) is { } bytes ? ($"message-{message.Id}-changed-{wanted.Id}.eml", bytes) : null);
    }

    // Only files of runs that the message went by: the address alone opens nothing.
    private static async Task<IResult> RunAsync(long id, long run, string name, bool isRefusal, MessageView messages, MessageTrace trace, HttpContext context)
    {
        if (context.RequestServices.GetService<KeptFiles>() is not { } files || await messages.FindAsync(id, context.RequestAborted) is not { } details
            || (await trace.FollowAsync(details.Message, details.Deliveries, context.RequestAborted)).Runs
                .FirstOrDefault(found => found.RunId == run && (isRefusal ? found.Refusals.Contains(name) : found.FileName == name)) is not { } wanted)
        {
            return Results.NotFound();
        }

        return await SendAsync(context, async () =>
        {
            var bytes = isRefusal
                ? await files.RefusalAsync(run, name, context.RequestAborted)
                : await files.OpenAsync(wanted.Connector, run, name, context.RequestAborted);
            return bytes is null ? null : (name.Length > 0 ? name : $"run-{run}.ccm", bytes);
        });
    }

    private static async Task<IResult> SetAsideAsync(string connector, string name, HttpContext context)
    {
        if (context.RequestServices.GetService<SetAsideFiles>() is not { } files)
        {
            return Results.NotFound();
        }

        return await SendAsync(context, async () => await files.OpenAsync(connector, name, context.RequestAborted) is { } bytes ? (name, bytes) : null);
    }

    private static async Task<IResult> SendAsync(HttpContext context, Func<Task<(string FileName, MessageContent Bytes)?>> open)
    {
        try
        {
            if (await open() is not { } file)
            {
                return Results.NotFound();
            }

            using (file.Bytes)
            {
                context.Response.Headers.CacheControl = "private, no-store";
                await WriteAsync(context, "application/octet-stream", file.FileName, file.Bytes);
            }

            return Results.Empty;
        }
        catch (ContentDamagedException e)
        {
            return Results.Problem($"{char.ToUpperInvariant(e.Message[0])}{e.Message[1..]}.", statusCode: StatusCodes.Status409Conflict);
        }
    }

    /// <summary>Writes the bytes as a file that no browser opens by itself.</summary>
    internal static async Task WriteAsync(HttpContext context, string type, string name, MessageContent bytes)
    {
        var headers = context.Response.Headers;
        headers.ContentType = type;
        headers.ContentLength = bytes.Length;
        headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(SafeName(name));
        headers.ContentDisposition = disposition.ToString();
        foreach (var piece in bytes.AsSequence())
        {
            await WriteAsync(context, piece);
        }
    }

    // In slices: a segment of a mapped file has up to 64 MB, and a slow reader must not have all of it buffered.
    private static async Task WriteAsync(HttpContext context, ReadOnlyMemory<byte> piece)
    {
        const int Slice = 64 * 1024;
        for (var at = 0; at < piece.Length; at += Slice)
        {
            await context.Response.Body.WriteAsync(piece.Slice(at, Math.Min(Slice, piece.Length - at)), context.RequestAborted);
        }
    }

    // What a sender named it, without what has a meaning to a shell, a file system or the direction of a line.
    internal static string SafeName(string name)
    {
        var clean = string.Concat(name.Select(c => char.IsControl(c) || char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.Format || "<>:\"/\\|?*".Contains(c, StringComparison.Ordinal) ? '_' : c)).Trim().TrimStart('.');
        return clean.Length is 0 ? "part.bin" : clean;
    }
}
