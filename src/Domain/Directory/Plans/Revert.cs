using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Rows;

namespace Postern.Domain.Directory.Plans;

/// <summary>A row that a revert cannot take back, and why.</summary>
public sealed record NotReverted(Change Applied, string Sentence);

/// <summary>The plan that takes an applied plan back: the rows as they were, where they still are as that plan left them.</summary>
/// <remarks>
/// Each reverted change is refused as well (<see cref="Rejected"/>): else the next cycle would propose it again. It comes back when its source changes.
/// </remarks>
public sealed record Revert(IReadOnlyList<Change> Changes, IReadOnlyList<NotReverted> Left, IReadOnlyList<string> Rejected)
{
    /// <param name="applied">Rows of the applied plan, or some of them.</param>
    /// <param name="present">What the directory holds for an identity now.</param>
    /// <param name="holderOf">What the directory holds under a name now.</param>
    public static Revert Of(IEnumerable<Change> applied, Func<string, DirectoryRow?> present, Func<Names.SortKey, DirectoryRow?> holderOf)
    {
        var all = applied.Where(change => change.IsProposal).ToList();
        var leaving = all.Where(change => change.After is not null).Select(change => change.Identity).ToHashSet(StringComparer.Ordinal);
        var changes = new List<Change>();
        var left = new List<NotReverted>();
        var rejected = new List<string>();
        foreach (var change in all)
        {
            var now = present(change.Identity);
            var holder = change.Before is { } before ? holderOf(before.Key) : null;
            var fault = !IsAsLeft(now, change.After) ? $"{Subject(change)} has changed since."
                : holder is not null && holder.Identity != change.Identity && !leaving.Contains(holder.Identity)
                    ? $"{Subject(change)} cannot have its name back: {holder.Name} ({holder.Address}) has it now."
                    : "";
            if (fault.Length > 0)
            {
                left.Add(new NotReverted(change, fault));
                continue;
            }

            changes.Add(Inverse(change) with { TakesHeldName = holder is not null && holder.Identity != change.Identity });
            rejected.Add(Rejections.NameOf(change));
        }

        return new Revert(changes, left, rejected);
    }

    private static Change Inverse(Change change) => change.Class switch
    {
        ChangeClass.Add => new Change(ChangeClass.Delete, change.After, null) { Gone = GoneReason.Reverted },
        ChangeClass.Delete => new Change(ChangeClass.Add, null, change.Before),
        _ => new Change(change.Class, change.After, change.Before),
    };

    private static bool IsAsLeft(DirectoryRow? now, DirectoryRow? left) => now is null || left is null ? now is null && left is null : now.SaysTheSame(left, spellingCounts: false);

    private static string Subject(Change change) => (change.After ?? change.Before)!.Name;
}
