namespace Postern.Domain.Queue;

/// <summary>How much an explanation asks for a person.</summary>
public enum ExplanationWeight
{
    /// <summary>Nothing is wrong.</summary>
    Calm,

    /// <summary>Somebody may want to look.</summary>
    Warn,

    /// <summary>Something failed.</summary>
    Bad,
}

/// <summary>One answer of an explanation.</summary>
/// <param name="Question">"Why it waits".</param>
/// <param name="Answer">Sentences of ours.</param>
/// <param name="Said">The peer's own words, quoted and never paraphrased; empty when it said none.</param>
public sealed record ExplanationAnswer(string Question, string Answer, string Said = "");

/// <summary>Where a delivery is and why, in sentences an operator understands: why it waits, what was tried, what comes next, what would help.</summary>
/// <param name="Title">The state in one sentence without its full stop.</param>
public sealed partial record DeliveryExplanation(string Title, ExplanationWeight Weight, IReadOnlyList<ExplanationAnswer> Answers)
{
    private const string Why = "Why it waits";
    private const string Tried = "What was tried";
    private const string Next = "What comes next";
    private const string Help = "What would help";
    private const string Happened = "What happened";

    /// <summary>Explains one delivery.</summary>
    /// <param name="now">Spans are counted to it.</param>
    public static DeliveryExplanation Of(DeliverySnapshot delivery, ConnectorSituation connector, DateTimeOffset now) => delivery.State switch
    {
        DeliveryState.Queued => OfQueued(delivery, connector, now),
        DeliveryState.Leased => OfLeased(delivery, now),
        DeliveryState.Held => OfHeld(delivery, now),
        DeliveryState.Quarantined => OfQuarantined(delivery, now),
        DeliveryState.Delivered => OfDelivered(delivery, now),
        DeliveryState.Bounced => OfBounced(delivery, now),
        DeliveryState.Removed => OfRemoved(delivery, now),
        _ => new("Opened: the list's members are deliveries of their own", ExplanationWeight.Calm, []),
    };

    private static DeliveryExplanation OfQueued(DeliverySnapshot delivery, ConnectorSituation connector, DateTimeOffset now)
    {
        if (connector == ConnectorSituation.Deleted)
        {
            return new(
                "Waiting for a connector that is no longer configured",
                ExplanationWeight.Bad,
                [
                    new(Why, "The connector it was routed to has been taken out of the configuration."),
                    .. TriedBefore(delivery, now),
                    new(Next, GivesUp(delivery, now, "Nothing.")),
                    new(Help, "Return it to its sender with a note, so that it can be sent again by the routes of today."),
                ]);
        }

        if (!connector.IsWanted)
        {
            return new(
                $"Waiting because the connector {delivery.Connector} is stopped",
                ExplanationWeight.Warn,
                [
                    new(Why, $"An operator has stopped {delivery.Connector}; nothing goes out by it."),
                    .. TriedBefore(delivery, now),
                    new(Next, GivesUp(delivery, now, "Nothing, until the connector is started.")),
                    new(Help, $"Start {delivery.Connector}, or return the message to its sender with a note."),
                ]);
        }

        if (connector.DeliveryPause is { } pause)
        {
            return OfPaused(delivery, pause, now);
        }

        if (connector.Drain is { } drain && delivery.AcceptedAt > drain.Since)
        {
            return OfDrained(delivery, drain, now);
        }

        if (connector.State is "failed")
        {
            return new(
                $"Waiting for the connector {delivery.Connector}, which has failed",
                ExplanationWeight.Bad,
                [
                    new(Why, connector.Detail.Length > 0 ? Sentence(connector.Detail) : $"{delivery.Connector} cannot work at present."),
                    .. TriedBefore(delivery, now),
                    new(Next, GivesUp(delivery, now, "Postern tries the connector again by itself, with growing pauses of up to a minute.")),
                    new(Help, $"Mend what {delivery.Connector} names; its page shows the settings and the last failure."),
                ]);
        }

        return delivery.Attempts == 0 ? OfFresh(delivery, connector, now) : OfDeferred(delivery, now);
    }

    private static DeliveryExplanation OfPaused(DeliverySnapshot delivery, ConnectorPause pause, DateTimeOffset now) => new(
        pause.Until is { } until
            ? $"Waiting because {pause.By} paused delivery by {delivery.Connector} until {Clock(until, now)}"
            : $"Waiting because {pause.By} paused delivery by {delivery.Connector}",
        ExplanationWeight.Warn,
        [
            new(Why, $"{pause.By} paused it {Span(now - pause.Since)} ago{(pause.Reason.Length > 0 ? $": “{pause.Reason.TrimEnd('.')}”" : "")}. What comes in is accepted and waits."),
            .. TriedBefore(delivery, now),
            new(Next, GivesUp(delivery, now, pause.Until is { } end ? $"Delivery goes on by itself at {Clock(end, now)}, in {Span(end - now)}." : "Nothing, until delivery is resumed.")),
            new(Help, $"Resume {delivery.Connector} to deliver at once, or return the message to its sender with a note."),
        ]);

