using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Npgsql;
using Postern.Domain.Queue;
using Postern.Infrastructure.Access;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Queue;
using Postern.Web.Cli;

namespace Postern.Web.Api;

/// <summary><c>operations</c>: what is done to the queue; started, followed, cancelled, taken back.</summary>
internal static class OperationsApi
{
    /// <summary>A request with the same value of this header is the same request.</summary>
    public const string IdempotencyHeader = "Idempotency-Key";

    private const string Tag = "Operations";
    private const int MostIds = 10_000;
    private const int LongestReason = 2_000;
    private const int LongestIdempotencyKey = 200;
    private const int ShownLeft = 1_000;

    private static readonly ApiParameter Left = new("left", "yes: only those it left as they are or could not bring back, each with why");

    public static void MapOperations(this IEndpointRouteBuilder api)
    {
        api.MapGet("/operations", ListAsync).Answers<OperationList>(
            Tag, "Operations, the newest first", "What people and programs did to the queue.", [ApiParameter.Limit, ApiParameter.After]);
        api.MapGet("/operations/{id:long}", OneAsync).Answers<OperationDetails>(
            Tag, "One operation", $"How far it is, and the first {ShownLeft} deliveries that it left as they are.", [], 404);
        api.MapGet("/operations/{id:long}/items", ItemsAsync).Answers<ItemAnswers>(
            Tag, "What became of each delivery", "In the order of their ids.", [Left, ApiParameter.Limit, ApiParameter.After], 404);
        api.MapPost("/operations", StartAsync).Takes<OperationRequest>(isNeeded: true).Produces<OperationSnapshot>(201).Answers<EffectAnswer>(
            Tag, "Act on deliveries",
            $"Starts an operation and answers 201 with it when it is done, or after two seconds while it runs on; its state is awaiting where a second operator has to confirm it, which is done in the console. With dryRun nothing is done, and the answer is 200 with what it would touch. "
            + $"With the header {IdempotencyHeader} the same request within a day is answered with the same operation. Needs the scope queue.",
            [], 409, 413, 415);
        api.MapPost("/operations/{id:long}/cancel", CancelAsync).Answers<OperationSnapshot>(
            Tag, "Stop an operation", "After the piece that is under way; what was done stays done until it is taken back. Needs the scope queue.", [], 404, 409);
        api.MapPost("/operations/{id:long}/undo", UndoAsync).Answers<OperationSnapshot>(
            Tag, "Take an operation back", "As far as deliveries are still as it left them; the others are listed among its items. Needs the scope queue.", [], 404, 409);
    }

    private static async Task<IResult> ListAsync(HttpContext context, QueueOperations operations)
    {
        var asked = ApiPage.Of(context, "operations");
        var rows = await operations.ListAsync(asked.Limit + 1, context.RequestAborted, asked.Cursor.Length > 0 ? asked.Number : null);
        return Results.Ok(new OperationList([.. rows.Take(asked.Limit)], asked.Next(rows.Count > asked.Limit ? rows[asked.Limit - 1].Id : (long?)null)));
    }

    private static async Task<IResult> OneAsync(long id, HttpContext context, QueueOperations operations)
    {
        var operation = await FindAsync(operations, id, context);
        var left = await operations.ResultsAsync(id, onlyLeft: true, ShownLeft, context.RequestAborted);
        return Results.Ok(new OperationDetails(operation, [.. left.Select(item => new LeftItem(item.DeliveryId, item.State, item.Refusal))]));
    }

    private static async Task<IResult> ItemsAsync(long id, HttpContext context, QueueOperations operations)
    {
        await FindAsync(operations, id, context);
        var asked = ApiPage.Of(context, $"items-{id}");
        var onlyLeft = Left.In(context.Request) switch
        {
            "yes" => true,
            "" or "no" => false,
            _ => throw ApiException.Unclear("left is yes or no."),
        };
        var rows = await operations.ItemsAsync(id, asked.Number, onlyLeft, asked.Limit + 1, context.RequestAborted);
        return Results.Ok(new ItemAnswers(
            [.. rows.Take(asked.Limit).Select(ItemAnswer.Of)], asked.Next(rows.Count > asked.Limit ? rows[asked.Limit - 1].Result.DeliveryId : (long?)null)));
    }

    private static async Task<IResult> StartAsync(
        HttpContext context, QueueOperations operations, QueueView queue, RerouteForecaster forecaster, ApiOperations requests, RequestedOperations runner, NpgsqlDataSource database,
        TimeProvider clock)
    {
        var caller = ApiCaller.Of(context);
        var request = await ApiBody.ReadAsync<OperationRequest>(context);
        var who = caller.Who(request.Reason.Trim());
        who.Demand(Domain.Access.Right.ActOnQueue);
        var act = Checked(request);
        if (act.Connector.Length > 0 && !await ConnectorNames.ExistsAsync(database, act.Connector, context.RequestAborted))
        {
            throw ApiException.Unclear(ConnectorNames.Missing(act.Connector));
        }

        var filter = request.Ids is null ? await FilterAsync(request, database, context.RequestAborted) : null;
        if (request.DryRun)
        {
            var effect = filter is null
                ? await queue.EffectAsync(act.Verb, request.Ids!, context.RequestAborted)
                : await queue.EffectAsync(act.Verb, filter, context.RequestAborted);
            var ways = act.Verb == DeliveryVerb.Reroute
                ? await forecaster.LookAsync(request.Ids, filter ?? QueueFilter.Waiting, act.Connector, context.RequestAborted) : null;
            var allowance = await operations.AllowanceAsync(who.Name, context.RequestAborted);
            return Results.Ok(EffectAnswer.Of(act, effect, allowance, clock.GetUtcNow(), ways));
        }

        var started = await requests.StartAsync(
            caller.Key.Id, IdempotencyKey(context.Request), SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(request)),
            () => filter is null ? operations.StartAsync(act, request.Ids!, who, CancellationToken.None) : operations.StartAsync(act, filter, who, CancellationToken.None),
            context.RequestAborted) ?? throw ApiException.Refused($"This {IdempotencyHeader} was used for another request within a day.");
        if (!started.IsKnown)
        {
            await runner.RunAsync(started.Id, token => operations.RunAsync(started.Id, null, token));
        }

