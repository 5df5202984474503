namespace Postern.Web.Components.Shared;

/// <summary>The rows an operator has marked, kept by id and not by place: a row that scrolls away or leaves the filter stays marked.</summary>
public sealed class RowSelection
{
    private readonly HashSet<long> ids = [];

    /// <summary>How many are marked.</summary>
    public int Count => ids.Count;

    /// <summary>The marked ids, smallest first.</summary>
    public IReadOnlyList<long> Ids => [.. ids.Order()];

    /// <summary>Whether a row is marked.</summary>
    public bool Contains(long id) => ids.Contains(id);

    /// <summary>Marks a row, or takes the mark away.</summary>
    public void Set(long id, bool isMarked)
    {
        if (isMarked)
        {
            ids.Add(id);
        }
        else
        {
            ids.Remove(id);
        }
    }

    /// <summary>Marks a row that is not marked, and the other way round.</summary>
    public void Toggle(long id) => Set(id, !ids.Contains(id));

    /// <summary>Takes every mark away.</summary>
    public void Clear() => ids.Clear();

    /// <summary>How many of the marked ones are not among the given.</summary>
    public int OutsideOf(IEnumerable<long> shown) => ids.Count - ids.Intersect(shown).Count();
}
