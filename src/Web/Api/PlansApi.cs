using System.Globalization;
using Postern.Domain.Directory.Merging;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Dirsync;

namespace Postern.Web.Api;

/// <summary><c>plans</c>: what directory synchronisation proposes; looked at, decided about, carried out, taken back.</summary>
internal static class PlansApi
{
    private const string Tag = "Plans";
    private const int MostRows = 10_000;
    private const int LongestReason = 2_000;

    private static readonly string[] States = ["open", "waiting", "approved", "applying", "applied", "rejected", "superseded", "failed"];
    private static readonly string[] Verdicts = ["open", "approved", "rejected", "done", "failed"];

    private static readonly ApiParameter Partner = new("partner", "Name of a partner");
    private static readonly ApiParameter State = new("state", $"One of {string.Join(", ", States)}; open is all that are not over");
    private static readonly ApiParameter Direction = new("direction", "in: changes of our directory; out: of the partner's");
    private static readonly ApiParameter Class = new("class", "delete, move, rename, modify, add or collision");
    private static readonly ApiParameter Text = new("text", "Part of a name or an address");
    private static readonly ApiParameter Verdict = new("verdict", "open, approved, rejected, done or failed");
    private static readonly ApiParameter Value = new("value", "Only rows that change just this value, such as phone");

    private delegate Task<DecisionResult> Decide(long id, DecisionRequest request, PlanRowFilter filter, Operator who, CancellationToken cancellationToken);

    public static void MapPlans(this IEndpointRouteBuilder api)
    {
        api.MapGet("/plans", ListAsync).Answers<PlanList>(
            Tag, "Plans, the newest first", "What cycles of directory synchronisation propose and what became of it; cycles that found nothing are left out.",
            [Partner, State, Direction, ApiParameter.Limit, ApiParameter.After]);
        api.MapGet("/plans/{id:long}", OneAsync).Answers<PlanAnswer>(Tag, "One plan", "How many changes of which class, what they need, and how far it is.", [], 404);
        api.MapGet("/plans/{id:long}/rows", RowsAsync).Answers<PlanRowList>(
            Tag, "Rows of a plan", "In the plan's order: deletes first.", [Class, Text, Verdict, Value, ApiParameter.Limit, ApiParameter.After], 404);
        Deciding(api, "approve", "Agree to rows", "Of a filter only undecided rows are meant. A class that needs two approvers needs a second person.");
        Deciding(api, "reject", "Refuse rows", "The same changes are not proposed again until their source changes.");
        Deciding(api, "undecide", "Take approvals and refusals back", "Whoever gave them.");
        api.MapPost("/plans/{id:long}/postpone", PostponeAsync).Takes<PostponeRequest>(isNeeded: true).Answers<DecisionAnswer>(
            Tag, "Put a plan off", "Until then it is not carried out and nobody is told of it; a time that is past ends it. Needs the scope directory.", [], 404, 409, 415);
        api.MapPost("/plans/{id:long}/apply", ApplyAsync).Takes<PlanRequest>().Answers<DecisionAnswer>(
            Tag, "Carry out what is approved now", "Without waiting for undecided rows, which are proposed again. Ask for the plan until its state is applied. Needs the scope directory.", [], 404, 409, 415);
        api.MapPost("/plans/{id:long}/stop", StopAsync).Takes<PlanRequest>().Answers<DecisionAnswer>(
            Tag, "Stop a plan that is carried out", "What is done stays done; the rest is proposed again. Needs the scope directory.", [], 404, 409, 415);
        api.MapPost("/plans/{id:long}/revert", RevertAsync).Takes<PlanRequest>().Produces<RevertAnswer>(201).Answers<RevertAnswer>(
            Tag, "Take a plan back, or one row of it", "Makes a plan that does it and is approved like any other; whoever asks is nobody's second for it. Needs the scope directory.", [], 404, 409, 415);
    }

    /// <summary>A class as it is typed; null when it is none.</summary>
    internal static ChangeClass? ClassOf(string word) =>
        Enum.TryParse<ChangeClass>(word, ignoreCase: true, out var kind) && Enum.IsDefined(kind) && !word.Any(char.IsAsciiDigit) ? kind : null;

    private static void Deciding(IEndpointRouteBuilder api, string verb, string summary, string description) =>
        api.MapPost($"/plans/{{id:long}}/{verb}", (long id, HttpContext context, PlanStore plans, PlanDecisions decisions) => DecideAsync(id, context, plans, ActOf(verb, decisions)))
            .Takes<DecisionRequest>(isNeeded: true).Answers<DecisionAnswer>(
                Tag, summary, $"{description} hash says which plan was seen: where it has moved since, nothing is done and the answer is 409 with what moved. Needs the scope directory.",
                [], 404, 409, 413, 415);

    private static Decide ActOf(string verb, PlanDecisions decisions) => (id, request, filter, who, token) => verb switch
    {
        "approve" => decisions.ApproveAsync(id, request.Hash, filter, request.Rows, who, token),
        "reject" => decisions.RejectAsync(id, request.Hash, filter, request.Rows, who, token),
        _ => decisions.UndecideAsync(id, request.Hash, filter, request.Rows, who, token),
    };

    private static async Task<IResult> ListAsync(HttpContext context, PlanStore plans)
    {
        var asked = ApiPage.Of(context, "plans");
        var filter = new PlanListFilter(
            Partner.In(context.Request), Word(State, context, States), Word(Direction, context, ["in", "out"]), asked.Cursor.Length > 0 ? asked.Number : null, asked.Limit + 1);
        var rows = await plans.ListAsync(filter, context.RequestAborted);
        return Results.Ok(PlanList.Of(rows.Take(asked.Limit), asked.Next(rows.Count > asked.Limit ? rows[asked.Limit - 1].Id : (long?)null)));
    }

