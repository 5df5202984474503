using Postern.Domain.Directory.Plans;

namespace Postern.Infrastructure.Dirsync;

/// <summary>A partner as the list of partners shows it.</summary>
/// <param name="CycleFault">Why the last cycle came to nothing; empty when it did not.</param>
/// <param name="CycleProgress">What the running cycle does; empty when none runs.</param>
/// <param name="LastCompleteAt">When a cycle last read everything.</param>
/// <param name="RunWantedAt">Somebody pressed Run now, and the cycle has not begun yet.</param>
/// <param name="NextRunAt">When the schedule begins the next cycle; null when it begins none.</param>
/// <param name="Entries">Entries of our directory that it gave.</param>
/// <param name="Held">Entries of ours that its directory holds.</param>
/// <param name="OpenPlans">Plans that are not carried out yet.</param>
public sealed record PartnerSummary(
    Partner Partner, DateTimeOffset? CycleBeganAt, DateTimeOffset? CycleEndedAt, string CycleFault, string CycleProgress, DateTimeOffset? LastCompleteAt,
    DateTimeOffset? RunWantedAt, bool RunIsDry, DateTimeOffset? NextRunAt, long Entries, long Held, long OpenPlans)
{
    /// <summary>How far it is behind, with the cause in words.</summary>
    public required PartnerLag Lag { get; init; }
}

/// <summary>A partner as a person typed it.</summary>
/// <param name="Id">0 for a new one.</param>
/// <param name="Settings">JSON of the kind's settings.</param>
public sealed record PartnerDraft(long Id, string Name, string Kind, string Settings, SyncRules Rules, bool IsEnabled = true);

/// <summary>Why a partner is not taken.</summary>
/// <param name="Path">name, kind, <c>settings.host</c>, <c>rules.schedule.grid</c>; empty when it is the whole.</param>
public sealed record PartnerFault(string Path, string Text);

/// <summary>What became of a wish to save, delete or run a partner.</summary>
/// <param name="Saved">As it is stored now; null when it was not saved, or was deleted.</param>
/// <param name="Theirs">As somebody else saved it meanwhile; nothing was saved over it.</param>
public sealed record PartnerResult(bool IsDone, Partner? Saved, IReadOnlyList<PartnerFault> Faults, Partner? Theirs = null)
{
    internal static PartnerResult No(params PartnerFault[] faults) => new(false, null, faults);
}

/// <summary>What the deletion of a partner does.</summary>
/// <param name="Entries">Entries of our directory that lose their giver; they stay as our own.</param>
/// <param name="Held">Entries of ours in its directory; they stay there, and nobody answers for them.</param>
/// <param name="OpenPlans">Plans that end.</param>
/// <param name="Homes">Homes that belong to nobody afterwards.</param>
/// <param name="Sentences">The same in words.</param>
public sealed record PartnerDeletion(long Entries, long Held, long OpenPlans, IReadOnlyList<string> Homes, IReadOnlyList<string> Sentences);

/// <summary>Something that a cycle said.</summary>
/// <param name="Kind">fault, withheld, missed or said.</param>
/// <param name="Source">Where it stood in what was read.</param>
public sealed record CycleNote(long Cycle, DateTimeOffset At, string Kind, string Source, string Text);
