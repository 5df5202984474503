using System.CommandLine;
using Postern.Domain.Addresses;
using Postern.Domain.Routing;
using Postern.Infrastructure.Routing;
using Postern.Web.Api;
using Postern.Web.Components.Shared;

namespace Postern.Web.Cli;

internal static partial class RouteVerb
{
    private static Command Explain(VerbRunner verbs)
    {
        var address = new Argument<MailAddress>("ADDRESS") { Description = "jane@site1.example, \"CCMAIL:Doe, Jane at SALES\", MS:NETWORK/POSTOFFICE/MAILBOX", CustomParser = Parse };
        var sender = new Option<MailAddress>("--sender") { Description = "Who sends; left out: anybody who may", HelpName = "ADDRESS", CustomParser = Parse };
        var from = new Option<string>("--from") { Description = "The post office where it is written: tells what the old post offices do with it, and the way of the answer", HelpName = "POSTOFFICE" };
        var by = new Option<string>("--came-by") { Description = "The connector the mail came by; left out: an SMTP listener", HelpName = "CONNECTOR" };
        var explain = new Command("explain", "Where an address goes and why; ends with 1 when there is no route") { address, from, by, sender };
        explain.Validators.Add(result =>
        {
            if (result.GetValue(from) is not null && (result.GetValue(by) is not null || result.GetResult(sender) is { Implicit: false }))
            {
                result.AddError("--from tells a whole way; --came-by and --sender are about Postern's own decision. Give one or the other.");
            }
        });
        verbs.Set(explain, (verb, token) => WithStateAsync(
            verb,
            (_, state) => verb.Parsed.GetValue(from) is { } office
                ? ExplainWayAsync(verb, state, office, verb.Parsed.GetValue(address)!)
                : ExplainAsync(verb, state.Model.Table, verb.Parsed.GetValue(address)!, verb.Parsed.GetValue(by), verb.Parsed.GetValue(sender), token),
            token));
        return explain;
    }

    private static MailAddress? Parse(System.CommandLine.Parsing.ArgumentResult result)
    {
        if (!MailAddress.TryParse(result.Tokens[0].Value, out var parsed, out var fault))
        {
            result.AddError(fault);
        }

        return parsed;
    }

    private static async Task<int> ExplainWayAsync(Verb verb, RouteState state, string from, MailAddress address)
    {
        if (FindPostOffice(state, from, out var fault) is not { } office)
        {
            return await verb.RefuseAsync(ExitCode.NotFound, fault);
        }

        var told = RouteExplanation.Of(state.Model, office.Key, address);
        var arrives = told is { There.Arrives: true, Back.Arrives: true };
        if (verb.Answer.IsJson)
        {
            await verb.Answer.JsonAsync(RouteWayAnswer.Of(state, office, address));
            return arrives ? ExitCode.Done : ExitCode.No;
        }

        await verb.Answer.LineAsync($"From {VisibleText.Of(office.Name)} to {VisibleText.Of(address.ToString(), LongestLine)}:");
        await WriteAsync(verb.Answer, told.There);
        if (told.Back is { } answer)
        {
            await verb.Answer.LineAsync("The answer:");
            await WriteAsync(verb.Answer, answer);
        }

        await verb.Answer.LineAsync(arrives ? "It arrives, and so does the answer." : told.There.Arrives ? "It arrives; the answer does not." : "It does not arrive.");
        return arrives ? ExitCode.Done : ExitCode.No;
    }

    private static async Task WriteAsync(Answer answer, ExplainedWay way)
    {
        await answer.LineAsync($"  {VisibleText.Of(string.Join(" → ", way.Path.Select(Stop)), LongestLine)}");
        await LinesAsync(answer, way.Steps.Select(step => $"  {step}"));
        if (way.Fix is { } fix)
        {
            await answer.LineAsync($"  What mends it: {VisibleText.Of(fix.ToString(), LongestLine)}");
        }
    }

    private static async Task<int> ExplainAsync(Verb verb, RoutingTable table, MailAddress address, string? cameBy, MailAddress? sender, CancellationToken cancellationToken)
    {
        if (cameBy is not null && !await ConnectorNames.ExistsAsync(verb.Database.Source, cameBy, cancellationToken))
        {
            return await verb.RefuseAsync(ExitCode.NotFound, ConnectorNames.Missing(cameBy));
        }

        var decision = table.ResolveFrom(sender, address, cameBy);
        await (verb.Answer.IsJson ? verb.Answer.JsonAsync(RouteDecisionAnswer.Of(address, table, decision)) : WriteAsync(verb.Answer, decision));
        return decision is RouteDecision.Routed ? ExitCode.Done : ExitCode.No;
    }

    private static async Task WriteAsync(Answer answer, RouteDecision decision)
    {
        await LinesAsync(answer, decision.Explanation);
        await answer.LineAsync(decision switch
        {
            RouteDecision.Routed routed => $"Route: connector {routed.Connector.Name}, destination {VisibleText.Of(routed.Destination)}, as {VisibleText.Of(routed.Target.ToString(), 1_000)}",
            RouteDecision.Unroutable no => $"No route: {no.Status}",
            _ => throw new System.Diagnostics.UnreachableException(),
        });
    }
}
