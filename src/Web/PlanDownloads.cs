using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Postern.Domain.Directory.Rows;
using Postern.Infrastructure.Dirsync;
using Postern.Web.Api;
using Postern.Web.Components.Shared;
using Postern.Web.Security;

namespace Postern.Web;

/// <summary>A plan with all its rows as a file: for a spreadsheet, or for a program.</summary>
public static class PlanDownloads
{
    private const string Heads =
        "row,class,name,address,new name,new address,changed,source,rule,queued mail,verdict,approved by,edited by,outcome,reason";

    private const int Page = 1_000;

    private static readonly JsonSerializerOptions Json = Made();

    /// <summary>Adds the addresses; whoever may look may have them.</summary>
    public static void MapPlanDownloads(this IEndpointRouteBuilder app)
    {
        app.MapGet(Urls.PlansPath + "/{id:long}.csv", CsvAsync).RequireAuthorization(Rights.View);
        app.MapGet(Urls.PlansPath + "/{id:long}.json", JsonAsync).RequireAuthorization(Rights.View);
    }

    internal static string[] CellsOf(PlanRow row) =>
    [
        CsvText.Cell(row.Ordinal), CsvText.Cell(row.Change.Class.ToString().ToLowerInvariant()), CsvText.Cell(row.Change.Before?.Name ?? ""), CsvText.Cell(row.Change.Before?.Address ?? ""),
        CsvText.Cell(row.Change.After?.Name ?? ""), CsvText.Cell(row.Change.After?.Address ?? ""), CsvText.Cell(Changed(row)), CsvText.Cell(row.Source), CsvText.Cell(row.Why), CsvText.Cell(row.Mail),
        CsvText.Cell(row.Verdict), CsvText.Cell(string.Join(", ", row.ApprovedBy)), CsvText.Cell(row.Author ?? ""), CsvText.Cell(PlanRowAnswer.Of(row).Outcome), CsvText.Cell(row.OutcomeText),
    ];

    private static async Task<IResult> CsvAsync(long id, HttpContext context, PlanStore plans)
    {
        if (await plans.FindAsync(id, context.RequestAborted) is null)
        {
            return Results.NotFound();
        }

        await CsvFile.SendAsync(context, string.Create(CultureInfo.InvariantCulture, $"plan-{id}"), Heads, CellsAsync(plans, id));
        return Results.Empty;
    }

    private static async Task<IResult> JsonAsync(long id, HttpContext context, PlanStore plans)
    {
        if (await plans.FindAsync(id, context.RequestAborted) is not { } plan)
        {
            return Results.NotFound();
        }

        var headers = context.Response.Headers;
        headers.ContentType = "application/json; charset=utf-8";
        headers.ContentDisposition = string.Create(CultureInfo.InvariantCulture, $"attachment; filename=plan-{id}.json");
        headers.CacheControl = "private, no-store";
        headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        await using var file = new StreamWriter(context.Response.Body);
        // Row by row: a plan may be longer than memory.
        await file.WriteAsync($$"""{"changes":{{plan.Counts.Proposed.ToString(CultureInfo.InvariantCulture)}},"plan":{{JsonSerializer.Serialize(PlanAnswer.Of(plan), Json)}},"rows":[""");
        var separator = "";
        await foreach (var row in RowsAsync(plans, id, context.RequestAborted))
        {
            await file.WriteAsync($"{separator}\n{JsonSerializer.Serialize(PlanRowAnswer.Of(row), Json)}");
            separator = ",";
        }

        await file.WriteAsync("]}\n");
        return Results.Empty;
    }

    private static async IAsyncEnumerable<string[]> CellsAsync(PlanStore plans, long id, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var row in RowsAsync(plans, id, cancellationToken))
        {
            yield return CellsOf(row);
        }
    }

    private static async IAsyncEnumerable<PlanRow> RowsAsync(PlanStore plans, long id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var after = 0; await plans.RowsAsync(id, new PlanRowFilter(), after, Page, cancellationToken) is { Count: > 0 } page; after = page[^1].Ordinal)
        {
            foreach (var row in page)
            {
                yield return row;
            }
        }
    }

    private static string Changed(PlanRow row) => string.Join("; ", RowValues.Differences(row.Change.Before?.Values ?? RowValues.None, row.Change.After?.Values ?? RowValues.None)
        .Select(value => $"{value.Name}: {value.Before} → {value.After}"));

    private static JsonSerializerOptions Made()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        ApiJson.Set(options);
        return options;
    }
}
