namespace Postern.Infrastructure.Queue;

/// <summary>How far an operation is.</summary>
public enum OperationState
{
    Running, Done, Cancelled, Undoing, Undone,
}

/// <summary>An operation at one moment.</summary>
/// <param name="Refused">So many were left as they are; each says why.</param>
/// <param name="Restored">So many are back as they were.</param>
/// <param name="UndoUntil">It can be asked back until then.</param>
public sealed record OperationSnapshot(
    long Id, DeliveryVerb Verb, string Actor, string Reason, OperationState State, int Total, int Done, int Refused, int Restored,
    DateTimeOffset StartedAt, DateTimeOffset? EndedAt, DateTimeOffset UndoUntil, string UndoneBy)
{
    /// <summary>It still acts, or still takes back.</summary>
    public bool IsRunning => State is OperationState.Running or OperationState.Undoing;

    /// <summary>Null when it can be taken back now; else a sentence that says why not.</summary>
    public string? WhyNotUndone(DateTimeOffset now) => State switch
    {
        OperationState.Running => "It still runs; cancel it first.",
        OperationState.Undoing => null,
        OperationState.Undone => "It has been taken back already.",
        _ when Done == 0 => "It changed nothing.",
        _ when now > UndoUntil => $"It could be taken back until {UndoUntil.UtcDateTime:HH:mm:ss} UTC.",
        _ => null,
    };
}
