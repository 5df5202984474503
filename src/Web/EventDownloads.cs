using System.Runtime.CompilerServices;
using Postern.Infrastructure.Events;
using Postern.Web.Components.Events;
using Postern.Web.Components.Shared;
using Postern.Web.Security;

namespace Postern.Web;

/// <summary>What the events page shows, as a file for a spreadsheet.</summary>
public static class EventDownloads
{
    private const int MostRows = 100_000;
    private const int Piece = 1000;

    /// <summary>Adds the address; it needs an operator.</summary>
    public static void MapEventDownloads(this IEndpointRouteBuilder app) => app.MapGet(Urls.EventsCsvPath, SendAsync).RequireAuthorization(Rights.Operator);

    private static Task SendAsync(HttpContext context, EventView events, TimeProvider clock)
    {
        var filter = (EventQuery.Parse(context.Request.QueryString.Value ?? "") with { Before = null }).ToFilter(clock.GetUtcNow());
        return CsvFile.SendAsync(context, "events", "id,at,code,severity,connector,text,next step,details", RowsAsync(events, filter));
    }

    private static async IAsyncEnumerable<string[]> RowsAsync(EventView events, EventFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var written = 0; written < MostRows; written += Piece)
        {
            var (rows, hasMore) = await events.PageAsync(filter, cancellationToken, Piece);
            foreach (var row in rows)
            {
                yield return
                [
                    CsvText.Cell(row.Id), CsvText.Cell(row.At), CsvText.Cell(row.Code), CsvText.Cell(row.Severity), CsvText.Cell(row.Connector), CsvText.Cell(row.Text),
                    CsvText.Cell(row.NextStep), CsvText.Cell(row.Details),
                ];
            }

            if (!hasMore)
            {
                yield break;
            }

            filter = filter with { Before = rows[^1].Id };
        }
    }
}