        var path = string.Create(CultureInfo.InvariantCulture, $"{ApiEndpoints.Root}/operations/{started.Id}");
        return Results.Created(path, await FindAsync(operations, started.Id, context));
    }

    private static async Task<IResult> CancelAsync(long id, HttpContext context, QueueOperations operations)
    {
        var who = Demand(context);
        await FindAsync(operations, id, context);
        return await operations.CancelAsync(id, who, context.RequestAborted)
            ? Results.Ok(await FindAsync(operations, id, context))
            : throw ApiException.Refused($"Operation {id} runs no more.");
    }

    private static async Task<IResult> UndoAsync(long id, HttpContext context, QueueOperations operations, OperationUndo undo, RequestedOperations runner)
    {
        var who = Demand(context);
        await FindAsync(operations, id, context);
        var refusal = await runner.RunAsync(id, async token => await undo.RunAsync(id, who, null, token) ?? "");
        return refusal is { Length: > 0 } ? throw ApiException.Refused(refusal) : Results.Ok(await FindAsync(operations, id, context));
    }

    private static Operator Demand(HttpContext context)
    {
        var who = ApiCaller.Of(context).Who();
        who.Demand(Domain.Access.Right.ActOnQueue);
        return who;
    }

    private static async Task<OperationSnapshot> FindAsync(QueueOperations operations, long id, HttpContext context) =>
        await operations.FindAsync(id, context.RequestAborted) ?? throw ApiException.Missing($"There is no operation {id}.");

    private static DeliveryAct Checked(OperationRequest request)
    {
        var verbs = Enum.GetValues<DeliveryVerb>();
        if (verbs.Where(known => known.ToWord() == request.Verb).ToList() is not [var verb])
        {
            throw ApiException.Unclear($"verb is one of {string.Join(", ", verbs.Select(known => known.ToWord()))}.");
        }

        var ways = (request.Ids is null ? 0 : 1) + (request.Filter is null ? 0 : 1) + (request.All ? 1 : 0);
        if (ways != 1)
        {
            throw ApiException.Unclear("Exactly one of ids, filter and all says which deliveries are meant.");
        }

        if (request.Ids is { } ids && (ids.Count is 0 or > MostIds || ids.Any(id => id < 1)))
        {
            throw ApiException.Unclear($"ids are 1 to {MostIds:N0} ids of deliveries.");
        }

        if (request.Reason.Length > LongestReason || (verb.Ends() && !request.DryRun && string.IsNullOrWhiteSpace(request.Reason)))
        {
            throw ApiException.Unclear(request.Reason.Length > 0 && !string.IsNullOrWhiteSpace(request.Reason)
                ? $"A reason has at most {LongestReason:N0} characters." : "reason is needed: it is kept in the audit.");
        }

        if (verb == DeliveryVerb.Prioritise && request.Priority is null)
        {
            throw ApiException.Unclear("priority says what they get: high, normal or low.");
        }

        return (request.To.Length > 0 && verb != DeliveryVerb.Reroute) || (request.Priority is not null && verb != DeliveryVerb.Prioritise) || (request.Report && verb != DeliveryVerb.Remove)
            ? throw ApiException.Unclear("to belongs to reroute, priority to prioritise, report to remove.")
            : new DeliveryAct(verb) { Connector = request.To, Priority = request.Priority ?? DeliveryPriority.Normal, WritesReport = request.Report };
    }

    private static async Task<QueueFilter> FilterAsync(OperationRequest request, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        if (request.All)
        {
            return QueueFilter.Waiting;
        }

        var words = request.Filter!.Where(word => word.Value is { Length: > 0 }).ToDictionary(word => word.Key, word => word.Value);
        if (words.Count == 0)
        {
            throw ApiException.Unclear("An empty filter would mean everything that waits. Say so with all.");
        }

        if (words.Keys.Except(QueueFilterText.Words.Select(word => word.Name)).FirstOrDefault() is { } unknown)
        {
            throw ApiException.Unclear($"There is no filter “{Components.Shared.VisibleText.Of(unknown, 60)}”; there are {string.Join(", ", QueueFilterText.Words.Select(word => word.Name))}.");
        }

        var filter = await DeliveriesApi.FilterAsync(words, database, cancellationToken);
        return filter.IncludesHistory ? throw ApiException.Unclear("What has ended cannot be acted on; state names only what waits.") : filter;
    }

    private static string? IdempotencyKey(HttpRequest request)
    {
        if (!request.Headers.TryGetValue(IdempotencyHeader, out var values))
        {
            return null;
        }

        return values is [{ Length: > 0 and <= LongestIdempotencyKey } key] && key.All(c => c is > ' ' and < '\u007f')
            ? key
            : throw ApiException.Unclear($"{IdempotencyHeader} has 1 to {LongestIdempotencyKey} visible characters, and stands there once.");
    }
}
