using Npgsql;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.CcMail;

/// <summary>The exact files that went to a post office or came from it, as far as copies are kept, and what IMPORT wrote about those it refused.</summary>
public sealed class KeptFiles(NpgsqlDataSource database, CcMailLinks links)
{
    /// <summary>The file of a run: a copy in <c>Import.bak</c> or <c>Export.bak</c>, or the one that lies in <c>Bad</c>; null when none is kept. The caller disposes it.</summary>
    /// <param name="fileName">What IMPORT was given; for EXPORT empty.</param>
    public async Task<MessageContent?> OpenAsync(string connector, long runId, string fileName, CancellationToken cancellationToken) =>
        await PathAsync(connector, runId, fileName, cancellationToken) is { } path ? MessageContent.FromFile(path, new FileInfo(path).Length, deletesFile: false) : null;

    /// <summary>Why there is none to download, as a sentence; null when there is one.</summary>
    public async Task<string?> WhyNotAsync(string connector, long runId, string fileName, CancellationToken cancellationToken)
    {
        if (await PathAsync(connector, runId, fileName, cancellationToken) is not null)
        {
            return null;
        }

        if (await links.FindAsync(connector, null, cancellationToken) is not { } link)
        {
            return await KindAsync(connector, cancellationToken) switch
            {
                "" => $"The connector {connector} is no longer configured; its copies cannot be found.",
                "ccmail" => $"The settings of {connector} cannot be used; its copies cannot be found.",
                _ => $"{connector} keeps exact files only while capture is on; they stand under Copies then.",
            };
        }

        var isSaved = fileName.Length > 0 ? link.Settings.SaveImportedFiles : link.Settings.SaveExportedFiles;
        return isSaved ? "The copy is no longer in its folder." : $"{connector} keeps no copies of {(fileName.Length > 0 ? "imported" : "exported")} files; its settings can change that for the next ones.";
    }

    /// <summary>An undeliverable file of a run, word for word; null when there was none. The caller disposes it.</summary>
    public async Task<MessageContent?> RefusalAsync(long runId, string fileName, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select data from program_run_refusal where run_id = $1 and file_name = $2");
        command.Parameters.Add(new() { Value = runId });
        command.Parameters.Add(new() { Value = fileName });
        return await command.ExecuteScalarAsync(cancellationToken) is byte[] data ? MessageContent.FromMemory(data) : null;
    }

    private async Task<string> KindAsync(string connector, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select kind from connector where name = $1");
        command.Parameters.Add(new() { Value = connector });
        return await command.ExecuteScalarAsync(cancellationToken) as string ?? "";
    }

    private async Task<string?> PathAsync(string connector, long runId, string fileName, CancellationToken cancellationToken)
    {
        if (await links.FindAsync(connector, null, cancellationToken) is not { } link)
        {
            return null;
        }

        return fileName.Length > 0
            ? Find(link.Folders.ImportCopies, fileName) ?? Find(link.Folders.Bad, fileName)
            : Find(link.Folders.ExportCopies, Path.GetFileName(link.Folders.ExportFile(runId)));
    }

    // A name is looked for among what lies there, and never becomes part of a path.
    private static string? Find(string folder, string name) => !Directory.Exists(folder) ? null
        : WorkFolder.Entries(folder).FirstOrDefault(path => Path.GetFileName(path).Equals(name, StringComparison.OrdinalIgnoreCase) && FileKinds.IsFile(path));
}
