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

    /// <summary>Rows whose name is another one now are renamed in the end. Where the policy never renames, they keep the name that they have, and whoever wants it collides with them.</summary>
    public bool CanRename { get; init; } = true;

    /// <summary>The same of rows whose address is another one too.</summary>
    public bool CanMove { get; init; } = true;

    /// <summary>The source has no ids of its own: a row that goes and one that comes under the same name are one entry that moved (Q166581).</summary>
    public bool PairsByName { get; init; }

    /// <summary>Names that an operator gave by hand: the key of the name, and the identity that is to have it.</summary>
    public IReadOnlyDictionary<SortKey, string> GivenNames { get; init; } = FrozenDictionary<SortKey, string>.Empty;

    /// <summary>Names of rows that are not wanted any more become free.</summary>
    internal bool FreesNames => IsComplete && CanDelete;

    /// <summary>The row is wanted elsewhere, or not at all, and never leaves the name that it has.</summary>
    internal bool Stays(PresentRow row) =>
        row.WantedKey is not { } key ? !FreesNames : key != row.Row.Key && !(row.WantedAddressKey == row.Row.AddressKey ? CanRename : CanMove);
}
