using System.Text;

namespace Postern.Web;

/// <summary>A table as a file for a spreadsheet, sent row by row: it may be longer than memory.</summary>
internal static class CsvFile
{
    /// <summary>Sends the rows, whose cells <see cref="Components.Shared.CsvText"/> has made.</summary>
    public static async Task SendAsync(HttpContext context, string name, string heads, IAsyncEnumerable<string[]> rows)
    {
        // Asked before the first byte: a question that fails is an error page, not half a file.
        await using var row = rows.GetAsyncEnumerator(context.RequestAborted);
        var hasRow = await row.MoveNextAsync();
        var headers = context.Response.Headers;
        headers.ContentType = "text/csv; charset=utf-8";
        headers.ContentDisposition = $"attachment; filename={name}.csv";
        headers.CacheControl = "private, no-store";
        headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        // The mark at the beginning, which the encoding writes, tells a spreadsheet that this is UTF-8.
        await using var file = new StreamWriter(context.Response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), bufferSize: 32 * 1024);
        await file.WriteAsync($"{heads}\r\n");
        for (; hasRow; hasRow = await row.MoveNextAsync())
        {
            await file.WriteAsync($"{string.Join(',', row.Current)}\r\n");
        }
    }
}
