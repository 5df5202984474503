using System.CommandLine;
using Postern.Domain.Queue;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Queue;

namespace Postern.Web.Cli;

/// <summary><c>queue retry</c>, <c>hold</c>, <c>release</c>, <c>reroute</c>, <c>prioritise</c>, <c>expire</c>, <c>return</c>, <c>remove</c>: on ids, on everything a filter matches, or on all that waits.</summary>
internal sealed class QueueActionVerb
{
    private readonly DeliveryVerb does;
    private readonly QueueFilterOptions filter = new();
    private readonly Argument<long[]> ids = new("ID") { Description = "Ids of deliveries", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<bool> all = new("--all") { Description = "Everything that waits" };
    private readonly Option<bool> dryRun = new("--dry-run") { Description = "Only say what it would touch" };
    private readonly Option<string> reason;
    private readonly Option<string> to = new("--to") { Description = "The connector they are to go by; left out, the routing table is asked again", HelpName = "CONNECTOR" };
    private readonly Option<DeliveryPriority> priority = new("--priority") { Description = "high, normal or low", HelpName = "PRIORITY", Required = true };
    private readonly Option<bool> report = new("--report") { Description = "Tell the senders" };

    private QueueActionVerb(DeliveryVerb does)
    {
        this.does = does;
        reason = new("--reason") { Description = "Why; kept in the audit", HelpName = "TEXT" };
        reason.Validators.Add(result =>
        {
            if (does.Ends() && result.Tokens is [{ Value: var text }] && string.IsNullOrWhiteSpace(text))
            {
                result.AddError("--reason must say why.");
            }
        });
    }

    public static Command Create(VerbRunner verbs, DeliveryVerb does, string description) => new QueueActionVerb(does).Command(verbs, description);

    // Options that this verb alone has.
    private Option[] Own => does switch
    {
        DeliveryVerb.Reroute => [to],
        DeliveryVerb.Prioritise => [priority],
        DeliveryVerb.Remove => [report],
        _ => [],
    };

    private Command Command(VerbRunner verbs, string description)
    {
        var command = new Command(does.ToWord(), description) { ids, reason, all, dryRun };
        foreach (var option in Own)
        {
            command.Options.Add(option);
        }

        filter.AddTo(command);
        command.Validators.Add(result =>
        {
            var hasIds = result.GetValue(ids) is { Length: > 0 };
            var hasFilter = result.GetValue(all) || result.Children.OfType<System.CommandLine.Parsing.OptionResult>()
                .Any(option => !option.Implicit && option.Option != reason && option.Option != dryRun && !Own.Contains(option.Option) && !option.Option.Recursive);
            if (hasIds == hasFilter)
            {
                result.AddError(hasIds ? "Name ids, or a filter; not both." : "Name ids, a filter, or --all.");
            }

            if (does.Ends() && !result.GetValue(dryRun) && result.GetResult(reason) is null)
            {
                result.AddError("--reason is needed: it is kept in the audit.");
            }
        });
        verbs.Set(command, RunAsync);
        return command;
    }

    private async Task<int> RunAsync(Verb verb, CancellationToken cancellationToken)
    {
        var named = verb.Parsed.GetValue(ids)!;
        var which = filter.Read(verb.Parsed);
        if (which.Connector.Length > 0 && !await ConnectorNames.ExistsAsync(verb.Database.Source, which.Connector, cancellationToken))
        {
            return await verb.RefuseAsync(ExitCode.NotFound, ConnectorNames.Missing(which.Connector));
        }

        var act = Act(verb.Parsed);
        if (act.Connector.Length > 0 && !await ConnectorNames.ExistsAsync(verb.Database.Source, act.Connector, cancellationToken))
        {
            return await verb.RefuseAsync(ExitCode.NotFound, ConnectorNames.Missing(act.Connector));
        }

        await using var services = await VerbServices.ForQueueAsync(verb.Database, cancellationToken);
        if (verb.Parsed.GetValue(dryRun))
        {
            return await ForeseeAsync(verb, services, act, named, which, cancellationToken);
        }

        var operations = services.GetRequiredService<QueueOperations>();
        var who = Operator.Local(verb.Parsed.GetValue(reason)?.Trim() ?? "");
        var operation = named.Length > 0
            ? await operations.StartAsync(act, named, who, cancellationToken)
            : await operations.StartAsync(act, which, who, cancellationToken);
        if (operation.State == OperationState.Awaiting)
        {
            return await OperationAnswers.AwaitsAsync(verb, operation);
        }

        operation = await operations.RunAsync(operation.Id, null, cancellationToken);
        await OperationAnswers.TellConsolesAsync(verb, cancellationToken);
        return named.Length > 0
            ? await QueueAnswers.ResultsAsync(verb, operation, await operations.ResultsAsync(operation.Id, onlyLeft: false, int.MaxValue, cancellationToken))
            : await OperationAnswers.EndedAsync(verb, operation);
    }

    private DeliveryAct Act(ParseResult parsed) => new(does)
    {
        Connector = does == DeliveryVerb.Reroute ? parsed.GetValue(to) ?? "" : "",
        Priority = does == DeliveryVerb.Prioritise ? parsed.GetValue(priority) : DeliveryPriority.Normal,
        WritesReport = does == DeliveryVerb.Remove && parsed.GetValue(report),
    };

    private static async Task<int> ForeseeAsync(
        Verb verb, ServiceProvider services, DeliveryAct act, long[] named, QueueFilter which, CancellationToken cancellationToken)
    {
        var view = new QueueView(verb.Database.Source);
        var effect = named.Length > 0
            ? await view.EffectAsync(act.Verb, named, cancellationToken)
            : await view.EffectAsync(act.Verb, which, cancellationToken);
        var ways = act.Verb == DeliveryVerb.Reroute
            ? await services.GetRequiredService<RerouteForecaster>().LookAsync(named.Length > 0 ? named : null, which, act.Connector, cancellationToken)
            : null;
        var allowance = await services.GetRequiredService<QueueOperations>().AllowanceAsync(Operator.Local().Name, cancellationToken);
        return await OperationAnswers.EffectAsync(verb, act, effect, allowance, ways);
    }
}
