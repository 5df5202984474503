using Postern.Domain.Directory.Merging;

namespace Postern.Domain.Directory.Plans;

/// <summary>How many changes of a class pass without a second look; any class can have one, because a mass rename does as much harm as a mass delete.</summary>
/// <param name="Class">The class it watches; null for all changes together.</param>
/// <param name="Number">More than so many are too many; null for no such limit.</param>
/// <param name="Percent">More than this part of the entries that the directory holds are too many; null for no such limit.</param>
public sealed record Threshold(ChangeClass? Class, long? Number, decimal? Percent)
{
    /// <summary>What a new partner has: the deletes that Q222186 and its like did, and anything that touches a large part of a directory.</summary>
    public static readonly IReadOnlyList<Threshold> Defaults =
    [
        new(ChangeClass.Delete, 50, 5), new(ChangeClass.Move, 100, 10), new(ChangeClass.Rename, 100, 10), new(ChangeClass.Modify, null, 25),
    ];

    /// <summary>Whether a plan exceeds the limit.</summary>
    /// <param name="held">Entries that the directory holds of us now. Into an empty one everything is new, and no part of nothing is too large.</param>
    public ThresholdVerdict Judge(PlanCounts counts, long held)
    {
        var count = Class is { } kind ? counts[kind] : counts.Proposed;
        var isOverNumber = Number is { } number && count > number;
        var isOverPercent = Percent is { } percent && held > 0 && count * 100m > percent * held;
        return new ThresholdVerdict(this, count, held, isOverNumber, isOverPercent);
    }
}

/// <summary>What a threshold says of a plan.</summary>
public sealed record ThresholdVerdict(Threshold Threshold, long Count, long Held, bool IsOverNumber, bool IsOverPercent)
{
    public bool IsExceeded => IsOverNumber || IsOverPercent;

    /// <summary>The verdict in words, for the plan's page and the mail to its approver.</summary>
    public string Sentence
    {
        get
        {
            var what = Threshold.Class is { } kind ? PlanCounts.Words(Count, kind) : $"{Count:N0} {(Count == 1 ? "change" : "changes")}";
            var part = Held > 0 ? $" ({Count * 100m / Held:0.#} % of {Held:N0} entries)" : "";
            return $"{what}{part}: {(IsExceeded ? $"more than {Limit()}, so a person looks at this plan first" : $"not more than {Limit()}")}.";
        }
    }

    private string Limit() => (Threshold.Number, Threshold.Percent) switch
    {
        ({ } number, { } percent) => IsOverNumber || !IsExceeded ? $"{number:N0}" : $"{percent:0.#} %",
        ({ } number, null) => $"{number:N0}",
        (null, { } percent) => $"{percent:0.#} %",
        _ => "any number",
    };
}
