using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Routing;

namespace Postern.Web.Api;

/// <summary><c>books</c>, <c>events</c>, <c>sites</c>, <c>post-offices</c>: the house around the mail.</summary>
internal static class HouseApi
{
    private static readonly ApiParameter Severity = new("severity", "Only information, warning or error");
    private static readonly ApiParameter Connector = new("connector", "Only this connector");
    private static readonly ApiParameter Find = new("find", "Only texts that contain this");

    public static void MapHouse(this IEndpointRouteBuilder api)
    {
        api.MapGet("/books", BooksAsync).Answers<BooksAnswer>(
            "Books", "Do the books balance?", "Every accepted recipient stands somewhere, and an independent ledger says so. The answer is at most a few seconds old.", []);
        api.MapGet("/events", EventsAsync).Answers<EventAnswers>(
            "Events", "Events, newest first", "Each with its number, its cause and the next step.", [Severity, Connector, Find, ApiParameter.Limit, ApiParameter.After]);
        api.MapGet("/sites", SitesAsync).Answers<SiteAnswers>(
            "Routing", "Sites", "The parts of the backbone with their domains and their names in the old systems.", [ApiParameter.Limit, ApiParameter.After]);
        api.MapGet("/post-offices", PostOfficesAsync).Answers<PostOfficeAnswers>(
            "Routing", "Post offices", "What is reached directly, and what by another.", [ApiParameter.Limit, ApiParameter.After]);
    }

    private static async Task<IResult> BooksAsync(HttpContext context, RecentBooks books) =>
        Results.Ok(BooksAnswer.Of(await books.ReadAsync(context.RequestAborted)));

    private static async Task<IResult> EventsAsync(HttpContext context, EventView events)
    {
        var asked = ApiPage.Of(context, "events");
        var severity = Severity.In(context.Request);
        if (severity is not ("" or "information" or "warning" or "error"))
        {
            throw ApiException.Unclear("severity is information, warning or error.");
        }

        var filter = new EventFilter
        {
            Severity = severity,
            Connector = Connector.In(context.Request),
            Text = Find.In(context.Request),
            Before = asked.Cursor.Length > 0 ? asked.Number : null,
        };
        var (rows, hasMore) = await events.PageAsync(filter, context.RequestAborted, asked.Limit);
        return Results.Ok(new EventAnswers([.. rows.Select(Answer)], asked.Next(hasMore ? rows[^1].Id : (long?)null)));
    }

    private static async Task<IResult> SitesAsync(HttpContext context, RoutingView routing)
    {
        var asked = ApiPage.Of(context, "sites");
        if (ApiTag.IsKnown(context, Tag("sites", await routing.VersionAsync(context.RequestAborted))))
        {
            return Results.StatusCode(StatusCodes.Status304NotModified);
        }

        var rows = await routing.SitesAsync(asked.Cursor, asked.Limit + 1, context.RequestAborted);
        return Results.Ok(new SiteAnswers([.. rows.Take(asked.Limit)], asked.Next(rows.Count > asked.Limit ? rows[asked.Limit - 1].Name : null)));
    }

    private static async Task<IResult> PostOfficesAsync(HttpContext context, RoutingView routing)
    {
        var asked = ApiPage.Of(context, "post-offices");
        if (ApiTag.IsKnown(context, Tag("post-offices", await routing.VersionAsync(context.RequestAborted))))
        {
            return Results.StatusCode(StatusCodes.Status304NotModified);
        }

        var rows = await routing.PostOfficesAsync(asked.Number, asked.Limit + 1, context.RequestAborted);
        return Results.Ok(new PostOfficeAnswers([.. rows.Take(asked.Limit)], asked.Next(rows.Count > asked.Limit ? rows[asked.Limit - 1].Id : (long?)null)));
    }

    private static string Tag(string list, long version) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{list}-{version}");

    private static EventAnswer Answer(EventRow row) => new(row.Id, row.At, row.Code, row.Severity, row.Connector, row.Text, row.NextStep, Details(row.Details));

    private static JsonNode? Details(string? json)
    {
        try
        {
            return json is null ? null : JsonNode.Parse(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
