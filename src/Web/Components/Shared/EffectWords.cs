using Postern.Domain.Queue;
using Postern.Infrastructure.Queue;

namespace Postern.Web.Components.Shared;

/// <summary>Says what returning or removing some deliveries would do, before it is done.</summary>
public static class EffectWords
{
    /// <summary>The effect of <paramref name="verb"/>, which is Return or Remove.</summary>
    public static Effect Of(DeliveryVerb verb, QueueEffect effect, DateTimeOffset now)
    {
        var isReturn = verb == DeliveryVerb.Return;
        var ending = isReturn ? effect.Waiting - effect.WithoutSender : effect.Waiting;
        var number = Quantity.Of(ending, "delivery", "deliveries");
        return new Effect(
            isReturn ? $"Return {Quantity.Of(effect.Chosen, "delivery", "deliveries")} to {(effect.Senders == 1 ? "the sender" : "their senders")}" : $"Remove {Quantity.Of(effect.Chosen, "delivery", "deliveries")}",
            [
                new(Quantity.Text(ending), ending == 1 ? "delivery ends" : "deliveries end"),
                new(Quantity.Text(effect.Messages), effect.Messages == 1 ? "message" : "messages"),
                new(Quantity.Text(effect.Senders), effect.Senders == 1 ? "sender" : "senders"),
                new(effect.Oldest is { } oldest ? Quantity.Span(now - oldest) : "–", "oldest"),
            ],
            [.. Lines(isReturn, ending, effect)],
            isReturn
                ? $"{(effect.Reports == 1 ? "One report is" : $"{Quantity.Text(effect.Reports)} reports are")} written, with your reason in {(effect.Reports == 1 ? "it" : "them")}, and {(effect.Reports == 1 ? "waits" : "wait")} {Quantity.Span(QueueOperations.StandardUndo)}: so long this can be taken back."
                : $"They leave the queue, no report is written, and {(effect.Senders == 1 ? "the sender" : $"{Quantity.Text(effect.Senders)} senders")} will not know. This can be taken back for {Quantity.Span(QueueOperations.StandardUndo)}.",
            isReturn ? $"Return {number}" : $"Remove {number}",
            (int)ending,
            IsRemoval: !isReturn,
            NeedsReason: true);
    }

    private static IEnumerable<EffectLine> Lines(bool isReturn, long ending, QueueEffect effect)
    {
        if (ending > 0)
        {
            yield return new(isReturn ? DeliveryState.Bounced : DeliveryState.Removed, ending, isReturn ? "end at once as bounced" : "end at once as removed");
        }

        if (isReturn && effect.WithoutReport > 0)
        {
            yield return new(DeliveryState.Bounced, effect.WithoutReport, "of them without a report: their sender asked for none");
        }

        if (isReturn && effect.WithoutSender > 0)
        {
            yield return new(DeliveryState.Queued, effect.WithoutSender, "stay: they have no sender to return them to; remove them instead");
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
}
