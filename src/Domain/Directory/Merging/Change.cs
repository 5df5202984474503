using System.Diagnostics;
using Postern.Domain.Directory.Names;
using Postern.Domain.Directory.Rows;

namespace Postern.Domain.Directory.Merging;

/// <summary>What kind of change a row of a plan is; policies and thresholds speak of these.</summary>
public enum ChangeClass
{
    /// <summary>The row leaves the directory.</summary>
    Delete,

    /// <summary>Its mail goes to another address from now on.</summary>
    Move,

    /// <summary>It is listed under another name.</summary>
    Rename,

    /// <summary>Something else about it changes.</summary>
    Modify,

    /// <summary>The row is new.</summary>
    Add,

    /// <summary>Nothing is changed: its name belongs to somebody else there.</summary>
    Collision,
}

/// <summary>One of those who want a name.</summary>
/// <param name="Holds">This one has it, or gets it.</param>
/// <param name="IsOurs">False for a row of the directory's own that we never touch.</param>
public sealed record CollisionSide(string Identity, string Name, string Address, bool Holds, bool IsOurs);

/// <summary>One row of a plan: how an entry stands in a directory, and how it should.</summary>
/// <param name="Before">As it is held now; null for an entry that is not.</param>
/// <param name="After">As it should be held; null for one that should not. For a collision: as it cannot be held.</param>
public sealed record Change(ChangeClass Class, DirectoryRow? Before, DirectoryRow? After)
{
    /// <summary>Why the row leaves; for a delete.</summary>
    public GoneReason Gone { get; init; }

    /// <summary>The name is held by another row now, which leaves it in the same plan: this change waits until it is free.</summary>
    public bool TakesHeldName { get; init; }

    /// <summary>Everybody who wants the name; for a collision.</summary>
    public IReadOnlyList<CollisionSide> Sides { get; init; } = [];

    public string Identity => (After ?? Before)!.Identity;

    /// <summary>Where the change stands in the order of its directory.</summary>
    public SortKey Key => (After ?? Before)!.Key;

    /// <summary>Whether applying the plan does something because of this row.</summary>
    public bool IsProposal => Class != ChangeClass.Collision;

    /// <summary>The row in one sentence, for the plan's page, the terminal and the log.</summary>
    public string Sentence => Class switch
    {
        ChangeClass.Add => $"{After!.Name} ({After.Address}) is added.",
        ChangeClass.Modify => $"{After!.Name} ({After.Address}) is changed: {Changed()}.",
        ChangeClass.Rename => $"{Before!.Name} ({Before.Address}) is renamed to {After!.Name}.",
        ChangeClass.Move when Before!.Name != After!.Name => $"{Before.Name} moves from {Before.Address} to {After.Address} and is called {After.Name}.",
        ChangeClass.Move => $"{After!.Name} moves from {Before!.Address} to {After.Address}.",
        ChangeClass.Delete => $"{Before!.Name} ({Before.Address}) is deleted: {Because(Gone)}.",
        ChangeClass.Collision => CollisionSentence(),
        _ => throw new UnreachableException(),
    };

    /// <summary>The end of a sentence that says why a row leaves.</summary>
    public static string Because(GoneReason reason) => reason switch
    {
        GoneReason.Source => "the source no longer has it",
        GoneReason.Hidden => "it was hidden",
        GoneReason.Trust => "its trust level is above the partner's",
        GoneReason.Scope => "it is outside of what is exported",
        GoneReason.NoWay => "the way there and back is not confirmed",
        GoneReason.OwnEntry => "the partner is its home",
        GoneReason.Unholdable => "its name or address cannot be held there",
        GoneReason.NameGiven => "its name was given to somebody else",
        GoneReason.Reverted => "the plan that added it is taken back",
        _ => throw new UnreachableException(),
    };

    private string Changed()
    {
        var parts = RowValues.Differences(Before!.Values, After!.Values)
            .Select(value => value.Before.Length == 0 ? $"{value.Name} becomes {value.After}"
                : value.After.Length == 0 ? $"{value.Name} is emptied"
                : $"{value.Name} becomes {value.After} instead of {value.Before}")
            .ToList();
        if (Before.Name != After.Name)
        {
            parts.Insert(0, $"its name is written {After.Name}");
        }

        if (Before.Kind != After.Kind)
        {
            parts.Add($"it becomes a {After.Kind.ToString().ToLowerInvariant()}");
        }

        return parts.Count > 0 ? string.Join("; ", parts) : "it is taken over";
    }

    private string CollisionSentence()
    {
        var holder = Sides.FirstOrDefault(side => side.Holds);
        var keeps = Before is null ? "it is not listed" : $"it stays {Before.Name}";
        return holder is null
            ? $"{After!.Name} ({After.Address}) waits for a name that is about to be free; {keeps}."
            : $"{After!.Name} ({After.Address}) has the name of {holder.Address}, and names may stand there only once; {keeps}.";
    }
}
