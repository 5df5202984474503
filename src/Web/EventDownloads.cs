using System.Globalization;
using System.Text;
using Postern.Infrastructure.Events;
using Postern.Web.Components.Events;
using Postern.Web.Components.Shared;
using Postern.Web.Security;

namespace Postern.Web;

/// <summary>Hands out the events of a view as a table for other programs.</summary>
public static class EventDownloads
{
    private const int MostRows = 100_000;
    private const int Piece = 1000;

    /// <summary>Adds the address; it needs an operator.</summary>
    public static void MapEventDownloads(this IEndpointRouteBuilder app) => app.MapGet(Urls.EventsCsvPath, CsvAsync).RequireAuthorization(Rights.Operator);

    private static async Task CsvAsync(HttpContext context, EventView events, TimeProvider clock)
    {
        var filter = (EventQuery.Parse(context.Request.QueryString.Value ?? "") with { Before = null }).ToFilter(clock.GetUtcNow());
        var headers = context.Response.Headers;
        headers.ContentType = "text/csv; charset=utf-8";
        headers.CacheControl = "private, no-store";
        headers.ContentDisposition = "attachment; filename=events.csv";
        // The mark at the start tells spreadsheets that it is UTF-8.
        await WriteAsync("\uFEFF" + CsvLine.Of("id", "at", "code", "severity", "connector", "text", "next step", "details"));
        for (var written = 0; written < MostRows; written += Piece)
        {
            var (rows, hasMore) = await events.PageAsync(filter, context.RequestAborted, Piece);
            foreach (var row in rows)
            {
                await WriteAsync(CsvLine.Of(
                    row.Id.ToString(CultureInfo.InvariantCulture), row.At.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                    row.Code.ToString(CultureInfo.InvariantCulture), row.Severity, row.Connector, row.Text, row.NextStep, row.Details));
            }

            if (!hasMore)
            {
                break;
            }

            filter = filter with { Before = rows[^1].Id };
        }

        Task WriteAsync(string text) => context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), context.RequestAborted).AsTask();
    }
}
