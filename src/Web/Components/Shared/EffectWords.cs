using Postern.Domain.Queue;
using Postern.Infrastructure.Queue;

namespace Postern.Web.Components.Shared;

/// <summary>Says what an act on some deliveries would do, before it is done.</summary>
public static class EffectWords
{
    /// <summary>The effect of an act.</summary>
    /// <param name="ways">Of a reroute: where they would go, as far as it was looked up.</param>
    public static Effect Of(DeliveryAct act, QueueEffect effect, OperationAllowance allowance, DateTimeOffset now, RerouteForecast? ways = null)
    {
        var touched = Touched(act.Verb, effect);
        return new Effect(
            Title(act, effect),
            [
                new(Quantity.Text(touched), $"{(touched == 1 ? "delivery" : "deliveries")} {Fate(act.Verb, touched == 1)}"),
                new(Quantity.Text(effect.Messages), effect.Messages == 1 ? "message" : "messages"),
                new(Quantity.Text(effect.Connectors), effect.Connectors == 1 ? "connector" : "connectors"),
                new(effect.Oldest is { } oldest ? Quantity.Span(now - oldest) : "–", "oldest"),
            ],
            [.. Lines(act, touched, effect, ways)],
            Consequence(act, effect, allowance.UndoFor),
            Button(act, touched),
            touched,
            IsRemoval: act.Verb == DeliveryVerb.Remove,
            NeedsReason: act.Verb.Ends())
        {
            SecondOperator = act.Verb.Ends() ? new SecondOperatorGauge(touched, allowance.Ended, allowance.Limit) : null,
        };
    }

    /// <summary>"high", as priorities are called on buttons and in lists.</summary>
    public static string Name(DeliveryPriority priority) => priority.ToString().ToLowerInvariant();

    private static long Touched(DeliveryVerb verb, QueueEffect effect) =>
        effect.InReachOf(verb) - (verb is DeliveryVerb.Return or DeliveryVerb.Expire ? effect.WithoutSender : 0);

    private static string Title(DeliveryAct act, QueueEffect effect)
    {
        var these = Quantity.Of(effect.Chosen, "delivery", "deliveries");
        return act.Verb switch
        {
            DeliveryVerb.Retry => $"Try {these} now",
            DeliveryVerb.Hold => $"Hold {these}",
            DeliveryVerb.Release => $"Release {these}",
            DeliveryVerb.Reroute => $"Send {these} another way",
            DeliveryVerb.Prioritise => $"Give {these} {Name(act.Priority)} priority",
            DeliveryVerb.Expire => $"End the wait of {these}",
            DeliveryVerb.Return => $"Return {these} to {(effect.Senders == 1 ? "the sender" : "their senders")}",
            _ => $"Remove {these}",
        };
    }

    private static string Fate(DeliveryVerb verb, bool isOne) => verb switch
    {
        DeliveryVerb.Retry => isOne ? "is due" : "are due",
        DeliveryVerb.Hold => isOne ? "stops" : "stop",
        DeliveryVerb.Release => isOne ? "goes on" : "go on",
        DeliveryVerb.Reroute => isOne ? "moves" : "move",
        DeliveryVerb.Prioritise => isOne ? "changes" : "change",
        _ => isOne ? "ends" : "end",
    };

