using Microsoft.Net.Http.Headers;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Queue;
using Postern.Web.Security;

namespace Postern.Web;

/// <summary>Hands out messages and their parts as files. Nothing of them is ever shown by the browser as a page of this console.</summary>
public static class MessageDownloads
{
    /// <summary>Adds the two addresses; both need an operator.</summary>
    public static void MapMessageDownloads(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup(Urls.MessagePath + "/{id:long}").RequireAuthorization(Rights.Operator);
        group.MapGet("/raw", RawAsync);
        group.MapGet("/parts/{number:int}", PartAsync);
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
                var headers = context.Response.Headers;
                headers.ContentType = "application/octet-stream";
                headers.ContentLength = file.Bytes.Length;
                headers.CacheControl = "private, no-store";
                headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
                var disposition = new ContentDispositionHeaderValue("attachment");
                disposition.SetHttpFileName(SafeName(file.FileName));
                headers.ContentDisposition = disposition.ToString();
                foreach (var piece in file.Bytes.AsSequence())
                {
                    await WriteAsync(context, piece);
                }
            }

            return Results.Empty;
        }
        catch (ContentDamagedException e)
        {
            return Results.Problem($"{char.ToUpperInvariant(e.Message[0])}{e.Message[1..]}.", statusCode: StatusCodes.Status409Conflict);
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
