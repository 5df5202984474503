using Postern.Infrastructure.Queue;
using Postern.Web.Components.Shared;

namespace Postern.Web.Components.Operations;

/// <summary>How operations are called in lists.</summary>
public static class OperationWords
{
    /// <summary>"Remove 612 deliveries".</summary>
    public static string What(OperationSnapshot operation)
    {
        var these = Quantity.Of(operation.Total, "delivery", "deliveries");
        var act = operation.Act;
        return act.Verb switch
        {
            DeliveryVerb.Reroute => $"Reroute {these}{(act.Connector.Length > 0 ? $" to {act.Connector}" : "")}",
            DeliveryVerb.Prioritise => $"Give {EffectWords.Name(act.Priority)} priority to {these}",
            DeliveryVerb.Expire => $"End the wait of {these}",
            DeliveryVerb.Remove => $"Remove {these}{(act.WritesReport ? " with a report" : "")}",
            var verb => $"{verb} {these}",
        };
    }

    /// <summary>Glyph, colour and word of its state.</summary>
    public static (string Icon, string Css, string Word) Look(OperationSnapshot operation) => operation.State switch
    {
        OperationState.Awaiting => ("people", "c-held", "needs a second"),
        OperationState.Running => ("move", "c-leased", "running"),
        OperationState.Undoing => ("undo", "c-leased", "taking back"),
        OperationState.Undone => ("undo", "c-queued", "taken back"),
        OperationState.Cancelled => ("gone", "c-removed", operation.Done > 0 ? "stopped" : "cancelled"),
        _ => ("check", "c-delivered", "done"),
    };
}
