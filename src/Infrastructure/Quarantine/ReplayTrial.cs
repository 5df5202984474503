using Postern.Domain.Mime;

namespace Postern.Infrastructure.Quarantine;

/// <summary>What replaying one delivery would come to.</summary>
public enum TrialVerdict
{
    /// <summary>It can be converted and is queued; what stood in the way was changed.</summary>
    Taken,

    /// <summary>It is queued as it was: the fix finds nothing to change in it.</summary>
    Unchanged,

    /// <summary>It stays where it is.</summary>
    Fails,
}

/// <summary>One delivery, tried with a fix before anything is changed.</summary>
/// <param name="Sentence">What would become of it.</param>
/// <param name="Changes">What would be changed in its message.</param>
/// <param name="Route">How the new recipient is routed, step by step; empty where the route stays.</param>
/// <param name="Destination">Connector and next hop it would be queued for.</param>
public sealed record ReplayTrial(
    long DeliveryId, TrialVerdict Verdict, string Sentence, IReadOnlyList<FixNote> Changes, IReadOnlyList<string> Route, string Connector, string Destination)
{
    /// <summary>An earlier attempt may have been taken without our learning of it.</summary>
    public bool MayRepeat { get; init; }
}
