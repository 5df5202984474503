using System.CommandLine;
using Postern.Domain.Queue;
using Postern.Infrastructure.Queue;

namespace Postern.Web.Cli;

/// <summary><c>queue</c>: what waits, why, and what an operator does to it. Ids are those of deliveries.</summary>
internal static class QueueVerb
{
    private const int StandardLimit = 100;
    private const int LargestLimit = 100_000;

    private delegate Task<IReadOnlyList<ActionResult>> Act(
        DeliveryActions actions, IReadOnlyList<long> ids, Operator who, CancellationToken cancellationToken);

    public static Command Create(VerbRunner verbs) => new("queue", "Deliveries: see them, and act on them")
    {
        List(verbs),
        Show(verbs),
        Action(verbs, "retry", "Try now; what is quarantined gets another chance", needsReason: false, (a, ids, who, token) => a.RetryNowAsync(ids, who, token)),
        Action(verbs, "hold", "Stop until it is released", needsReason: false, (a, ids, who, token) => a.HoldAsync(ids, who, token)),
        Action(verbs, "release", "Let what is held go on", needsReason: false, (a, ids, who, token) => a.ReleaseAsync(ids, who, token)),
        Action(verbs, "return", "Send back to the sender with a report", needsReason: true, (a, ids, who, token) => a.ReturnAsync(ids, who, token)),
        Action(verbs, "remove", "Take out without a report", needsReason: true, (a, ids, who, token) => a.RemoveAsync(ids, who, token)),
    };

    private static Command List(VerbRunner verbs)
    {
        var state = new Option<DeliveryState[]>("--state")
        {
            Description = "Only these states; left out: everything that waits",
            HelpName = "STATE",
            AllowMultipleArgumentsPerToken = true,
            CustomParser = result => [.. result.Tokens.SelectMany(token => token.Value.Split(',')).Select(word => StateOf(word, result.AddError))],
        };
        var connector = Text("--connector", "NAME", "Only this connector");
        var recipient = Text("--recipient", "TEXT", "Only recipients that contain this");
        var sender = Text("--sender", "TEXT", "Only senders that contain this");
        var limit = new Option<int>("--limit") { Description = "The most rows", HelpName = "N", DefaultValueFactory = _ => StandardLimit };
        limit.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && (!int.TryParse(text, out var count) || count is < 1 or > LargestLimit))
            {
                result.AddError($"--limit must be 1 to {LargestLimit}, not “{text}”.");
            }
        });
        var command = new Command("list", "Deliveries that match: what waits oldest first, what has ended newest first") { state, connector, recipient, sender, limit };
        verbs.Set(command, (verb, token) => QueueAnswers.ListAsync(
            verb,
            new QueueFilter
            {
                States = verb.Parsed.GetValue(state) ?? [],
                Connector = verb.Parsed.GetValue(connector) ?? "",
                Recipient = verb.Parsed.GetValue(recipient) ?? "",
                Sender = verb.Parsed.GetValue(sender) ?? "",
            },
            verb.Parsed.GetValue(limit),
            token));
        return command;
    }

    private static Command Show(VerbRunner verbs)
    {
        var id = new Argument<long>("ID") { Description = "Id of the delivery" };
        var command = new Command("show", "Everything that is known of one delivery") { id };
        verbs.Set(command, (verb, token) => QueueAnswers.ShowAsync(verb, verb.Parsed.GetValue(id), token));
        return command;
    }

    private static Command Action(VerbRunner verbs, string name, string description, bool needsReason, Act act)
    {
        var ids = new Argument<long[]>("ID") { Description = "Ids of deliveries", Arity = ArgumentArity.OneOrMore };
        ids.Validators.Add(result =>
        {
            if (result.Tokens.Count > DeliveryActions.LargestSelection)
            {
                result.AddError($"At most {DeliveryActions.LargestSelection} deliveries at a time.");
            }
        });
        var reason = new Option<string>("--reason") { Description = "Why; kept in the audit", HelpName = "TEXT", Required = needsReason };
        reason.Validators.Add(result =>
        {
            if (needsReason && result.Tokens is [{ Value: var text }] && string.IsNullOrWhiteSpace(text))
            {
                result.AddError("--reason must say why.");
            }
        });
        var command = new Command(name, description) { ids, reason };
        verbs.Set(command, async (verb, token) =>
        {
            await using var services = await VerbServices.ForQueueAsync(verb.Database, token);
            var who = new Operator(Verb.Actor, verb.Parsed.GetValue(reason)?.Trim() ?? "");
            var results = await act(services.GetRequiredService<DeliveryActions>(), verb.Parsed.GetValue(ids)!, who, token);
            return await QueueAnswers.ResultsAsync(verb, results, token);
        });
        return command;
    }

    private static Option<string> Text(string name, string help, string description) => new(name) { Description = description, HelpName = help };

    private static DeliveryState StateOf(string word, Action<string> complain)
    {
        var names = Enum.GetNames<DeliveryState>();
        if (names.FirstOrDefault(name => name.Equals(word.Trim(), StringComparison.OrdinalIgnoreCase)) is { } name)
        {
            return Enum.Parse<DeliveryState>(name);
        }

        complain($"There is no state “{word}”; the states are {string.Join(", ", names.Select(n => n.ToLowerInvariant()))}.");
        return default;
    }
}
