using Npgsql;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Quarantine;

/// <summary>The exact files that went to a post office or came from it, as far as copies are kept, and what IMPORT wrote about those it refused.</summary>
/// <param name="kinds">By the kind of connector.</param>
public sealed class KeptFiles(NpgsqlDataSource database, IReadOnlyList<IFolderKind> kinds)
{
    /// <summary>The file of a run, in a folder of copies or in <c>Bad</c>; null when none is kept. The caller disposes it.</summary>
    /// <param name="fileName">What the program was given; empty for one that brings mail.</param>
    public async Task<MessageContent?> OpenAsync(string connector, long runId, string fileName, CancellationToken cancellationToken) =>
        (await FindAsync(connector, cancellationToken))?.Kept(runId, fileName) is { } path ? MessageContent.FromFile(path, new FileInfo(path).Length, deletesFile: false) : null;

    /// <summary>Why there is none to download, as a sentence; null when there is one.</summary>
    public async Task<string?> WhyNotAsync(string connector, long runId, string fileName, CancellationToken cancellationToken) =>
        await FindAsync(connector, cancellationToken) is not { } place ? await WhyNoPlaceAsync(connector, cancellationToken)
        : place.Kept(runId, fileName) is null ? place.WhyNotKept(fileName)
        : null;

    /// <summary>An undeliverable file of a run, word for word; null when there was none. The caller disposes it.</summary>
    public async Task<MessageContent?> RefusalAsync(long runId, string fileName, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select data from program_run_refusal where run_id = $1 and file_name = $2");
        command.Parameters.Add(new() { Value = runId });
        command.Parameters.Add(new() { Value = fileName });
        return await command.ExecuteScalarAsync(cancellationToken) is byte[] data ? MessageContent.FromMemory(data) : null;
    }

    private async Task<string> WhyNoPlaceAsync(string connector, CancellationToken cancellationToken)
    {
        foreach (var kind in kinds)
        {
            if ((await kind.NamesAsync(cancellationToken)).Contains(connector))
            {
                return $"The settings of {connector} cannot be used; its copies cannot be found.";
            }
        }

        await using var command = database.CreateCommand("select exists (select from connector where name = $1)");
        command.Parameters.Add(new() { Value = connector });
        return await command.ExecuteScalarAsync(cancellationToken) is true
            ? $"{connector} keeps exact files only while capture is on; they stand under Copies then."
            : $"The connector {connector} is no longer configured; its copies cannot be found.";
    }

    private async Task<IFolderPlace?> FindAsync(string connector, CancellationToken cancellationToken)
    {
        foreach (var kind in kinds)
        {
            if (await kind.FindAsync(connector, null, cancellationToken) is { } place)
            {
                return place;
            }
        }

        return null;
    }
}
