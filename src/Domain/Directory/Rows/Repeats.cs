namespace Postern.Domain.Directory.Rows;

/// <summary>Rows of one source that bear an identity or an address that another of its rows bears too: one of them counts.</summary>
/// <remarks>
/// Streams over rows in the order of what repeats. The kept one is the row whose counterpart is held already, else the first by the stable
/// order, so that the choice is the same whatever the order in which a source lists its rows.
/// </remarks>
public static class Repeats
{
    /// <summary>Pairs of a kept row and one that does not count beside it.</summary>
    /// <param name="ordered">Rows in the order of <paramref name="what"/>.</param>
    /// <param name="what">The identity or the key of the address.</param>
    /// <param name="isHeld">Whether the other side already holds this row with just this.</param>
    public static IEnumerable<(DirectoryRow Kept, DirectoryRow Left)> Find(IEnumerable<DirectoryRow> ordered, Func<DirectoryRow, string> what, Func<DirectoryRow, bool> isHeld)
    {
        var group = new List<DirectoryRow>();
        foreach (var row in ordered)
        {
            if (group.Count > 0 && what(group[0]) != what(row))
            {
                foreach (var pair in Settle(group, isHeld))
                {
                    yield return pair;
                }

                group.Clear();
            }

            group.Add(row);
        }

        foreach (var pair in Settle(group, isHeld))
        {
            yield return pair;
        }
    }

    private static IEnumerable<(DirectoryRow Kept, DirectoryRow Left)> Settle(List<DirectoryRow> group, Func<DirectoryRow, bool> isHeld)
    {
        if (group.Count < 2)
        {
            yield break;
        }

        group.Sort((one, other) => isHeld(one) != isHeld(other) ? (isHeld(one) ? -1 : 1)
            : DirectoryRow.StableOrder(one, other) is not 0 and var order ? order
            : one.Key.CompareTo(other.Key) is not 0 and var byKey ? byKey
            : Names.CodePointOrder.Compare(one.Values.Text, other.Values.Text));
        for (var i = 1; i < group.Count; i++)
        {
            yield return (group[0], group[i]);
        }
    }
}
