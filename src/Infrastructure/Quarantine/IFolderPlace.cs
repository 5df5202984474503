using System.Buffers;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Quarantine;

/// <summary>A kind of connector that exchanges files with a post office and sets some aside in a folder <c>Bad</c>.</summary>
public interface IFolderKind
{
    /// <summary>Events that name a file of mail which was brought and not accepted.</summary>
    IReadOnlyList<int> UnreadCodes { get; }

    /// <summary>Other events that name a file there.</summary>
    IReadOnlyList<int> OtherCodes { get; }

    /// <summary>The names of all connectors of this kind.</summary>
    Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancellationToken);

    /// <summary>The folders of a connector; null when there is none of this name and kind, or when its settings make none.</summary>
    /// <param name="codePage">In place of the one that is set; null for that.</param>
    Task<IFolderPlace?> FindAsync(string connector, int? codePage, CancellationToken cancellationToken);
}

/// <summary>The folders of one connector, and how its files are read.</summary>
public interface IFolderPlace
{
    /// <summary>The folder <c>Bad</c>.</summary>
    string Bad { get; }

    /// <summary>What brings mail from its post office: EXPORT, GTWGET.</summary>
    string Program { get; }

    /// <summary>Never mail to send, whatever is said of it.</summary>
    bool IsNeverMail(string fileName);

    /// <summary>A file as Postern reads it.</summary>
    RawReading Read(in ReadOnlySequence<byte> content);

    /// <summary>Reads a file as it is read when it comes in, and has each of its messages accepted.</summary>
    /// <param name="identity">Names each message by its place in the file.</param>
    /// <param name="takesFaulty">Also what is not whole.</param>
    /// <returns>Numbers of the messages that were accepted, and why not all were: empty when all were.</returns>
    Task<(IReadOnlyList<long> Accepted, string Fault)> TakeAsync(
        ReadOnlySequence<byte> content, Func<int, PickupIdentity> identity, DateTimeOffset receivedAt, bool takesFaulty, AcceptMessage accept, CancellationToken cancellationToken);

    /// <summary>Where the file of a run is kept; null when it is not.</summary>
    /// <param name="fileName">What the program was given; empty for one that brings mail.</param>
    string? Kept(long runId, string fileName);

    /// <summary>Why the file of a run is not kept, as a sentence.</summary>
    string WhyNotKept(string fileName);
}
