using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Names;

namespace Postern.Domain.Directory.Plans;

/// <summary>How a row of a waiting plan stands after its source was read again.</summary>
public enum RowStanding
{
    /// <summary>The same change is proposed again: what was approved stays approved.</summary>
    Same,

    /// <summary>The entry changed in another way: it asks again.</summary>
    Moved,

    /// <summary>Nothing is to be changed there any more.</summary>
    Over,

    /// <summary>The entry was not in the plan before.</summary>
    New,
}

/// <summary>One row of the comparison.</summary>
public sealed record StandingRow(RowStanding Standing, Change? Planned, Change? Current);

/// <summary>Compares a waiting plan with what its source says now: only what moved asks again.</summary>
public static class StalePlan
{
    /// <summary>Both sides in the order of their identities by code points, an identity at most once on each side; collisions left out.</summary>
    public static IEnumerable<StandingRow> Compare(IEnumerable<Change> planned, IEnumerable<Change> current)
    {
        using var left = planned.GetEnumerator();
        using var right = current.GetEnumerator();
        var hasLeft = left.MoveNext();
        var hasRight = right.MoveNext();
        while (hasLeft || hasRight)
        {
            var order = !hasRight ? -1 : !hasLeft ? 1 : CodePointOrder.Compare(left.Current.Identity, right.Current.Identity);
            yield return order < 0 ? new StandingRow(RowStanding.Over, left.Current, null)
                : order > 0 ? new StandingRow(RowStanding.New, null, right.Current)
                : new StandingRow(IsSame(left.Current, right.Current) ? RowStanding.Same : RowStanding.Moved, left.Current, right.Current);
            hasLeft = order <= 0 ? left.MoveNext() : hasLeft;
            hasRight = order >= 0 ? right.MoveNext() : hasRight;
        }
    }

    /// <summary>The same for plans in memory.</summary>
    public static IReadOnlyList<StandingRow> Of(IEnumerable<Change> planned, IEnumerable<Change> current) => [.. Compare(ByIdentity(planned), ByIdentity(current))];

    private static IEnumerable<Change> ByIdentity(IEnumerable<Change> changes) =>
        changes.Where(change => change.IsProposal).OrderBy(change => change.Identity, CodePointOrder.Instance);

    private static bool IsSame(Change one, Change other) => ChangeHash.Of(one).AsSpan().SequenceEqual(ChangeHash.Of(other));
}
