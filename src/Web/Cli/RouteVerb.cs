using System.CommandLine;
using Postern.Domain.Addresses;
using Postern.Domain.Routing;
using Postern.Infrastructure.Routing;
using Postern.Web.Components.Shared;

namespace Postern.Web.Cli;

/// <summary><c>route explain</c>: where an address goes and why, by the code that decides. <c>route prove</c>: does everybody reach everybody, there and back?</summary>
internal static partial class RouteVerb
{
    public static Command Create(VerbRunner verbs)
    {
        var address = new Argument<MailAddress>("ADDRESS") { Description = "jane@site1.example, \"CCMAIL:Doe, Jane at SALES\", MS:NETWORK/POSTOFFICE/MAILBOX", CustomParser = Parse };
        var sender = new Option<MailAddress>("--sender") { Description = "Who sends; left out: anybody who may", HelpName = "ADDRESS", CustomParser = Parse };
        var from = new Option<string>("--from") { Description = "The connector the mail came by; left out: an SMTP listener", HelpName = "CONNECTOR" };
        var explain = new Command("explain", "Where an address goes and why; ends with 1 when there is no route") { address, from, sender };
        verbs.Set(explain, (verb, token) => ExplainAsync(verb, verb.Parsed.GetValue(address)!, verb.Parsed.GetValue(from), verb.Parsed.GetValue(sender), token));
        return new Command("route", "Ask about routes") { explain, Prove(verbs) };
    }

    private static MailAddress? Parse(System.CommandLine.Parsing.ArgumentResult result)
    {
        if (!MailAddress.TryParse(result.Tokens[0].Value, out var parsed, out var fault))
        {
            result.AddError(fault);
        }

        return parsed;
    }

    private static async Task<int> ExplainAsync(Verb verb, MailAddress address, string? from, MailAddress? sender, CancellationToken cancellationToken)
    {
        if (from is not null && !await ConnectorNames.ExistsAsync(verb.Database.Source, from, cancellationToken))
        {
            return await verb.RefuseAsync(ExitCode.NotFound, ConnectorNames.Missing(from));
        }

        var table = await LoadAsync(verb, cancellationToken);
        var decision = table.ResolveFrom(sender, address, from);
        await (verb.Answer.IsJson ? verb.Answer.JsonAsync(ToJson(address, table, decision)) : WriteAsync(verb.Answer, decision));
        return decision is RouteDecision.Routed ? ExitCode.Done : ExitCode.No;
    }

    private static async Task<RoutingTable> LoadAsync(Verb verb, CancellationToken cancellationToken)
    {
        var (table, faults) = await new RoutingLoader(verb.Database.Source).LoadAsync(cancellationToken);
        foreach (var fault in faults)
        {
            await verb.Error.WriteLineAsync($"Left out of routing: {VisibleText.Of(fault, 1_000)}");
        }

        return table;
    }

    private static object ToJson(MailAddress address, RoutingTable table, RouteDecision decision)
    {
        var routed = decision as RouteDecision.Routed;
        var unroutable = decision as RouteDecision.Unroutable;
        return new
        {
            address = address.ToString(),
            routed = routed is not null,
            connector = routed?.Connector.Name,
            kind = routed?.Connector.Kind,
            destination = routed?.Destination,
            target = routed?.Target.ToString(),
            ours = routed?.IsOurs,
            status = unroutable?.Status,
            reason = unroutable?.Reason,
            routeVersion = table.Version,
            explanation = decision.Explanation,
        };
    }

    private static async Task WriteAsync(Answer answer, RouteDecision decision)
    {
        foreach (var step in decision.Explanation)
        {
            await answer.LineAsync(VisibleText.Of(step, 2_000));
        }

        await answer.LineAsync(decision switch
        {
            RouteDecision.Routed routed => $"Route: connector {routed.Connector.Name}, destination {VisibleText.Of(routed.Destination)}, as {VisibleText.Of(routed.Target.ToString(), 1_000)}",
            RouteDecision.Unroutable no => $"No route: {no.Status}",
            _ => throw new System.Diagnostics.UnreachableException(),
        });
    }
}
