using Postern.Domain.Routing;

namespace Postern.Infrastructure.Configuration;

/// <summary>Why a draft is not taken.</summary>
/// <param name="Path">The field; empty when it is the whole.</param>
public sealed record DraftFault(string Path, string Text);

/// <summary>Somebody else has saved the same item since it was opened; nothing was saved over theirs.</summary>
/// <param name="Theirs">As it is now; null when they deleted it.</param>
/// <param name="Who">Who saved it; empty when the audit does not say.</param>
public sealed record EditConflict(ConfigurationItem? Theirs, string Who, DateTimeOffset? At);

/// <summary>What became of a wish to save or delete an item.</summary>
/// <param name="Saved">As it is stored now; null when it was not saved, or was deleted.</param>
/// <param name="Differences">Lines as <c>config plan</c> prints them.</param>
/// <param name="Notes">What still has to be done elsewhere.</param>
public sealed record EditResult(
    bool IsDone, ConfigurationItem? Saved, IReadOnlyList<DraftFault> Faults, IReadOnlyList<string> Differences, IReadOnlyList<string> Notes, EditConflict? Conflict)
{
    /// <summary>What mail would lose by it, or loses now that somebody has accepted it.</summary>
    public RouteLosses Losses { get; init; } = RouteLosses.None;

    /// <summary>Why it is not saved although nothing is wrong with it: mail would stop. Empty when that is not the reason.</summary>
    public string Refusal { get; init; } = "";

    internal static EditResult Refused(IEnumerable<DraftFault> faults) => new(false, null, [.. faults], [], [], null);

    internal static EditResult Stopped(RouteLosses losses, string refusal) => new(false, null, [], [], [], null) { Losses = losses, Refusal = refusal };

    internal static EditResult Done(ConfigurationItem? saved, IReadOnlyList<string> differences, IReadOnlyList<string> notes) =>
        new(true, saved, [], differences, notes, null);
}
