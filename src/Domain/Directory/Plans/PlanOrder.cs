using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Names;

namespace Postern.Domain.Directory.Plans;

/// <summary>The order in which the rows of a plan are hashed, shown and applied: by class, deletes first (Q166581), then key, then identity.</summary>
/// <remarks>A table gives it by <c>order by class, key, identity collate "C"</c>.</remarks>
public sealed class PlanOrder : IComparer<Change>
{
    public static readonly PlanOrder Instance = new();

    private PlanOrder()
    {
    }

    public int Compare(Change? x, Change? y) =>
        x is null || y is null ? (x is null ? 0 : 1) - (y is null ? 0 : 1)
        : x.Class != y.Class ? x.Class.CompareTo(y.Class)
        : x.Key != y.Key ? x.Key.CompareTo(y.Key)
        : CodePointOrder.Compare(x.Identity, y.Identity);
}