    private static async Task<IResult> OneAsync(long id, HttpContext context, PlanStore plans) => Results.Ok(PlanAnswer.Of(await FindAsync(plans, id, context)));

    private static async Task<IResult> RowsAsync(long id, HttpContext context, PlanStore plans)
    {
        await FindAsync(plans, id, context);
        var asked = ApiPage.Of(context, string.Create(CultureInfo.InvariantCulture, $"plan-{id}"));
        var filter = FilterOf(Class.In(context.Request), Text.In(context.Request), Word(Verdict, context, Verdicts), Value.In(context.Request));
        var rows = await plans.RowsAsync(id, filter, (int)Math.Min(asked.Number, int.MaxValue), asked.Limit + 1, context.RequestAborted);
        return Results.Ok(new PlanRowList(
            [.. rows.Take(asked.Limit).Select(PlanRowAnswer.Of)], asked.Next(rows.Count > asked.Limit ? rows[asked.Limit - 1].Ordinal : (long?)null)));
    }

    private static async Task<IResult> DecideAsync(long id, HttpContext context, PlanStore plans, Decide decide)
    {
        var request = await ApiBody.ReadAsync<DecisionRequest>(context);
        var who = Who(context, request.Reason);
        await FindAsync(plans, id, context);
        if (request.Rows is { } rows && (rows.Count is 0 or > MostRows || rows.Any(row => row < 1) || request.Class.Length + request.Text.Length + request.Verdict.Length + request.Value.Length > 0))
        {
            throw ApiException.Unclear($"rows are 1 to {MostRows:N0} numbers of rows, and stand there without a filter.");
        }

        if (request.Verdict.Length > 0 && !Verdicts.Contains(request.Verdict))
        {
            throw ApiException.Unclear($"verdict is one of {string.Join(", ", Verdicts)}.");
        }

        return await AnswerAsync(id, context, plans, await decide(id, request, FilterOf(request.Class, request.Text, request.Verdict, request.Value), who, context.RequestAborted));
    }

    private static async Task<IResult> PostponeAsync(long id, HttpContext context, PlanStore plans, PlanDecisions decisions)
    {
        var request = await ApiBody.ReadAsync<PostponeRequest>(context);
        var who = Who(context, request.Reason);
        await FindAsync(plans, id, context);
        var until = request.Until ?? throw ApiException.Unclear("until is a time such as 2026-12-01T08:00:00Z.");
        return await AnswerAsync(id, context, plans, await decisions.PostponeAsync(id, until, who, context.RequestAborted));
    }

    private static async Task<IResult> ApplyAsync(long id, HttpContext context, PlanStore plans, PlanDecisions decisions)
    {
        var who = Who(context, (await ApiBody.ReadAsync<PlanRequest>(context)).Reason);
        await FindAsync(plans, id, context);
        return await AnswerAsync(id, context, plans, await decisions.ApplyAsync(id, who, context.RequestAborted));
    }

    private static async Task<IResult> StopAsync(long id, HttpContext context, PlanStore plans, PlanDecisions decisions)
    {
        var who = Who(context, (await ApiBody.ReadAsync<PlanRequest>(context)).Reason);
        await FindAsync(plans, id, context);
        return await AnswerAsync(id, context, plans, await decisions.StopAsync(id, who, context.RequestAborted));
    }

    private static async Task<IResult> RevertAsync(long id, HttpContext context, PlanStore plans, PlanRevert revert)
    {
        var request = await ApiBody.ReadAsync<PlanRequest>(context);
        var who = Who(context, request.Reason);
        await FindAsync(plans, id, context);
        var (made, left) = await revert.RevertAsync(id, request.Row, who, context.RequestAborted);
        if (made is not { } number)
        {
            throw ApiException.Refused(Joined("", left));
        }

        var plan = PlanAnswer.Of(await FindAsync(plans, number, context));
        return Results.Created(string.Create(CultureInfo.InvariantCulture, $"{ApiEndpoints.Root}/plans/{number}"), new RevertAnswer(plan.Changes, plan, left));
    }

    private static async Task<IResult> AnswerAsync(long id, HttpContext context, PlanStore plans, DecisionResult result) => result.IsRefused
        ? throw ApiException.Refused(Joined(result.Sentence, result.Moved))
        : Results.Ok(new DecisionAnswer(result.Changed, result.Sentence, PlanAnswer.Of(await FindAsync(plans, id, context))));

    private static string Joined(string sentence, IReadOnlyList<string> more) => string.Join(' ', more.Take(20).Prepend(sentence).Where(part => part.Length > 0));

    private static Operator Who(HttpContext context, string reason)
    {
        if (reason.Length > LongestReason)
        {
            throw ApiException.Unclear($"A reason has at most {LongestReason:N0} characters.");
        }

        var who = ApiCaller.Of(context).Who(reason.Trim());
        who.Demand(Domain.Access.Right.ApproveDirectory);
        return who;
    }

    private static async Task<PlanSummary> FindAsync(PlanStore plans, long id, HttpContext context) =>
        await plans.FindAsync(id, context.RequestAborted) ?? throw ApiException.Missing($"There is no plan {id}.");

    private static PlanRowFilter FilterOf(string kind, string text, string verdict, string value) => kind.Length > 0 && ClassOf(kind) is null
        ? throw ApiException.Unclear("class is delete, move, rename, modify, add or collision.")
        : new PlanRowFilter(kind.Length > 0 ? ClassOf(kind) : null, text, verdict, value);

    private static string Word(ApiParameter parameter, HttpContext context, string[] known) =>
        parameter.In(context.Request) is var word && (word.Length == 0 || known.Contains(word)) ? word : throw ApiException.Unclear($"{parameter.Name} is one of {string.Join(", ", known)}.");
}
