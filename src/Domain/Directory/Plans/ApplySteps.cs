using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Rows;

namespace Postern.Domain.Directory.Plans;

/// <summary>What a directory can do to a row in place; what it cannot is a delete and an add.</summary>
public sealed record TargetAbility(bool ModifiesInPlace, bool RenamesInPlace, bool MovesInPlace)
{
    /// <summary>LDAP writes any change into the entry itself.</summary>
    public static readonly TargetAbility Ldap = new(true, true, true);

    /// <summary>IMPORT adds and deletes records; a record that exists is taken over (Q295753).</summary>
    public static readonly TargetAbility CcMail = new(true, false, false);

    /// <summary>M renames within a list; another post office is another list (Q246833).</summary>
    public static readonly TargetAbility MsMail = new(true, true, false);
}

/// <summary>The kinds of steps in the order in which they are done.</summary>
public enum StepKind
{
    Delete, Change, Add,
}

/// <summary>One thing that is done to a directory.</summary>
public sealed record ApplyStep(StepKind Kind, DirectoryRow? Before, DirectoryRow? After, Change Of);

/// <summary>How a plan is carried out: all deletes, then what changes in place, then all adds, so that no name is taken when it is needed (Q166581, Q192514).</summary>
public static class ApplySteps
{
    /// <summary>The steps of one change; a change whose name another row still has gives up its old place first and takes the new one last.</summary>
    public static IEnumerable<ApplyStep> Of(Change change, TargetAbility target) => change.Class switch
    {
        ChangeClass.Collision => [],
        ChangeClass.Delete => [new ApplyStep(StepKind.Delete, change.Before, null, change)],
        ChangeClass.Add => [new ApplyStep(StepKind.Add, null, change.After, change)],
        _ when IsInPlace(change, target) => [new ApplyStep(StepKind.Change, change.Before, change.After, change)],
        _ => [new ApplyStep(StepKind.Delete, change.Before, null, change), new ApplyStep(StepKind.Add, null, change.After, change)],
    };

    /// <summary>The steps of a whole plan in memory, in the order in which they are done.</summary>
    public static IReadOnlyList<ApplyStep> Of(IEnumerable<Change> changes, TargetAbility target) =>
        [.. changes.Order(PlanOrder.Instance).SelectMany(change => Of(change, target)).OrderBy(step => step.Kind)];

    private static bool IsInPlace(Change change, TargetAbility target)
    {
        var isRenamed = change.Before!.Key != change.After!.Key;
        var isMoved = change.Class == ChangeClass.Move;
        return !change.TakesHeldName && target.ModifiesInPlace && (!isRenamed || target.RenamesInPlace || (isMoved && target.MovesInPlace)) && (!isMoved || target.MovesInPlace);
    }
}
