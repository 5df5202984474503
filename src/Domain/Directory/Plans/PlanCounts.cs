using Postern.Domain.Directory.Merging;

namespace Postern.Domain.Directory.Plans;

/// <summary>How many rows of each class a plan has.</summary>
public sealed class PlanCounts
{
    private readonly long[] counts = new long[Enum.GetValues<ChangeClass>().Length];

    public long this[ChangeClass kind]
    {
        get => counts[(int)kind];
        init => counts[(int)kind] = value;
    }

    /// <summary>Rows that change something; an empty plan has none, whatever collisions stand beside it.</summary>
    public long Proposed => counts.Sum() - Collisions;

    public long Collisions => this[ChangeClass.Collision];

    public bool IsEmpty => Proposed == 0;

    public void Add(ChangeClass kind) => counts[(int)kind]++;

    public static PlanCounts Of(IEnumerable<Change> changes)
    {
        var counts = new PlanCounts();
        foreach (var change in changes)
        {
            counts.Add(change.Class);
        }

        return counts;
    }

    /// <summary>The counts in words: <c>3 deletes, 1 add; 2 collisions</c>.</summary>
    public override string ToString()
    {
        var proposed = string.Join(", ", Enum.GetValues<ChangeClass>().Where(kind => kind != ChangeClass.Collision && this[kind] > 0).Select(kind => Words(this[kind], kind)));
        var all = proposed.Length > 0 ? proposed : "no changes";
        return Collisions > 0 ? $"{all}; {Words(Collisions, ChangeClass.Collision)}" : all;
    }

    /// <summary>A number of changes in words: <c>1 modify</c>, <c>2 deletes</c>.</summary>
    public static string Words(long count, ChangeClass kind) => $"{count:N0} {WordOf(kind, count != 1)}";

    private static string WordOf(ChangeClass kind, bool isPlural) => (kind, isPlural) switch
    {
        (ChangeClass.Modify, true) => "modifies",
        (_, true) => $"{kind.ToString().ToLowerInvariant()}s",
        _ => kind.ToString().ToLowerInvariant(),
    };
}
