using Postern.Domain.Directory.Names;
using Postern.Domain.Directory.Partners;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Directory.Rows;

namespace Postern.Infrastructure.Dirsync;

/// <summary>A kind of partner: how directories of one system are reached. One folder, one settings record, one line in <see cref="PartnerKinds"/>.</summary>
public interface IPartnerKind
{
    /// <summary>The word for it in settings: ldap, ccmail, msmail, dirsync, csv.</summary>
    string Name { get; }

    /// <summary>Its settings with their defaults, as JSON can be read into; properties carry <see cref="Configuration.SettingAttribute"/>.</summary>
    Type Settings { get; }

    /// <summary>What is wrong with settings, in sentences with the path of the setting before a colon; empty when nothing is.</summary>
    IReadOnlyList<string> Faults(string settings);

    /// <summary>The directory of a partner.</summary>
    /// <exception cref="PartnerException">It cannot be reached or its settings cannot be read.</exception>
    Task<IPartnerDirectory> OpenAsync(Partner partner, CancellationToken cancellationToken);
}

/// <summary>The directory of a partner, open for one cycle or one application of a plan.</summary>
public interface IPartnerDirectory : IAsyncDisposable
{
    /// <summary>How it holds names.</summary>
    NameRule Names { get; }

    /// <summary>What can be done to a row in place.</summary>
    TargetAbility Ability { get; }

    /// <summary>Types of addresses it can hold, its own first.</summary>
    IReadOnlyList<string> AddressTypes { get; }

    /// <summary>What it holds of ours is read with every cycle. Where it is not, what was written is believed.</summary>
    bool IsReadBack { get; }

    /// <summary>Reads may give changes only (<see cref="ReadResult.IsChangesOnly"/>). What it said of an entry is kept then, so that one that is not read again is not forgotten.</summary>
    bool ReadsChanges => false;

    /// <summary>The row as the directory will hold it, without values that it has no place for; false with a sentence where it cannot hold the row at all.</summary>
    /// <remarks>Rows are compared after this: a value that gets lost on the way would be found missing in every cycle, and sent without end (Q237588).</remarks>
    bool TryHold(DirectoryRow row, out DirectoryRow held, out string fault)
    {
        (held, fault) = (row, "");
        return true;
    }

    /// <summary>Reads everything, or what changed, and gives it to <paramref name="take"/> one by one.</summary>
    /// <remarks>Rows of ours (<see cref="ReadRecord.Held"/>) are all there with every read, also in one of changes.</remarks>
    /// <param name="memory">What the last read or write of this partner left to be remembered; <c>{}</c> at first.</param>
    /// <exception cref="PartnerException">Nothing could be read.</exception>
    Task<ReadResult> ReadAsync(string memory, Func<ReadRecord, ValueTask> take, CancellationToken cancellationToken);

    /// <summary>Carries out steps in the order they come (deletes, changes, adds), and says of each how it went. A step that was done before and is done again must do no harm.</summary>
    /// <param name="memory">As for <see cref="ReadAsync"/>.</param>
    /// <param name="done">Called for every step once it is known to be done or refused; a partner that writes one file for all may call it for all at the end.</param>
    /// <returns>What is to be remembered.</returns>
    /// <exception cref="PartnerException">Nothing more can be done now; steps without a result are tried again.</exception>
    Task<string> WriteAsync(string memory, IAsyncEnumerable<WriteStep> steps, Func<StepResult, ValueTask> done, CancellationToken cancellationToken);

    /// <summary>Tries everything that can be tried without changing anything; sentences for the operator, faults first.</summary>
    Task<IReadOnlyList<PartnerCheck>> CheckAsync(CancellationToken cancellationToken);
}

/// <summary>One record as it was read.</summary>
public sealed record ReadRecord
{
    /// <summary>An entry of the partner's own, for our directory; null for one of ours, or one that cannot be read.</summary>
    public PartnerEntry? Entry { get; init; }

    /// <summary>The row that the record takes in the partner's directory, with its key by the partner's rule; null where names have no place there (a table of entries).</summary>
    public DirectoryRow? Held { get; init; }

    /// <summary>We put it there: its address is one that we gave, or it stands where only we write.</summary>
    public bool IsOurs { get; init; }

    /// <summary>Where it stands, if writing needs it: a distinguished name.</summary>
    public string Place { get; init; } = "";

    /// <summary>In a read of changes only: an entry of which nothing more is known than that it is still there.</summary>
    public string StillThere { get; init; } = "";

    /// <summary>In a read of changes only: the identity of an entry that is gone.</summary>
    public string Gone { get; init; } = "";

    /// <summary>Why the record was not taken.</summary>
    public EntryFault? Fault { get; init; }
}

/// <summary>How a read ended.</summary>
/// <param name="IsComplete">It was read to its end. Where it was not, nothing is deleted and nobody's name is free.</param>
/// <param name="IsChangesOnly">Only what changed was read, and the identities of all; the rest is as it was.</param>
/// <param name="KnowsAll">In a read of changes: the identities of all were read, so that what is missing is gone.</param>
/// <param name="Memory">To be remembered when the plan is made.</param>
/// <param name="Notes">Sentences for the cycle's page.</param>
public sealed record ReadResult(bool IsComplete, bool IsChangesOnly, bool KnowsAll, string Memory, IReadOnlyList<string> Notes);

/// <summary>One thing that is to be done to the partner's directory.</summary>
/// <param name="Ordinal">Number of the plan's row.</param>
/// <param name="Place">Where the row stands, as it was read; empty for one that is not there.</param>
public sealed record WriteStep(int Ordinal, ApplyStep Step, string Place);

/// <summary>How a step went.</summary>
/// <param name="Fault">Why it was refused; empty when it is done.</param>
/// <param name="Place">Where the row stands now.</param>
public sealed record StepResult(int Ordinal, StepKind Kind, string Fault, string Place = "");

/// <summary>One answer of a check.</summary>
public sealed record PartnerCheck(bool IsGood, string Sentence);

/// <summary>A partner's directory cannot be read or written now. The message is a sentence for an operator.</summary>
public sealed class PartnerException(string message, Exception? inner = null) : Exception(message, inner);
