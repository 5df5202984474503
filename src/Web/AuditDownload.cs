using System.Globalization;
using System.Text;
using Postern.Infrastructure.Audit;
using Postern.Web.Components.Audit;
using Postern.Web.Components.Shared;
using Postern.Web.Security;

namespace Postern.Web;

/// <summary>The audit as a file for a spreadsheet, row by row: it may be longer than memory.</summary>
public static class AuditDownload
{
    // Enough for a spreadsheet; the filter takes a part of a longer one.
    private const long Most = 1_000_000;

    /// <summary>Adds the address; it needs the right to manage people.</summary>
    public static void MapAuditDownload(this IEndpointRouteBuilder app) => app.MapGet(Urls.AuditFilePath, SendAsync).RequireAuthorization(Rights.ManagePeople);

    private static async Task SendAsync(HttpContext context, AuditView audit, CurrentOperator current)
    {
        var filter = AuditQuery.Parse(context.Request.QueryString.Value ?? "").Filter;
        var who = await current.WhoAsync(context.User);
        var headers = context.Response.Headers;
        headers.ContentType = "text/csv; charset=utf-8";
        headers.CacheControl = "private, no-store";
        headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        headers.ContentDisposition = "attachment; filename=audit.csv";
        await using var file = new StreamWriter(context.Response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        await file.WriteAsync("row,at,who,what,target,reason,details\r\n");
        await foreach (var row in audit.AllAsync(filter, who, Most, context.RequestAborted))
        {
            await file.WriteAsync(LineOf(row));
        }
    }

    internal static string LineOf(AuditRow row) => string.Join(
        ',',
        row.Place.ToString(CultureInfo.InvariantCulture),
        row.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        Cell(row.Actor), Cell(row.Verb), Cell(row.Target), Cell(row.Reason), Cell(row.Details ?? "")) + "\r\n";

    // A spreadsheet takes a cell that begins so for a formula and may run it; an apostrophe in front makes it a text. Control characters become marks.
    internal static string Cell(string text)
    {
        var visible = VisibleText.Of(text, int.MaxValue);
        var isFormula = visible.TrimStart() is ['=' or '+' or '-' or '@' or '|' or '%' or '＝' or '＋' or '－' or '＠', ..];
        return $"\"{(isFormula ? "'" : "")}{visible.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
