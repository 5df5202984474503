using Postern.Domain.Directory.Merging;

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

    /// <summary>The changes that nobody has refused.</summary>
    public IEnumerable<Change> LeaveOut(IEnumerable<Change> changes)
    {
        foreach (var change in changes)
        {
            var hash = refused.Count > 0 && change.IsProposal ? NameOf(change) : "";
            if (hash.Length == 0 || !refused.Contains(hash))
            {
                yield return change;
            }
            else
            {
                met.Add(hash);
            }
        }
    }
}
