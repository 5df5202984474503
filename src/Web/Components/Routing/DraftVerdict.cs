using Postern.Infrastructure.Routing;
using Postern.Web.Components.Shared;

namespace Postern.Web.Components.Routing;

/// <summary>What a draft is worth, in a line, and why it cannot be saved.</summary>
public sealed record DraftVerdict(string Title, string Note, bool IsGood)
{
    /// <summary>The finding first.</summary>
    public static DraftVerdict Of(DraftCheck check) => check switch
    {
        { Conflicts.Count: > 0 and var count } => new(
            $"{Quantity.Of(count, "item was", "items were")} changed here and in what is in force", "Say of each which way counts.", false),
        { Faults.Count: > 0 and var count } => new($"Not saved: {Quantity.Of(count, "thing", "things")} cannot stand", "The rules of the configuration say so.", false),
        { MayBeAccepted: true, New.Count: var count } => new(
            $"Taking this out breaks {Quantity.Of(count, "path", "paths")}", "It is possible all the same: with a reason, after seeing what stops.", false),
        { New.Count: > 0 and var count } => new($"Not saved: the draft would break {Quantity.Of(count, "path", "paths")}", "Routing in force does not have these. Each says what mends it.", false),
        { Changes.Count: 0 } => new("It changes nothing yet", "It is compared with what is in force as you type.", true),
        _ => new("Every way leads somewhere, and every answer comes back", $"{Quantity.Of(check.Changes.Count, "change", "changes")} of configuration {check.ActiveVersion}; proved as you typed.", true),
    };

    /// <summary>Why it cannot be saved; null when it can.</summary>
    public static string? WhyNotSave(DraftCheck check) => check switch
    {
        { Faults.Count: > 0 } => $"Refused: {VisibleText.Of(check.Faults[0], 200)}",
        { New.Count: > 0, MayBeAccepted: false } => $"Refused: {Quantity.Of(check.New.Count, "path fails", "paths fail")}.",
        _ => null,
    };
}
