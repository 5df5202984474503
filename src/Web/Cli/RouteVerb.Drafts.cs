using System.CommandLine;
using System.Globalization;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Routing;
using Postern.Web.Api;
using Postern.Web.Components.Shared;

namespace Postern.Web.Cli;

internal static partial class RouteVerb
{
    private const int Listed = 50;

    internal static Option<bool> AcceptsLoss() => new("--accept-loss") { Description = "You have seen what stops, and want it all the same; needs --reason" };

    private static Command Drafts(VerbRunner verbs)
    {
        var drafts = new Command("drafts", "Drafts of routing, and what each would change");
        verbs.Set(drafts, (verb, token) => WithStateAsync(verb, (services, _) => DraftsAsync(verb, services, token), token));
        return drafts;
    }

    private static Command Activate(VerbRunner verbs)
    {
        var name = new Argument<string>("DRAFT") { Description = "Name of the draft" };
        var (reason, accepts) = (Reason(), AcceptsLoss());
        var activate = new Command("activate", "Put a draft into force; refused with each counter-example that it would add") { name, reason, accepts };
        verbs.Set(activate, (verb, token) => WithStateAsync(
            verb,
            async (services, _) => await services.GetRequiredService<RouteDrafts>().FindAsync(verb.Parsed.GetValue(name)!, token) is { } draft
                ? await ToldAsync(verb, await services.GetRequiredService<RouteActivations>().ActivateAsync(
                    draft, verb.Parsed.GetValue(accepts), Operator.Local(verb.Parsed.GetValue(reason)?.Trim() ?? ""), token))
                : await verb.RefuseAsync(ExitCode.NotFound, $"There is no draft {VisibleText.Of(verb.Parsed.GetValue(name)!)}."),
            token));
        return activate;
    }

    private static Command Return(VerbRunner verbs)
    {
        var version = new Argument<long>("VERSION") { Description = "As route history lists it" };
        var (reason, accepts) = (Reason(), AcceptsLoss());
        var back = new Command("return", "Bring the routing of an earlier version back, as a new version") { version, reason, accepts };
        verbs.Set(back, (verb, token) => WithStateAsync(
            verb,
            async (services, _) => await services.GetRequiredService<RouteActivations>().ContentAsync(verb.Parsed.GetValue(version), token) is not null
                ? await ToldAsync(verb, await services.GetRequiredService<RouteActivations>().ReturnAsync(
                    verb.Parsed.GetValue(version), verb.Parsed.GetValue(accepts), Operator.Local(verb.Parsed.GetValue(reason)?.Trim() ?? ""), token))
                : await verb.RefuseAsync(ExitCode.NotFound, $"There is no routing version {verb.Parsed.GetValue(version)}."),
            token));
        return back;
    }

    private static Command History(VerbRunner verbs)
    {
        var history = new Command("history", $"The newest {Listed} versions of routing, and what each changed");
        verbs.Set(history, (verb, token) => WithStateAsync(verb, (services, _) => HistoryAsync(verb, services, token), token));
        return history;
    }

    private static async Task<int> DraftsAsync(Verb verb, ServiceProvider services, CancellationToken cancellationToken)
    {
        var store = services.GetRequiredService<RouteDrafts>();
        var drafts = new List<(RouteDraft Draft, DraftCheck Check)>();
        foreach (var draft in await store.ListAsync(cancellationToken))
        {
            drafts.Add((draft, await store.CheckAsync(draft, draft.Content, cancellationToken)));
        }

        if (verb.Answer.IsJson)
        {
            await verb.Answer.JsonAsync(new RouteDraftAnswers([.. drafts.Select(one => RouteDraftAnswer.Of(one.Draft, one.Check))]));
            return ExitCode.Done;
        }

        if (drafts.Count == 0)
        {
            await verb.Answer.LineAsync("There are no drafts.");
        }

        foreach (var (draft, check) in drafts)
        {
            await LinesAsync(
                verb.Answer,
                [
                    string.Create(CultureInfo.InvariantCulture, $"{draft.Name}: {check.Changes.Count} {(check.Changes.Count == 1 ? "change" : "changes")}, last by {draft.ChangedBy}"),
                    .. check.Changes.Select(change => $"  {change.Sentence}"),
                    .. check.WhyNot(acceptsLoss: false, "") is { Length: > 0 } why ? [$"  It cannot be activated: {why}"] : Array.Empty<string>(),
                ]);
        }

        return ExitCode.Done;
    }

    private static async Task<int> HistoryAsync(Verb verb, ServiceProvider services, CancellationToken cancellationToken)
    {
        var versions = await services.GetRequiredService<RouteActivations>().ListAsync(long.MaxValue, Listed, cancellationToken);
        if (verb.Answer.IsJson)
        {
            await verb.Answer.JsonAsync(new { versions = versions.Select(RouteVersionAnswer.Of) });
            return ExitCode.Done;
        }

        if (versions.Count == 0)
        {
            await verb.Answer.LineAsync("Routing has not been changed yet.");
        }

        foreach (var one in versions)
        {
            var how = one.Source switch
            {
                ActivationSource.Draft => $"draft {one.Draft}",
                ActivationSource.Return => string.Create(CultureInfo.InvariantCulture, $"return to {one.ReturnsTo}"),
                ActivationSource.Configuration => "configuration",
                _ => "was in force before",
            };
            await LinesAsync(
                verb.Answer,
                [
                    string.Create(CultureInfo.InvariantCulture, $"{one.Version}  {one.At.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z  {how}{(one.Actor.Length > 0 ? $", by {one.Actor}" : "")}{(one.Reason.Length > 0 ? $": {one.Reason}" : "")}"),
                    .. one.Changes.Select(change => $"  {change}"),
                ]);
        }

        return ExitCode.Done;
    }

    private static async Task<int> ToldAsync(Verb verb, ActivationResult result)
    {
        if (verb.Answer.IsJson)
        {
            await verb.Answer.JsonAsync(ActivationAnswer.Of(result));
            return result.IsDone ? ExitCode.Done : ExitCode.Refused;
        }

        if (!result.IsDone)
        {
            await LinesAsync(verb.Answer, (result.Check?.New ?? []).Select(example => example.Sentence));
            return await verb.RefuseAsync(ExitCode.Refused, VisibleText.Of(result.Refusal, LongestLine));
        }

        await LinesAsync(
            verb.Answer,
            [
                string.Create(CultureInfo.InvariantCulture, $"Routing version {result.Version} is in force."),
                .. result.Check!.Changes.Select(change => $"  {change.Sentence}"),
                "Waiting mail follows while a server runs.",
            ]);
        return ExitCode.Done;
    }
}
