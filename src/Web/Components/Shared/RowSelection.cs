namespace Postern.Web.Components.Shared;

/// <summary>The rows an operator has marked, kept by id and not by place: a row that scrolls away or leaves the filter stays marked. Or everything that matches.</summary>
public sealed class RowSelection
{
    private readonly HashSet<long> ids = [];
    private long matching;

    /// <summary>Everything that matches is meant, whatever it is when something is done.</summary>
    public bool IsAll { get; private set; }

    /// <summary>How many are marked.</summary>
    public long Count => IsAll ? matching : ids.Count;

    /// <summary>The marked ids, smallest first; none where everything is meant.</summary>
    public IReadOnlyList<long> Ids => [.. ids.Order()];

    /// <summary>Whether a row is marked.</summary>
    public bool Contains(long id) => IsAll || ids.Contains(id);

    /// <summary>Marks everything that matches.</summary>
    /// <param name="count">So many do now.</param>
    public void SetAll(long count)
    {
        ids.Clear();
        (IsAll, matching) = (true, count);
    }

    /// <summary>Marks a row, or takes the mark away. After everything was meant, only single rows are.</summary>
    public void Set(long id, bool isMarked)
    {
        IsAll = false;
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
    public void Clear()
    {
        IsAll = false;
        ids.Clear();
    }

    /// <summary>How many of the marked ones are not among the given.</summary>
    public int OutsideOf(IEnumerable<long> shown) => IsAll ? 0 : ids.Count - ids.Intersect(shown).Count();
}
