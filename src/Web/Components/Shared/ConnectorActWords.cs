using Postern.Infrastructure.Connectors;

namespace Postern.Web.Components.Shared;

/// <summary>Says what operators have told a connector: pauses, a drain, a capture.</summary>
public static class ConnectorActWords
{
    /// <summary>How a connector looks that works, but not in every way; null when nothing of that kind was told.</summary>
    public static ConnectorLook? Look(ConnectorRow connector) => connector switch
    {
        _ when connector.Act(ConnectorActKind.Drain) is { } act => new("c-held", "download", "draining", Sentence(act), false),
        _ when connector.Act(ConnectorActKind.PauseDelivery) is { } act && connector.Act(ConnectorActKind.PausePickup) is not null => new("c-held", "pause", "paused", Sentence(act), false),
        _ when connector.Act(ConnectorActKind.PauseDelivery) is { } act => new("c-held", "pause", "no delivery", Sentence(act), false),
        _ when connector.Act(ConnectorActKind.PausePickup) is { } act => new("c-held", "pause", "no pickup", Sentence(act), false),
        _ => null,
    };

    /// <summary>One sentence on each: who, until when, why.</summary>
    public static string Sentence(ConnectorAct act) => act.Kind switch
    {
        ConnectorActKind.Drain => $"Draining for {Who(act)}: it fetches nothing new, delivers what waits, then stops{Because(act)}.",
        ConnectorActKind.PausePickup => $"Pickup paused by {Who(act)}{Until(act)}{Because(act)}.",
        ConnectorActKind.PauseDelivery => $"Delivery paused by {Who(act)}{Until(act)}{Because(act)}.",
        ConnectorActKind.Run => $"Running at once for {Who(act)}.",
        _ => $"Copies before and after conversion are kept for {Who(act)}, {Quantity.Of(act.KeepDays, "day", "days")} and at most {Quantity.Text(act.KeepMegabytes)} MB{Because(act)}.",
    };

    private static string Who(ConnectorAct act) => VisibleText.Of(act.Actor, 60);

    private static string Until(ConnectorAct act) => act.Until is { } until
        ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $" until {until.LocalDateTime:ddd HH:mm}")
        : " until somebody resumes it";

    private static string Because(ConnectorAct act) => act.Reason.Length > 0 ? $": “{VisibleText.Of(act.Reason, 200)}”" : "";
}
