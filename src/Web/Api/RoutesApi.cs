using Postern.Domain.Access;
using Postern.Domain.Addresses;
using Postern.Domain.Routing;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Routing;
using Postern.Web.Cli;
using Postern.Web.Components.Shared;

namespace Postern.Web.Api;

/// <summary><c>routes</c>: where an address goes and why, whether everybody reaches everybody, what old post offices must know, and the versions of routing.</summary>
internal static class RoutesApi
{
    private const string Tag = "Routing";

    private static readonly ApiParameter Address = new("address", "jane@site1.example, CCMAIL:Doe, Jane at SALES, or MS:NETWORK/POSTOFFICE/MAILBOX");
    private static readonly ApiParameter Sender = new("sender", "Who sends; left out: anybody who may");
    private static readonly ApiParameter CameBy = new("cameBy", "The connector the mail came by; left out: an SMTP listener");
    private static readonly ApiParameter From = new("from", "The post office where it is written: SALES, NETWORK/POSTOFFICE, or with CCMAIL: or MS: in front");
    private static readonly ApiParameter Office = new("postOffice", "SALES, NETWORK/POSTOFFICE, or with CCMAIL: or MS: in front");
    private static readonly ApiParameter Version = new("version", "As the history lists it; left out: the one in force", 0);

    public static void MapRoutes(this IEndpointRouteBuilder api)
    {
        api.MapGet("/routes/explain", ExplainAsync).Answers<RouteDecisionAnswer>(
            Tag, "Explain a route", "Where Postern sends mail for an address, with each step of the decision.", [Address, Sender, CameBy], 404);
        api.MapGet("/routes/way", WayAsync).Answers<RouteWayAnswer>(
            Tag, "Explain a whole way", "A mail from a post office to an address hop by hop, with what the old post offices do with it, and the way of the answer.", [Address, From], 404);
        api.MapGet("/routes/prove", ProveAsync).Answers<RouteProofAnswer>(
            Tag, "Prove routing", "Whether mail reaches everybody and answers come back, given what each post office must know; each counter-example with its hops.", []);
        api.MapGet("/routes/table", TableAsync).Answers<RouteGeneration>(
            Tag, "The routing table", "Line by line, in the order in which an address is compared with it; previous is the version before it.", [Version], 404);
        api.MapGet("/routes/knowledge", KnowledgeAsync).Answers<KnowledgeAnswers>(
            Tag, "What a post office must know", "Each definition with what shows that it is there, and the entries that are withheld until it is.", [Office], 404);
        api.MapGet("/routes/sheet", SheetAsync).Answers<SheetAnswer>(Tag, "A change sheet", "What to enter at a post office, screen by screen.", [Office], 404);
        api.MapGet("/routes/drafts", DraftsAsync).Answers<RouteDraftAnswers>(Tag, "Drafts of routing", "What each would change and break if it were activated now.", []);
        api.MapGet("/routes/history", HistoryAsync).Answers<RouteVersionAnswers>(
            Tag, "Versions of routing", "The newest first, with what each changed, who did it and why.", [ApiParameter.Limit, ApiParameter.After]);
    }

    public static void MapRouteActions(this IEndpointRouteBuilder api)
    {
        api.MapPost("/routes/knowledge", LearnAsync).Takes<KnowledgeRequest>(isNeeded: true).Answers<KnowledgeActAnswer>(
            Tag, "Record what a post office knows", "Confirms a definition, says that it is missing, or wants another way. Needs the scope routing.", [], 404, 409, 413, 415);
        api.MapPost("/routes/sheet", IssueAsync).Takes<SheetRequest>(isNeeded: true).Answers<SheetAnswer>(
            Tag, "Give a change sheet out", "It gets its number, and its definitions count as issued. Needs the scope routing.", [], 404, 409, 413, 415);
        api.MapPost("/routes/activate", ActivateAsync).Takes<ActivateRequest>(isNeeded: true).Answers<ActivationAnswer>(
            Tag, "Activate a draft", "Puts it into force as a new version; refused with the counter-example that it would add. Needs the scope routing.", [], 404, 409, 413, 415);
        api.MapPost("/routes/return", ReturnAsync).Takes<ReturnRequest>(isNeeded: true).Answers<ActivationAnswer>(
            Tag, "Return to a version", "Brings earlier routing back, as a new version. Needs the scope routing.", [], 404, 409, 413, 415);
    }

