using System.Globalization;
using System.Runtime.CompilerServices;
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

    /// <summary>Adds the address; it needs an operator.</summary>
    public static void MapQueueExport(this IEndpointRouteBuilder app) => app.MapGet(Urls.QueueFilePath, SendAsync).RequireAuthorization(Rights.Operator);

    internal static async Task SendAsync(HttpContext context, QueueView queue)
    {
        var query = QueueQuery.Parse(context.Request.QueryString.Value ?? "");
        var count = await queue.CountAsync(query.Filter, context.RequestAborted);
        var isCut = count.IsBounded || count.Deliveries > MostRows;
        await CsvFile.SendAsync(
            context,
            isCut ? string.Create(CultureInfo.InvariantCulture, $"deliveries-first-{MostRows}") : "deliveries",
            "id,message,state,connector,destination,recipient,sender,subject,size,attempts,accepted,due,finished,status,reason,reply",
            RowsAsync(queue, query));
    }

    private static async IAsyncEnumerable<string[]> RowsAsync(QueueView queue, QueueQuery query, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var cursor = "";
        for (var written = 0; written < MostRows; written += RowsAtATime)
        {
            var page = await queue.PageAsync(query.Filter, query.Order with { Cursor = cursor }, cancellationToken, RowsAtATime);
            foreach (var row in page.Rows)
            {
                yield return Cells(row);
            }

            if (page.Next is null)
            {
                yield break;
            }

            cursor = page.Next;
        }
    }

    private static string[] Cells(DeliverySnapshot row) =>
    [
        CsvText.Cell(row.Id), CsvText.Cell(row.MessageId), CsvText.Cell(row.State.ToSql()), CsvText.Cell(row.Connector), CsvText.Cell(row.Destination),
        CsvText.Cell(row.Recipient), CsvText.Cell(row.Sender), CsvText.Cell(row.Subject), CsvText.Cell(row.Size), CsvText.Cell(row.Attempts), CsvText.Cell(row.AcceptedAt),
        CsvText.Cell(row.DueAt), CsvText.Cell(row.FinishedAt), CsvText.Cell(row.Status), CsvText.Cell(row.Reason), CsvText.Cell(row.Reply),
    ];
}
