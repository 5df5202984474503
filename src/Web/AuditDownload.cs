using System.Runtime.CompilerServices;
using Postern.Infrastructure.Audit;
using Postern.Web.Components.Audit;
using Postern.Web.Components.Shared;
using Postern.Web.Security;

namespace Postern.Web;

/// <summary>What the audit page shows, as a file for a spreadsheet.</summary>
public static class AuditDownload
{
    // Enough for a spreadsheet; the filter takes a part of a longer one.
    private const long Most = 1_000_000;

    /// <summary>Adds the address; it needs the right to manage people.</summary>
    public static void MapAuditDownload(this IEndpointRouteBuilder app) => app.MapGet(Urls.AuditFilePath, SendAsync).RequireAuthorization(Rights.ManagePeople);

    private static async Task SendAsync(HttpContext context, AuditView audit, CurrentOperator current)
    {
        var filter = AuditQuery.Parse(context.Request.QueryString.Value ?? "").Filter;
        await CsvFile.SendAsync(context, "audit", "row,at,who,what,target,reason,details", RowsAsync(audit, filter, await current.WhoAsync(context.User)));
    }

    private static async IAsyncEnumerable<string[]> RowsAsync(AuditView audit, AuditFilter filter, Operator who, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var row in audit.AllAsync(filter, who, Most, cancellationToken))
        {
            yield return CellsOf(row);
        }
    }

    internal static string[] CellsOf(AuditRow row) =>
    [
        CsvText.Cell(row.Place), CsvText.Cell(row.At), CsvText.Cell(row.Actor), CsvText.Cell(row.Verb), CsvText.Cell(row.Target), CsvText.Cell(row.Reason), CsvText.Cell(row.Details),
    ];
}
