using Npgsql;
using Postern.Infrastructure.Queue;
using Postern.Web.Cli;

namespace Postern.Web.Api;

/// <summary><c>deliveries</c>: what waits and what has ended, one explained.</summary>
internal static class DeliveriesApi
{
    private const string Tag = "Deliveries";

    private static readonly ApiParameter Sort = new(
        "sort", "age, due, attempts, size, recipient, sender, subject or state, with - in front for the other way; what has ended only by age. Left out: what waits longest first, what ended newest first");

    public static void MapDeliveries(this IEndpointRouteBuilder api)
    {
        api.MapGet("/deliveries", ListAsync).Answers<DeliveryList>(
            Tag, "Deliveries that match", "The filter has the words of the queue page's address. Without any, everything that waits.",
            [.. QueueFilterText.Words.Select(word => new ApiParameter(word.Name, word.Meaning)), Sort, ApiParameter.Limit, ApiParameter.After]);
        api.MapGet("/deliveries/{id:long}", OneAsync).Answers<DeliveryDetails>(
            Tag, "One delivery, explained", "Why it is where it is, what was tried with the peer's own words, what happens next and when.", [], 404);
    }

    /// <summary>Reads a filter, and refuses what it cannot follow: a filter that is misread would be an act on the wrong mail.</summary>
    internal static async Task<QueueFilter> FilterAsync(
        IReadOnlyDictionary<string, string> words, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        var faults = new List<QueueFilterFault>();
        var filter = QueueFilterText.Read(words, faults);
        if (faults.Count > 0)
        {
            throw ApiException.Unclear(string.Join(' ', faults.Select(fault => Components.Shared.VisibleText.Of(fault.Sentence, 500))));
        }

        if (filter.Connector.Length > 0 && !filter.Connector.StartsWith("deleted #", StringComparison.Ordinal)
            && !await ConnectorNames.ExistsAsync(database, filter.Connector, cancellationToken))
        {
            throw ApiException.Unclear(ConnectorNames.Missing(filter.Connector));
        }

        return filter;
    }

    private static async Task<IResult> ListAsync(HttpContext context, QueueView queue, NpgsqlDataSource database)
    {
        var words = QueueFilterText.Words.Select(word => (word.Name, Text: new ApiParameter(word.Name, "").In(context.Request)))
            .Where(word => word.Text.Length > 0).ToDictionary(word => word.Name, word => word.Text);
        var filter = await FilterAsync(words, database, context.RequestAborted);
        var order = Order(Sort.In(context.Request), filter);
        var asked = ApiPage.Of(context, $"deliveries-{order.Sort}-{(order.Descending ? "down" : "up")}");
        var page = await queue.PageAsync(filter, order with { Cursor = asked.Cursor }, context.RequestAborted, asked.Limit);
        return Results.Ok(new DeliveryList(page.Rows, page.Next is not null, asked.Next(page.Next)));
    }

    private static async Task<IResult> OneAsync(long id, HttpContext context, DeliveryReader reader) =>
        await reader.FindAsync(id, context.RequestAborted) is { } found ? Results.Ok(found) : throw ApiException.Missing($"There is no delivery {id}.");

    private static QueueOrder Order(string text, QueueFilter filter)
    {
        if (text.Length == 0)
        {
            return new QueueOrder(QueueSort.Age, Descending: !filter.IncludesHistory);
        }

        var isKnown = Enum.TryParse<QueueSort>(text.TrimStart('-'), ignoreCase: true, out var sort) && Enum.IsDefined(sort) && !char.IsAsciiDigit(text.TrimStart('-')[0]);
        return isKnown && (sort == QueueSort.Age || !filter.IncludesHistory)
            ? new QueueOrder(sort, text.StartsWith('-'))
            : throw ApiException.Unclear(isKnown ? "What has ended is ordered by age only." : $"{Sort.Name} is one of age, due, attempts, size, recipient, sender, subject, state.");
    }
}
