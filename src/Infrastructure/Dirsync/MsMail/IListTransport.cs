using Postern.Domain.Formats.MsMail;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Dirsync.MsMail;

/// <summary>How import text gets out of a post office and into it.</summary>
internal interface IListTransport
{
    /// <summary>What was given can be looked at at once, so that only what is seen is believed.</summary>
    bool ShowsAtOnce { get; }

    /// <summary>What is to be remembered when a plan is made from what was read.</summary>
    string AfterRead(string memory) => memory;

    /// <summary>The lists as they stand now; the caller disposes them.</summary>
    /// <param name="memory">What the last write left.</param>
    /// <exception cref="PartnerException">They cannot be had now.</exception>
    Task<MessageContent> ReadAsync(string memory, CancellationToken cancellationToken);

    /// <summary>Hands records over.</summary>
    /// <returns>What IMPORT said about them, and what is to be remembered.</returns>
    /// <exception cref="PartnerException">They could not be handed over.</exception>
    Task<(IReadOnlyList<DirsyncLogLine> Said, string Memory)> WriteAsync(string memory, IEnumerable<ImportRecord> records, CancellationToken cancellationToken);
}