    private static async Task<IResult> ExplainAsync(HttpContext context, RouteModels models)
    {
        var table = (await models.CurrentAsync(context.RequestAborted)).Model.Table;
        var address = Read(Address.Name, Address.In(context.Request));
        var (sender, by) = (Sender.In(context.Request), CameBy.In(context.Request));
        if (by.Length > 0 && !table.Connectors.Any(connector => string.Equals(connector.Name, by, StringComparison.OrdinalIgnoreCase)))
        {
            throw ApiException.Missing(ConnectorNames.Missing(by));
        }

        var decision = table.ResolveFrom(sender.Length > 0 ? Read(Sender.Name, sender) : null, address, by.Length > 0 ? by : null);
        return Results.Ok(RouteDecisionAnswer.Of(address, table, decision));
    }

    private static async Task<IResult> WayAsync(HttpContext context, RouteModels models)
    {
        var state = await models.CurrentAsync(context.RequestAborted);
        return Results.Ok(RouteWayAnswer.Of(state, Find(state, From.In(context.Request)), Read(Address.Name, Address.In(context.Request))));
    }

    private static async Task<IResult> ProveAsync(HttpContext context, RouteModels models)
    {
        var state = await models.CurrentAsync(context.RequestAborted);
        return Results.Ok(await Task.Run(() => RouteProofAnswer.Of(state), context.RequestAborted));
    }

    private static async Task<IResult> TableAsync(HttpContext context, RouteActivations activations)
    {
        var version = Version.NumberIn(context.Request);
        return await activations.TableAsync(version, context.RequestAborted) is { } table ? Results.Ok(table) : throw ApiException.Missing($"There is no routing version {version}.");
    }

    private static async Task<IResult> KnowledgeAsync(HttpContext context, RouteModels models)
    {
        var state = await models.CurrentAsync(context.RequestAborted);
        return Results.Ok(KnowledgeAnswers.Of(state, Find(state, Office.In(context.Request))));
    }

    private static async Task<IResult> SheetAsync(HttpContext context, RouteModels models, ChangeSheets sheets)
    {
        var office = Find(await models.CurrentAsync(context.RequestAborted), Office.In(context.Request));
        return await sheets.OfAsync(office.Key, context.RequestAborted) is { } shown ? Results.Ok(SheetAnswer.Of(shown, isIssued: false)) : throw Gone(office);
    }

    private static async Task<IResult> DraftsAsync(HttpContext context, RouteDrafts drafts)
    {
        var answers = new List<RouteDraftAnswer>();
        foreach (var draft in await drafts.ListAsync(context.RequestAborted))
        {
            answers.Add(RouteDraftAnswer.Of(draft, await drafts.CheckAsync(draft, draft.Content, context.RequestAborted)));
        }

        return Results.Ok(new RouteDraftAnswers(answers));
    }

    private static async Task<IResult> HistoryAsync(HttpContext context, RouteActivations activations)
    {
        var asked = ApiPage.Of(context, "routes/history");
        var rows = await activations.ListAsync(asked.Cursor.Length > 0 ? asked.Number : long.MaxValue, asked.Limit + 1, context.RequestAborted);
        return Results.Ok(new RouteVersionAnswers([.. rows.Take(asked.Limit).Select(RouteVersionAnswer.Of)], asked.Next(rows.Count > asked.Limit ? rows[asked.Limit - 1].Version : (long?)null)));
    }

