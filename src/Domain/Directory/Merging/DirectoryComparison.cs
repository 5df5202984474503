using Postern.Domain.Directory.Names;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Directory.Rows;

namespace Postern.Domain.Directory.Merging;

/// <summary>A row that a directory holds, and whether it came from us.</summary>
public sealed record HeldRow(DirectoryRow Row, bool IsOurs);

/// <summary>The whole comparison of two directories that fit into memory: pairs rows by identity, sets repeated ones aside, sorts, merges.</summary>
/// <remarks>What a database does for large ones with a join and two sorted reads; the rules are those of <see cref="DirectoryMerge"/>.</remarks>
public static class DirectoryComparison
{
    /// <param name="withheld">Entries that the source has and that are not wanted here, with the reason.</param>
    /// <param name="rejections">What was refused and is therefore not proposed.</param>
    public static IReadOnlyList<Change> Of(
        IEnumerable<DirectoryRow> wanted, IEnumerable<HeldRow> present, MergeRules rules, IReadOnlyDictionary<string, GoneReason>? withheld = null,
        Rejections? rejections = null)
    {
        rejections ??= new Rejections([]);
        var held = present.ToList();
        var own = held.Where(row => row.IsOurs).DistinctBy(row => row.Row.Identity).ToDictionary(row => row.Row.Identity, row => row.Row, StringComparer.Ordinal);
        var collisions = new List<Change>();
        var rows = Unrepeated(wanted.ToList(), row => row.Identity, own, collisions);
        rows = Unrepeated(rows, row => row.AddressKey, own, collisions);
        rows = [.. AsRefused(rows, own, rules, withheld, rejections)];
        var byIdentity = rows.ToDictionary(row => row.Identity, StringComparer.Ordinal);
        var left = rows.Select(row => new WantedRow(row, own.GetValueOrDefault(row.Identity)))
            .OrderBy(row => row.Row.Key).ThenBy(row => row.Row.Identity, CodePointOrder.Instance);
        var right = held.Select(row => Present(row, byIdentity, withheld))
            .OrderBy(row => row.Row.Key).ThenBy(row => row.Row.Identity, CodePointOrder.Instance);
        return [.. collisions, .. rejections.LeaveOut(new DirectoryMerge(rules).Compare(left, right))];
    }

    // Where a change is refused, what is held is what is wanted.
    private static IEnumerable<DirectoryRow> AsRefused(
        List<DirectoryRow> rows, Dictionary<string, DirectoryRow> own, MergeRules rules, IReadOnlyDictionary<string, GoneReason>? withheld, Rejections rejections)
    {
        foreach (var row in rows)
        {
            var before = own.GetValueOrDefault(row.Identity);
            if (!rejections.Keep(before, row, GoneReason.Source, rules.Names.SpellingCounts))
            {
                yield return row;
            }
            else if (before is not null)
            {
                yield return before;
            }
        }

        var wanted = rows.Select(row => row.Identity).ToHashSet(StringComparer.Ordinal);
        foreach (var row in own.Values.Where(row => rules.IsComplete && !wanted.Contains(row.Identity)))
        {
            if (rejections.Keep(row, null, ReasonOf(row, withheld), rules.Names.SpellingCounts))
            {
                yield return row;
            }
        }
    }

    private static GoneReason ReasonOf(DirectoryRow row, IReadOnlyDictionary<string, GoneReason>? withheld) => withheld?.GetValueOrDefault(row.Identity) ?? GoneReason.Source;

    private static PresentRow Present(HeldRow row, Dictionary<string, DirectoryRow> wanted, IReadOnlyDictionary<string, GoneReason>? withheld)
    {
        var due = row.IsOurs ? wanted.GetValueOrDefault(row.Row.Identity) : null;
        return new PresentRow(row.Row, row.IsOurs, due?.Key, ReasonOf(row.Row, withheld), due?.AddressKey);
    }

    // Of rows that repeat one is wanted; another one that is held already stays as it is.
    private static List<DirectoryRow> Unrepeated(List<DirectoryRow> rows, Func<DirectoryRow, string> what, Dictionary<string, DirectoryRow> own, List<Change> collisions)
    {
        if (rows.Select(what).ToHashSet(StringComparer.Ordinal).Count == rows.Count)
        {
            return rows;
        }

        var dropped = new HashSet<DirectoryRow>(ReferenceEqualityComparer.Instance);
        var kept = new List<DirectoryRow>();
        var ordered = rows.OrderBy(what, CodePointOrder.Instance).ToList();
        foreach (var (first, repeated) in Repeats.Find(ordered, what, row => own.TryGetValue(row.Identity, out var before) && what(before) == what(row)))
        {
            dropped.Add(repeated);
            var before = first.Identity == repeated.Identity ? null : own.GetValueOrDefault(repeated.Identity);
            if (before is not null)
            {
                kept.Add(before);
            }

            collisions.Add(new Change(ChangeClass.Collision, before, repeated)
            {
                Sides =
                [
                    new CollisionSide(first.Identity, first.Name, first.Address, Holds: true, IsOurs: true),
                    new CollisionSide(repeated.Identity, repeated.Name, repeated.Address, Holds: false, IsOurs: true),
                ],
            });
        }

        return [.. rows.Where(row => !dropped.Contains(row)), .. kept];
    }
}
