namespace Postern.Domain.Directory.Merging;

/// <summary>Why a directory should not hold a row any more.</summary>
public enum GoneReason
{
    /// <summary>The source has no such entry any more.</summary>
    Source,

    /// <summary>The entry was hidden (Q200062).</summary>
    Hidden,

    /// <summary>Its trust level is above what the partner gets (Q163889).</summary>
    Trust,

    /// <summary>It is in none of the export containers, or its kind is not exported.</summary>
    Scope,

    /// <summary>The ways to it and back are not known to exist (Q199534).</summary>
    NoWay,

    /// <summary>The partner gave it to us; nothing is sent back to where it came from.</summary>
    OwnEntry,

    /// <summary>The directory cannot hold its name or its address.</summary>
    Unholdable,

    /// <summary>An operator gave its name to somebody else.</summary>
    NameGiven,

    /// <summary>An operator took back the plan that had added it.</summary>
    Reverted,
}