    private static async Task<IResult> LearnAsync(HttpContext context, RouteModels models, RouteKnowledge knowledge)
    {
        var (request, who) = await AskedAsync<KnowledgeRequest>(context, asked => asked.Reason);
        var office = Find(await models.CurrentAsync(context.RequestAborted), request.PostOffice);
        var (destination, via) = (request.Destination.Trim(), request.Via.Trim());
        foreach (var name in via.Length > 0 ? (string[])[destination, via] : [destination])
        {
            if (PostOfficeNames.FaultOf(office.System, name) is { Length: > 0 } fault)
            {
                throw ApiException.Unclear(fault);
            }
        }

        var definition = new Definition(office.System, office.Name, destination, via);
        var result = await (request.Verb switch
        {
            "confirm" => knowledge.ConfirmAsync([definition], who, context.RequestAborted),
            "missing" => knowledge.FindMissingAsync([definition], who, context.RequestAborted),
            "want" => knowledge.WantAsync(definition, who, context.RequestAborted),
            _ => throw ApiException.Unclear("verb is confirm, missing or want."),
        });
        return result.IsDone
            ? Results.Ok(new KnowledgeActAnswer(result.Act, KnowledgeAnswers.Of(await models.CurrentAsync(context.RequestAborted), office)))
            : throw ApiException.Refused(result.Refusal);
    }

    private static async Task<IResult> IssueAsync(HttpContext context, RouteModels models, ChangeSheets sheets)
    {
        var (request, who) = await AskedAsync<SheetRequest>(context, asked => asked.Reason);
        var office = Find(await models.CurrentAsync(context.RequestAborted), request.PostOffice);
        var shown = await sheets.OfAsync(office.Key, context.RequestAborted) ?? throw Gone(office);
        return await sheets.IssueAsync(shown, who, context.RequestAborted) is { IsDone: false } refused
            ? throw ApiException.Refused(refused.Refusal) : Results.Ok(SheetAnswer.Of(shown, isIssued: true));
    }

    private static async Task<IResult> ActivateAsync(HttpContext context, RouteDrafts drafts, RouteActivations activations)
    {
        var (request, who) = await AskedAsync<ActivateRequest>(context, asked => asked.Reason);
        return await drafts.FindAsync(request.Draft, context.RequestAborted) is { } draft
            ? Told(await activations.ActivateAsync(draft, request.AcceptLoss, who, context.RequestAborted))
            : throw ApiException.Missing($"There is no draft {VisibleText.Of(request.Draft)}.");
    }

    private static async Task<IResult> ReturnAsync(HttpContext context, RouteActivations activations)
    {
        var (request, who) = await AskedAsync<ReturnRequest>(context, asked => asked.Reason);
        return await activations.ContentAsync(request.Version, context.RequestAborted) is not null
            ? Told(await activations.ReturnAsync(request.Version, request.AcceptLoss, who, context.RequestAborted))
            : throw ApiException.Missing($"There is no routing version {request.Version}.");
    }

    private static async Task<(T Request, Operator Who)> AskedAsync<T>(HttpContext context, Func<T, string> reason)
        where T : new()
    {
        var request = await ApiBody.ReadAsync<T>(context);
        var who = ApiCaller.Of(context).Who(reason(request).Trim());
        who.Demand(Right.EditRouting);
        return (request, who);
    }

    private static IResult Told(ActivationResult result) => result.IsDone ? Results.Ok(ActivationAnswer.Of(result)) : throw ApiException.Refused(result.Refusal);

    private static PostOffice Find(RouteState state, string text) => RouteVerb.FindPostOffice(state, text.Trim(), out var fault) ?? throw ApiException.Missing(fault);

    private static ApiException Gone(PostOffice office) => ApiException.Missing($"There is no post office {VisibleText.Of(office.Name)}.");

    private static MailAddress Read(string name, string text) =>
        MailAddress.TryParse(text, out var address, out var fault) ? address : throw ApiException.Unclear($"{name}: {fault}");
}
