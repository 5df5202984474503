using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Rows;

namespace Postern.Domain.Directory.Plans;

/// <summary>Changes that an operator refused: the same change is not proposed again until its source, or what it would change, is different.</summary>
public sealed class Rejections
{
    private readonly HashSet<string> refused;
    private readonly HashSet<string> met = new(StringComparer.Ordinal);

    /// <param name="refused">The hashes of the refused changes in hexadecimal, as <see cref="NameOf"/> gives them.</param>
    public Rejections(IEnumerable<string> refused) => this.refused = refused.ToHashSet(StringComparer.Ordinal);

    /// <summary>What a cycle did not propose again. After a cycle that read everything, these can be forgotten: what comes after them is new.</summary>
    public IEnumerable<string> Unmet => refused.Where(hash => !met.Contains(hash));

    /// <summary>What stands for a change when it is refused.</summary>
    public static string NameOf(Change change) => Convert.ToHexStringLower(ChangeHash.Of(change));

    /// <summary>
    /// Whether an entry stays as it is because what is due for it was refused. It then keeps its name, and whoever wants that one collides with it,
    /// instead of waiting in every plan for a place that nobody gives up.
    /// </summary>
    /// <param name="before">As it is held; null for one that is not.</param>
    /// <param name="wanted">As it should be; null for one that should not be held.</param>
    /// <param name="gone">Why it should not.</param>
    public bool Keep(DirectoryRow? before, DirectoryRow? wanted, GoneReason gone, bool spellingCounts) =>
        refused.Count > 0
        && (wanted is not null ? DirectoryMerge.ChangeOf(before, wanted, spellingCounts) : before is not null ? new Change(ChangeClass.Delete, before, null) { Gone = gone } : null) is { } due
        && IsMet(due);

    /// <summary>The changes that nobody has refused.</summary>
    public IEnumerable<Change> LeaveOut(IEnumerable<Change> changes)
    {
        foreach (var change in changes)
        {
            if (refused.Count == 0 || !change.IsProposal || !IsMet(change))
            {
                yield return change;
            }
        }
    }

    private bool IsMet(Change change)
    {
        var hash = NameOf(change);
        var isRefused = refused.Contains(hash);
        if (isRefused)
        {
            met.Add(hash);
        }

        return isRefused;
    }
}