    private static DeliveryExplanation OfDrained(DeliverySnapshot delivery, ConnectorPause drain, DateTimeOffset now) => new(
        $"Waiting because {drain.By} drains {delivery.Connector}, and it came after that",
        ExplanationWeight.Warn,
        [
            new(Why, $"{drain.By} began to drain it {Span(now - drain.Since)} ago{(drain.Reason.Length > 0 ? $": “{drain.Reason.TrimEnd('.')}”" : "")}. It lets go what was there then, and stops."),
            .. TriedBefore(delivery, now),
            new(Next, GivesUp(delivery, now, "Nothing, until the connector is started again.")),
            new(Help, $"Resume {delivery.Connector} to end the drain, reroute the message, or return it to its sender with a note."),
        ]);

    private static DeliveryExplanation OfFresh(DeliverySnapshot delivery, ConnectorSituation connector, DateTimeOffset now)
    {
        var why = delivery.Reason.Length > 0 ? Sentence(delivery.Reason)
            : connector.State is "" or "stopped" ? $"No process has {delivery.Connector} running at present."
            : $"It takes its turn: first attempts for {Place(delivery)} start in order of acceptance. Nothing is wrong.";
        var next = delivery.DueAt > now ? $"The first attempt at {Clock(delivery.DueAt.Value, now)}, in {Span(delivery.DueAt.Value - now)}."
            : "The first attempt, as soon as the connector has room for it.";
        var isStuck = now - delivery.AcceptedAt > TimeSpan.FromMinutes(15);
        return new(
            $"Waiting for its first attempt{(delivery.Destination.Length > 0 ? $" to {delivery.Destination}" : "")}",
            isStuck ? ExplanationWeight.Warn : ExplanationWeight.Calm,
            isStuck
                ? [new(Why, why), new(Next, GivesUp(delivery, now, next)), new(Help, $"See on the page of {delivery.Connector} whether it still shows life.")]
                : [new(Why, why), new(Next, next)]);
    }

    private static DeliveryExplanation OfDeferred(DeliverySnapshot delivery, DateTimeOffset now)
    {
        var isDue = delivery.DueAt is not { } due || due <= now;
        var next = isDue
            ? $"Attempt {delivery.Attempts + 1} is due and starts as soon as {Place(delivery)} has room for it."
            : $"Attempt {delivery.Attempts + 1} at {Clock(delivery.DueAt!.Value, now)}, in {Span(delivery.DueAt.Value - now)}.";
        return new(
            isDue ? $"Waiting for {Place(delivery)}; attempt {delivery.Attempts + 1} is due" : $"Waiting for {Place(delivery)}; attempt {delivery.Attempts + 1} is in {Span(delivery.DueAt!.Value - now)}",
            ExplanationWeight.Warn,
            [
                new(Why, delivery.Reason.Length > 0 ? Sentence(delivery.Reason) : "The last attempt did not succeed, and no reason was given."),
                .. TriedBefore(delivery, now),
                new(Next, GivesUp(delivery, now, next)),
                new(Help, HelpFor(delivery)),
            ]);
    }

    private static DeliveryExplanation OfLeased(DeliverySnapshot delivery, DateTimeOffset now) => new(
        $"On its way: attempt {delivery.Attempts + 1} to {Place(delivery)} is running",
        ExplanationWeight.Calm,
        [
            .. TriedBefore(delivery, now),
            new(Next, "What the other side answers is recorded here. If the process that has it should die, the delivery returns to the queue by itself."),
        ]);

    private static DeliveryExplanation OfHeld(DeliverySnapshot delivery, DateTimeOffset now) => new(
        delivery.Reason.Length > 0 ? delivery.Reason.TrimEnd('.') : "Held by an operator",
        ExplanationWeight.Warn,
        [
            .. TriedBefore(delivery, now),
            new(Next, "Nothing. Release it, or it stays; held mail does not expire."),
        ]);

    private static DeliveryExplanation OfQuarantined(DeliverySnapshot delivery, DateTimeOffset now) => new(
        "Set aside, so that what is behind it moves on",
        ExplanationWeight.Bad,
        [
            new("Why it is set aside", delivery.Reason.Length > 0 ? Sentence(delivery.Reason) : "The reason was not recorded."),
            .. TriedBefore(delivery, now),
            new(Next, "Nothing, until an operator decides; quarantined mail does not expire."),
            new(Help, delivery.Sender.Length > 0
                ? "Retry it once the cause is mended, return it to the sender with a note, or remove it."
                : "Retry it once the cause is mended, or remove it. It has no sender to return it to."),
        ]);
}
