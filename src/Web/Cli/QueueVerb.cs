using System.CommandLine;
using Postern.Infrastructure.Queue;

namespace Postern.Web.Cli;

/// <summary><c>queue</c>: what waits, why, and what an operator does to it. Ids are those of deliveries.</summary>
internal static class QueueVerb
{
    private const int StandardLimit = 100;
    private const int LargestLimit = 100_000;

    public static Command Create(VerbRunner verbs) => new("queue", "Deliveries: see them, and act on them")
    {
        List(verbs),
        Show(verbs),
        QueueActionVerb.Create(verbs, DeliveryVerb.Retry, "Try now; what is quarantined gets another chance"),
        QueueActionVerb.Create(verbs, DeliveryVerb.Hold, "Stop until it is released"),
        QueueActionVerb.Create(verbs, DeliveryVerb.Release, "Let what is held go on"),
        QueueActionVerb.Create(verbs, DeliveryVerb.Reroute, "Send another way: as the routing table says now, or --to a connector"),
        QueueActionVerb.Create(verbs, DeliveryVerb.Prioritise, "Let go before or after what else is due for the same destination"),
        QueueActionVerb.Create(verbs, DeliveryVerb.Expire, "End the wait: back to the sender as not delivered in time"),
        QueueActionVerb.Create(verbs, DeliveryVerb.Return, "Send back to the sender with a report"),
        QueueActionVerb.Create(verbs, DeliveryVerb.Remove, "Take out, without a report unless --report"),
    };

    private static Command List(VerbRunner verbs)
    {
        var filter = new QueueFilterOptions();
        var limit = new Option<int>("--limit") { Description = "The most rows", HelpName = "N", DefaultValueFactory = _ => StandardLimit };
        limit.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && (!int.TryParse(text, out var count) || count is < 1 or > LargestLimit))
            {
                result.AddError($"--limit must be 1 to {LargestLimit}, not “{text}”.");
            }
        });
        var command = new Command("list", "Deliveries that match: what waits oldest first, what has ended newest first") { limit };
        filter.AddTo(command);
        verbs.Set(command, (verb, token) => QueueAnswers.ListAsync(verb, filter.Read(verb.Parsed), verb.Parsed.GetValue(limit), token));
        return command;
    }

    private static Command Show(VerbRunner verbs)
    {
        var id = new Argument<long>("ID") { Description = "Id of the delivery" };
        var command = new Command("show", "Everything that is known of one delivery") { id };
        verbs.Set(command, (verb, token) => QueueAnswers.ShowAsync(verb, verb.Parsed.GetValue(id), token));
        return command;
    }
}
