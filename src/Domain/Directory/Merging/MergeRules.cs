using System.Collections.Frozen;
using Postern.Domain.Directory.Names;

namespace Postern.Domain.Directory.Merging;

/// <summary>What a merge must know about both sides beside their rows.</summary>
public sealed record MergeRules
{
    /// <summary>By which rule the directory holds names.</summary>
    public required NameRule Names { get; init; }

    /// <summary>The source was read to its end. Where it was not, nothing is deleted and nobody's name is free.</summary>
    public bool IsComplete { get; init; } = true;

    /// <summary>Rows that should leave do leave in the end. Where the policy never deletes, they keep their names, and whoever wants one collides with them.</summary>
    public bool CanDelete { get; init; } = true;

    /// <summary>The source has no ids of its own: a row that goes and one that comes under the same name are one entry that moved (Q166581).</summary>
    public bool PairsByName { get; init; }

    /// <summary>Names that an operator gave by hand: the key of the name, and the identity that is to have it.</summary>
    public IReadOnlyDictionary<SortKey, string> GivenNames { get; init; } = FrozenDictionary<SortKey, string>.Empty;

    /// <summary>Names of rows that are not wanted any more become free.</summary>
    internal bool FreesNames => IsComplete && CanDelete;
}
