using System.Globalization;
using System.Text;
using Postern.Domain.Queue;
using Postern.Infrastructure.Queue;
using Postern.Web.Components.Queue;
using Postern.Web.Components.Shared;
using Postern.Web.Security;

namespace Postern.Web;

/// <summary>What the queue page shows, as a file for a spreadsheet: the same filter and order, row by row as the database gives them.</summary>
public static class QueueExport
{
    /// <summary>Rows that one file holds at most.</summary>
    public const int MostRows = 100_000;

    private const int RowsAtATime = 2_000;

    private static readonly string[] Heads =
    [
        "id", "message", "state", "connector", "destination", "recipient", "sender", "subject", "size", "attempts", "accepted", "due", "finished", "status", "reason", "reply",
    ];

    /// <summary>Adds the address; it needs an operator.</summary>
    public static void MapQueueExport(this IEndpointRouteBuilder app) => app.MapGet(Urls.QueueFilePath, SendAsync).RequireAuthorization(Rights.Operator);

    internal static async Task SendAsync(HttpContext context, QueueView queue)
    {
        var query = QueueQuery.Parse(context.Request.QueryString.Value ?? "");
        var order = query.Order with { Cursor = "" };
        // Asked before the first byte: a question that fails is an error page, not half a file.
        var count = await queue.CountAsync(query.Filter, context.RequestAborted);
        var page = await queue.PageAsync(query.Filter, order, context.RequestAborted, RowsAtATime);
        var isCut = count.IsBounded || count.Deliveries > MostRows;
        var headers = context.Response.Headers;
        headers.ContentType = "text/csv; charset=utf-8";
        headers.ContentDisposition = string.Create(CultureInfo.InvariantCulture, $"attachment; filename={(isCut ? $"deliveries-first-{MostRows}" : "deliveries")}.csv");
        headers.CacheControl = "private, no-store";
        headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        // The mark at the beginning tells a spreadsheet that this is UTF-8.
        await WriteAsync(context, $"\ufeff{string.Join(',', Heads)}\r\n");
        var rows = 0;
        while (true)
        {
            await WriteAsync(context, Text(page.Rows.Take(MostRows - rows)));
            rows += page.Rows.Count;
            if (page.Next is null || rows >= MostRows)
            {
                return;
            }

            page = await queue.PageAsync(query.Filter, order with { Cursor = page.Next }, context.RequestAborted, RowsAtATime);
        }
    }

    internal static string Text(IEnumerable<DeliverySnapshot> rows)
    {
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            text.AppendJoin(',', Cells(row)).Append("\r\n");
        }

        return text.ToString();
    }

    private static IEnumerable<string> Cells(DeliverySnapshot row) =>
    [
        CsvText.Cell(row.Id), CsvText.Cell(row.MessageId), CsvText.Cell(row.State.ToSql()), CsvText.Cell(row.Connector), CsvText.Cell(row.Destination),
        CsvText.Cell(row.Recipient), CsvText.Cell(row.Sender), CsvText.Cell(row.Subject), CsvText.Cell(row.Size), CsvText.Cell(row.Attempts), CsvText.Cell(row.AcceptedAt),
        CsvText.Cell(row.DueAt), CsvText.Cell(row.FinishedAt), CsvText.Cell(row.Status), CsvText.Cell(row.Reason), CsvText.Cell(row.Reply),
    ];

    private static Task WriteAsync(HttpContext context, string text) => context.Response.WriteAsync(text, Encoding.UTF8, context.RequestAborted);
}
