using System.Globalization;

namespace Postern.Domain.Queue;

public sealed partial record DeliveryExplanation
{
    private static DeliveryExplanation OfDelivered(DeliverySnapshot delivery, DateTimeOffset now)
    {
        var answers = new List<ExplanationAnswer>
        {
            new(Happened, $"{(delivery.Remote.Length > 0 ? delivery.Remote : Place(delivery))} took it{At(delivery.FinishedAt, now)}, at attempt {delivery.Attempts}.", delivery.Reply),
        };
        if (delivery.MayRepeat)
        {
            answers.Add(new("What is doubtful", "An earlier attempt may have been taken without an answer reaching Postern: the recipient may have it twice."));
        }

        if (delivery.Report == "sent")
        {
            answers.Add(new("What the sender knows", $"A notice that it was relayed went to {delivery.Sender}."));
        }

        return new($"Delivered to {Place(delivery)}", ExplanationWeight.Calm, answers);
    }

    private static DeliveryExplanation OfBounced(DeliverySnapshot delivery, DateTimeOffset now) => new(
        "Bounced: it cannot be delivered",
        ExplanationWeight.Bad,
        [
            new(Happened, (delivery.Reason.Length > 0 ? Sentence(delivery.Reason) : "The reason was not recorded.") + Code(delivery.Status), delivery.Reply),
            .. delivery.Attempts > 0 && delivery.FirstAttemptAt is { } first
                ? (ExplanationAnswer[])[new(Tried, $"{Count(delivery.Attempts)} between {Clock(first, now)} and {Clock(delivery.FinishedAt ?? now, now)}.")]
                : [],
            new("What the sender knows", delivery.Report switch
            {
                "sent" => $"A report went to {Shown(delivery.Sender)}{At(delivery.FinishedAt, now)}.",
                "not asked" => "Nothing: the sender asked for no report of failures.",
                "no sender" => "Nothing: it has no sender, and a report is never answered by a report.",
                _ => "Nothing was sent.",
            }),
        ]);

    private static DeliveryExplanation OfRemoved(DeliverySnapshot delivery, DateTimeOffset now) => new(
        delivery.Reason.Length > 0 ? delivery.Reason.TrimEnd('.') : "Removed by an operator",
        ExplanationWeight.Warn,
        [
            new(Happened, $"It left the queue{At(delivery.FinishedAt, now)} after {Count(delivery.Attempts)}."),
            new("What the sender knows", "Nothing: removing writes no report."),
        ]);

    private static IEnumerable<ExplanationAnswer> TriedBefore(DeliverySnapshot delivery, DateTimeOffset now)
    {
        if (delivery.Attempts == 0 && delivery.Crashes == 0)
        {
            yield break;
        }

        var text = Count(delivery.Attempts);
        if (delivery.FirstAttemptAt is { } first)
        {
            text += delivery.Attempts > 1 ? $" since {Clock(first, now)}" : $" at {Clock(first, now)}";
        }

        if (delivery.Attempts > 1 && delivery.LastAttemptAt is { } last)
        {
            text += $", the last at {Clock(last, now)}";
        }

        text += "." + Code(delivery.Status);
        if (delivery.Remote.Length > 0)
        {
            text += $" Answered by {delivery.Remote}.";
        }

        if (delivery.Crashes > 0)
        {
            text += $" {(delivery.Crashes == 1 ? "1 attempt" : $"{delivery.Crashes} attempts")} ended with the process, so it runs alone.";
        }

        if (delivery.MayRepeat)
        {
            text += " An attempt may have been taken without an answer: the next one may repeat it.";
        }

        yield return new(Tried, text, delivery.Reply);
    }

    private static string HelpFor(DeliverySnapshot delivery) => delivery.Status switch
    {
        ['4', '.', '7', ..] => "Nothing, if the other side only asks to come back later. Retry now goes at once; otherwise return it to the sender with a note.",
        ['4', '.', '2', '.', '2'] => "The mailbox is full: its owner has to make room. Retry now goes at once after that.",
        ['4', '.', '4', ..] => $"See whether {Place(delivery)} is up and can be reached from this machine, then press Retry now; the others for it go with it.",
        ['4', '.', '3', ..] => $"See to {Place(delivery)}: it cannot take mail at present. Retry now goes at once after that.",
        _ => "Mend what stands in the way, then press Retry now. Or return it to the sender with a note.",
    };

    private static string GivesUp(DeliverySnapshot delivery, DateTimeOffset now, string next)
    {
        if (delivery.ExpiresAt is not { } end)
        {
            return next;
        }

        var then = delivery.Sender.Length == 0 ? "it is set aside, because it has no sender to return it to"
            : delivery.Notify.WantsFailure() ? "the message is returned to the sender"
            : "Postern gives up, without a report because the sender asked for none";
        return end <= now ? $"{next} Its time ran out at {Clock(end, now)}: {then}." : $"{next} If nothing changes, {then} on {Day(end)}.";
    }

    private static string Place(DeliverySnapshot delivery) =>
        delivery.Destination.Length > 0 ? delivery.Destination : delivery.Connector.Length > 0 ? delivery.Connector : "the next hop";

    private static string Shown(string sender) => sender.Length > 0 ? sender : "nobody";

    private static string Code(string status) => status.Length > 0 ? $" Status {status}." : "";

    private static string Count(int attempts) => attempts switch
    {
        0 => "no attempt",
        1 => "1 attempt",
        _ => string.Create(CultureInfo.InvariantCulture, $"{attempts:N0} attempts"),
    };

    private static string Sentence(string text)
    {
        var trimmed = text.Trim();
        return trimmed is [.., '.' or '?' or '!' or '”' or '…'] ? trimmed : trimmed + ".";
    }

    private static string At(DateTimeOffset? at, DateTimeOffset now) => at is { } time ? $" at {Clock(time, now)}" : "";

    private static string Clock(DateTimeOffset time, DateTimeOffset now) =>
        time.UtcDateTime.Date == now.UtcDateTime.Date ? time.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture) : Day(time);

    private static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("ddd d MMM HH:mm", CultureInfo.InvariantCulture);

    private static string Span(TimeSpan span) => span.TotalSeconds switch
    {
        < 60 => $"{Math.Max(1, (int)span.TotalSeconds)} s",
        < 3600 => $"{(int)span.TotalMinutes} min",
        < 172_800 => $"{(int)span.TotalHours} h {span.Minutes:00} min",
        _ => $"{(int)span.TotalDays} days",
    };
}
