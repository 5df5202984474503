using Postern.Infrastructure.Queue;

namespace Postern.Web.Components.Shared;

/// <summary>An operation of this operator, running or ended; it stays on the page until it is dismissed.</summary>
/// <param name="Left">Those that were not touched or not brought back, each with why; the first hundred.</param>
/// <param name="Fault">Why it stands still, when it does.</param>
public sealed record OperationResult(OperationSnapshot Operation, IReadOnlyList<ActionResult> Left, string? Fault = null)
{
    /// <summary>"Removed 14 deliveries without a report".</summary>
    public string Text => Fault ?? Operation switch
    {
        { State: OperationState.Awaiting } => $"Waits for a second operator: {Words.Doing.ToLowerInvariant()} {Number(Operation.Total)}",
        { State: OperationState.Running } => $"{Words.Doing} {Number(Operation.Total)}",
        { State: OperationState.Undoing } => $"Taking back: {Words.Doing.ToLowerInvariant()} {Number(Operation.Done)}",
        { State: OperationState.Undone } => $"Taken back: {Number(Operation.Restored)} {(Operation.Restored == 1 ? "is" : "are")} as before",
        { State: OperationState.Cancelled, Done: 0 } => $"Cancelled: {Words.Doing.ToLowerInvariant()} {Number(Operation.Total)}. Nothing was done",
        { State: OperationState.Cancelled } => $"Cancelled. {Words.Done} {Quantity.Text(Operation.Done)} of {Number(Operation.Total)}",
        { Done: 0 } => $"{Words.Done} nothing",
        _ => $"{Words.Done} {Number(Operation.Done)}{Words.How}",
    };

    /// <summary>"by you, reason “test mail of 20 Nov”".</summary>
    public string Note => Operation.Reason.Length > 0 ? $"by you, reason “{VisibleText.Of(Operation.Reason, 80)}”" : "by you";

    /// <summary>Nothing more will happen by itself.</summary>
    public bool HasEnded => !Operation.IsRunning && !IsAwaiting;

    /// <summary>Nothing is done before a second operator has confirmed it.</summary>
    public bool IsAwaiting => Operation.State == OperationState.Awaiting;

    /// <summary>Something came of it.</summary>
    public bool IsGood => Fault is null && Operation.Done > 0;

    /// <summary>How many were passed, done or not.</summary>
    public int Passed => Operation.Done + Operation.Refused;

    /// <summary>How many stay as they are.</summary>
    public int LeftCount => Operation.State == OperationState.Undone ? Operation.Done - Operation.Restored + Operation.Refused : Operation.Refused;

    private (string Doing, string Done, string How) Words => Operation.Verb switch
    {
        DeliveryVerb.Retry => ("Retrying", "Retried", ""),
        DeliveryVerb.Hold => ("Holding", "Held", ""),
        DeliveryVerb.Release => ("Releasing", "Released", ""),
        DeliveryVerb.Reroute => ("Rerouting", "Rerouted", Operation.Act.Connector.Length > 0 ? $" to {Operation.Act.Connector}" : ""),
        DeliveryVerb.Prioritise => ("Changing the priority of", $"Gave {EffectWords.Name(Operation.Act.Priority)} priority to", ""),
        DeliveryVerb.Expire => ("Ending the wait of", "Ended the wait of", ""),
        DeliveryVerb.Replay => ("Replaying", "Replayed", ""),
        DeliveryVerb.Return => ("Returning", "Returned", " to their senders"),
        _ => ("Removing", "Removed", Operation.Act.WritesReport ? " with a report" : " without a report"),
    };

    private static string Number(int count) => Quantity.Of(count, "delivery", "deliveries");
}
