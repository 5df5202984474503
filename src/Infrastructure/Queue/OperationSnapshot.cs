namespace Postern.Infrastructure.Queue;

/// <summary>How far an operation is.</summary>
public enum OperationState
{
    /// <summary>Nothing has been done: it ends more than one person may within an hour, and a second one has to confirm it.</summary>
    Awaiting,
    Running, Done, Cancelled, Undoing, Undone,
}

/// <summary>An operation at one moment.</summary>
/// <param name="Refused">So many were left as they are; each says why.</param>
/// <param name="Restored">So many are back as they were.</param>
/// <param name="UndoUntil">It can be asked back until then.</param>
/// <param name="ConfirmedBy">The second operator, where one was needed.</param>
public sealed record OperationSnapshot(
    long Id, DeliveryAct Act, string Actor, string Reason, OperationState State, int Total, int Done, int Refused, int Restored,
    DateTimeOffset StartedAt, DateTimeOffset? EndedAt, DateTimeOffset UndoUntil, string UndoneBy, string ConfirmedBy)
{
    public DeliveryVerb Verb => Act.Verb;

    /// <summary>It still acts, or still takes back.</summary>
    public bool IsRunning => State is OperationState.Running or OperationState.Undoing;

    /// <summary>Null when it can be taken back now; else a sentence that says why not.</summary>
    public string? WhyNotUndone(DateTimeOffset now) => State switch
    {
        OperationState.Awaiting => "It waits for a second operator; nothing has been done.",
        OperationState.Running => "It still runs; cancel it first.",
        OperationState.Undoing => null,
        OperationState.Undone => "It has been taken back already.",
        _ when Done == 0 => "It changed nothing.",
        _ when now > UndoUntil => $"It could be taken back until {UndoUntil.UtcDateTime:HH:mm:ss} UTC.",
        _ => null,
    };
}