    private static IEnumerable<EffectLine> Lines(DeliveryAct act, long touched, QueueEffect effect, RerouteForecast? ways)
    {
        if (ways is not null)
        {
            foreach (var line in WayLines(ways))
            {
                yield return line;
            }
        }
        else if (touched > 0)
        {
            yield return act.Verb switch
            {
                DeliveryVerb.Retry => new(DeliveryState.Queued, touched, "are due at once"),
                DeliveryVerb.Hold => new(DeliveryState.Held, touched, "wait until somebody releases them; meanwhile they do not expire"),
                DeliveryVerb.Release => new(DeliveryState.Queued, touched, "are due at once; the time they were held is not counted"),
                DeliveryVerb.Prioritise => new(DeliveryState.Queued, touched, $"go {Turn(act.Priority)} what is due for the same destination"),
                DeliveryVerb.Remove => new(DeliveryState.Removed, touched, "end at once as removed"),
                _ => new(DeliveryState.Bounced, touched, "end at once as bounced"),
            };
        }

        if (act.Reports() && effect.WithoutReport > 0)
        {
            yield return new(DeliveryState.Bounced, effect.WithoutReport, "of them without a report: their sender asked for none");
        }

        if (act.Verb is DeliveryVerb.Return or DeliveryVerb.Expire && effect.WithoutSender > 0)
        {
            yield return new(DeliveryState.Queued, effect.WithoutSender, "stay: they have no sender to return them to; remove them instead");
        }

        if (effect.Waiting - effect.InReachOf(act.Verb) is > 0 and var rest)
        {
            yield return Rest(act.Verb, rest);
        }

        if (effect.Leased > 0)
        {
            yield return new(DeliveryState.Leased, effect.Leased, "are on their way and stay as they are");
        }

        if (effect.Ended > 0)
        {
            yield return new(DeliveryState.Delivered, effect.Ended, "have ended since they were chosen");
        }
    }

    private static IEnumerable<EffectLine> WayLines(RerouteForecast ways)
    {
        var of = ways.IsWhole ? "" : $" of the first {Quantity.Text(ways.Looked)}";
        foreach (var way in ways.Ways)
        {
            yield return new(DeliveryState.Queued, way.Count, $"{of} go by {way.Connector} to {VisibleText.Of(way.Destination, 60)}".TrimStart());
        }

        if (ways.Already > 0)
        {
            yield return new(DeliveryState.Queued, ways.Already, $"{of} stay: they go this way already".TrimStart());
        }

        foreach (var (reason, count) in ways.Nowhere)
        {
            yield return new(DeliveryState.Bounced, count, $"{of} stay: {VisibleText.Of(reason, 200)}".TrimStart());
        }
    }

    private static EffectLine Rest(DeliveryVerb verb, long rest) => verb switch
    {
        DeliveryVerb.Retry => new(DeliveryState.Held, rest, "are held; release them instead"),
        DeliveryVerb.Hold => new(DeliveryState.Held, rest, "are held already"),
        DeliveryVerb.Release => new(DeliveryState.Queued, rest, "are not held"),
        DeliveryVerb.Expire => new(DeliveryState.Held, rest, "are held or quarantined, where no time runs; return or remove them"),
        _ => new(DeliveryState.Quarantined, rest, "stay: this is not possible from where they are"),
    };

    private static string Turn(DeliveryPriority priority) => priority switch
    {
        DeliveryPriority.High => "before",
        DeliveryPriority.Low => "after",
        _ => "in their turn among",
    };

    private static string Consequence(DeliveryAct act, QueueEffect effect, TimeSpan undoFor)
    {
        var time = Quantity.Span(undoFor);
        var one = effect.Reports == 1;
        return act.Verb switch
        {
            _ when act.Reports() =>
                $"{(one ? "One report is" : $"{Quantity.Text(effect.Reports)} reports are")} written{(act.Verb == DeliveryVerb.Expire ? "" : $", with your reason in {(one ? "it" : "them")}")}, and {(one ? "waits" : "wait")} {time}: so long this can be taken back.",
            DeliveryVerb.Remove =>
                $"They leave the queue, no report is written, and {(effect.Senders == 1 ? "the sender" : $"{Quantity.Text(effect.Senders)} senders")} will not know. This can be taken back for {time}.",
            DeliveryVerb.Hold => $"No report is written. This can be taken back for {time}.",
            _ => $"No report is written. For {time} this can be taken back for those that have not been tried since.",
        };
    }

    private static string Button(DeliveryAct act, long touched)
    {
        var number = Quantity.Of(touched, "delivery", "deliveries");
        return act.Verb switch
        {
            DeliveryVerb.Retry => $"Try {number} now",
            DeliveryVerb.Prioritise => $"Set {Name(act.Priority)} priority",
            DeliveryVerb.Expire => $"End {number}",
            _ => $"{act.Verb} {number}",
        };
    }
}
