using Postern.Domain.Queue;
using Postern.Infrastructure.Queue;

namespace Postern.Web.Components.Shared;

/// <summary>What happened to a message, from the moment it came in to the next attempt, as steps of a timeline.</summary>
public static class MessageTimeline
{
    /// <summary>All steps, oldest first; with a number, only those of that delivery.</summary>
    /// <param name="more">Steps of other kinds that belong between them.</param>
    public static IReadOnlyList<TimelineStep> Of(MessageDetails details, long? deliveryId = null, IEnumerable<TimelineStep>? more = null)
    {
        var deliveries = details.Deliveries.Where(delivery => deliveryId is null || delivery.Id == deliveryId).ToDictionary(delivery => delivery.Id);
        var isOne = deliveries.Count <= 1;
        var happened = details.Happenings.Where(step => deliveries.ContainsKey(step.DeliveryId)).ToList();
        var ended = happened.Where(step => step.Kind is "delivered" or "bounced" or "removed" or "returned" or "expanded").Select(step => step.DeliveryId).ToHashSet();
        IEnumerable<TimelineStep> steps =
        [
            Accepted(details.Message),
            .. (more ?? []).Where(step => step.DeliveryId is not { } id || deliveries.ContainsKey(id)),
            .. happened.Select(step => Step(step, isOne ? "" : Name(deliveries[step.DeliveryId]))),
            .. deliveries.Values.Where(delivery => delivery.IsFinal && !ended.Contains(delivery.Id)).Select(delivery => End(delivery, isOne ? "" : Name(delivery))),
        ];
        return [.. steps.OrderBy(step => step.At), .. deliveries.Values.Where(IsTriedAgain).OrderBy(delivery => delivery.DueAt).Take(20).Select(delivery => Next(delivery, isOne ? "" : Name(delivery)))];
    }

    private static TimelineStep Accepted(MessageRow message)
    {
        var from = message.Source is "postern" or "alerts" ? "Written by Postern" : $"Accepted by {message.Source}";
        var recipients = message.Recipients == 1 ? "1 recipient" : $"{Quantity.Text(message.Recipients)} recipients";
        var peer = message.Peer.Length > 0 ? $"From {VisibleText.Of(message.Peer)}, {Quantity.Text(message.Size)} bytes" : $"{Quantity.Text(message.Size)} bytes";
        return new TimelineStep(message.AcceptedAt, "mail", "c-accent", $"{from} for {recipients}", peer);
    }

    private static TimelineStep Step(DeliveryHappening step, string who)
    {
        var (icon, look, verb) = Look(step.Kind);
        var actor = step.Actor.Length > 0 ? $" by {VisibleText.Of(step.Actor)}" : "";
        var reason = step.Reason.Length > 0 ? VisibleText.Of(step.Reason, 500) : null;
        var attempt = step.Kind is "deferred" && step.Attempt > 0 ? $"Attempt {step.Attempt}{(who.Length > 0 ? $" for {who}" : "")} did not succeed" : null;
        return new TimelineStep(
            step.At, icon, look,
            attempt ?? (who.Length > 0 ? $"{who} {verb}{actor}" : $"{char.ToUpperInvariant(verb[0])}{verb[1..]}{actor}"),
            Detail(reason, step), step.Reply.Length > 0 ? step.Reply : null, step.DeliveryId,
            step.Kind == "deferred" ? $"{step.DeliveryId}|{step.Status}|{step.Reply}|{step.Reason}" : null);
    }

    private static string? Detail(string? reason, DeliveryHappening step)
    {
        var remote = step.Remote.Length > 0 ? $"Answered by {VisibleText.Of(step.Remote)}" : null;
        return (reason, remote) switch
        {
            (null, _) => remote,
            (_, null) => reason,
            _ => $"{reason} {remote}.",
        };
    }

    private static TimelineStep End(DeliverySnapshot delivery, string who)
    {
        var (icon, look, verb) = Look(delivery.State.ToSql());
        var detail = delivery.Remote.Length > 0 ? $"Taken by {VisibleText.Of(delivery.Remote)}" : delivery.Reason.Length > 0 ? VisibleText.Of(delivery.Reason, 500) : null;
        return new TimelineStep(
            delivery.FinishedAt ?? delivery.AcceptedAt, icon, look, who.Length > 0 ? $"{who} {verb}" : $"{char.ToUpperInvariant(verb[0])}{verb[1..]}",
            detail, delivery.Reply.Length > 0 ? delivery.Reply : null, delivery.Id);
    }

    private static TimelineStep Next(DeliverySnapshot delivery, string who) =>
        new(delivery.DueAt!.Value, "clock", "c-queued", who.Length > 0 ? $"Attempt {delivery.Attempts + 1} for {who}" : $"Attempt {delivery.Attempts + 1}", null, null, delivery.Id)
        {
            IsNext = true,
        };

    private static bool IsTriedAgain(DeliverySnapshot delivery) => delivery is { State: DeliveryState.Queued, DueAt: not null };

    // As lists write it, without the type in front.
    private static string Name(DeliverySnapshot delivery)
    {
        var (before, name, after) = AddressParts.Of(delivery.Recipient);
        return VisibleText.Of(before + name + after, 80);
    }

    private static (string Icon, string Look, string Verb) Look(string kind) => kind switch
    {
        "deferred" => ("clock", "c-held", "not taken yet"),
        "delivered" => ("check", "c-delivered", "delivered"),
        "bounced" => ("return", "c-bounced", "bounced"),
        "returned" => ("return", "c-bounced", "returned to the sender"),
        "removed" => ("gone", "c-removed", "removed"),
        "quarantined" => ("octagon", "c-quarantined", "set aside"),
        "held" => ("pause", "c-held", "held"),
        "released" => ("play", "c-queued", "released"),
        "restored" => ("undo", "c-queued", "brought back as it was"),
        "replayed" => ("sync", "c-queued", "changed and queued again"),
        "retried" => ("sync", "c-queued", "made due at once"),
        "crashed" => ("warn", "c-bounced", "interrupted: the process ended during the attempt"),
        "converted" => ("swap", "c-held", "changed in conversion"),
        "delayed" => ("clock", "c-held", "reported to its sender as delayed"),
        "repeated" => ("sync", "c-held", "sent again; it may have been taken before"),
        "expanded" => ("split", "c-expanded", "opened into its members"),
        _ => ("info", "c-queued", VisibleText.Of(kind, 40)),
    };
}
