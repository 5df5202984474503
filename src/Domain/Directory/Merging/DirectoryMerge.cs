using Postern.Domain.Addresses;
using Postern.Domain.Directory.Names;
using Postern.Domain.Directory.Rows;

namespace Postern.Domain.Directory.Merging;

/// <summary>Compares what a directory should hold with what it holds, and says what must change; with nothing to change it says nothing.</summary>
/// <remarks>
/// Streams: both sides come in the order of their keys, changes leave one by one, and only names that more than one row wants stay in
/// memory until the end. The result does not depend on the order in which partners were read or rows arrived.
/// </remarks>
public sealed class DirectoryMerge(MergeRules rules)
{
    /// <summary>The changes, in no order that means anything; <see cref="Plans.PlanOrder"/> gives them one.</summary>
    /// <param name="wanted">In the order of their keys. No identity twice: see <see cref="Repeats"/>.</param>
    /// <param name="present">In the order of their keys: everything that the directory holds.</param>
    /// <exception cref="InvalidOperationException">A side is not in the order of its keys.</exception>
    public IEnumerable<Change> Compare(IEnumerable<WantedRow> wanted, IEnumerable<PresentRow> present)
    {
        var contest = new NameContest(rules);
        using var left = new Ordered<WantedRow>(wanted, static row => row.Row.Key);
        using var right = new Ordered<PresentRow>(present, static row => row.Row.Key);
        var claims = new List<WantedRow>();
        var held = new List<PresentRow>();
        while (left.HasRow || right.HasRow)
        {
            var key = !right.HasRow || (left.HasRow && left.Key < right.Key) ? left.Key : right.Key;
            left.Take(key, claims);
            right.Take(key, held);
            if (claims.Count > 0 && IsContested(claims, held))
            {
                contest.Add(key, claims, held);
            }
            else
            {
                foreach (var change in Settled(claims.Count > 0 ? claims[0] : null, held))
                {
                    yield return change;
                }
            }
        }

        foreach (var change in contest.Settle())
        {
            yield return change;
        }
    }

    // One claim and nobody who keeps the name, or who might: nothing elsewhere has a say in it.
    private bool IsContested(List<WantedRow> claims, List<PresentRow> held)
    {
        if (claims.Count > 1)
        {
            return true;
        }

        foreach (var row in held)
        {
            var isOwn = row.IsOurs && row.Row.Identity == claims[0].Row.Identity;
            if (!isOwn && (!row.IsOurs || row.WantedKey is not null || !rules.FreesNames))
            {
                return true;
            }
        }

        return false;
    }

    private IEnumerable<Change> Settled(WantedRow? claim, List<PresentRow> held)
    {
        foreach (var row in held)
        {
            if (!row.IsOurs || row.WantedKey is not null || !rules.IsComplete)
            {
                continue;
            }

            if (claim is { Before: null } && rules.PairsByName)
            {
                claim = claim with { Before = row.Row };
                continue;
            }

            yield return new Change(ChangeClass.Delete, row.Row, null) { Gone = row.Gone };
        }

        if (claim is not null && ChangeOf(claim.Before, claim.Row, rules.Names.SpellingCounts) is { } change)
        {
            var before = claim.Before;
            yield return change with { TakesHeldName = held.Exists(row => !ReferenceEquals(row.Row, before) && row.Row.Identity != claim.Row.Identity && row.Row.Identity != before?.Identity) };
        }
    }

    /// <summary>What makes one row of the other; null when that is nothing.</summary>
    internal static Change? ChangeOf(DirectoryRow? before, DirectoryRow after, bool spellingCounts) =>
        before is null ? new Change(ChangeClass.Add, null, after)
        : before.SaysTheSame(after, spellingCounts) ? null
        : new Change(
            before.AddressKey != after.AddressKey ? ChangeClass.Move : IsRenamed(before, after) ? ChangeClass.Rename : ChangeClass.Modify,
            before,
            !spellingCounts && before.Key == after.Key ? after with { Name = before.Name } : after);

    // Where entries stand by their address the key says nothing of the name.
    private static bool IsRenamed(DirectoryRow before, DirectoryRow after) => before.Key != after.Key || NameKey.Fold(before.Name) != NameKey.Fold(after.Name);

    private sealed class Ordered<T> : IDisposable
    {
        private readonly IEnumerator<T> rows;
        private readonly Func<T, SortKey> keyOf;

        public Ordered(IEnumerable<T> rows, Func<T, SortKey> keyOf)
        {
            this.rows = rows.GetEnumerator();
            this.keyOf = keyOf;
            HasRow = this.rows.MoveNext();
            Key = HasRow ? keyOf(this.rows.Current) : default;
        }

        public bool HasRow { get; private set; }

        public SortKey Key { get; private set; }

        /// <summary>Moves the rows of one key over; none when this side has none.</summary>
        public void Take(SortKey key, List<T> group)
        {
            group.Clear();
            while (HasRow && Key == key)
            {
                group.Add(rows.Current);
                HasRow = rows.MoveNext();
                var next = HasRow ? keyOf(rows.Current) : default;
                if (HasRow && next < Key)
                {
                    throw new InvalidOperationException("The rows of a merge must come in the order of their keys.");
                }

                Key = next;
            }
        }

        public void Dispose() => rows.Dispose();
    }
}
