using Postern.Domain.Formats.CcMail;
using Postern.Infrastructure.CcMail;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Dirsync.CcMail;

/// <summary>How a run of IMPORT with a directory file ended.</summary>
/// <param name="Refused">Reasons in its undeliverable file, by the key of the name.</param>
internal sealed record DirectoryRun(ProgramEnd End, IReadOnlyDictionary<string, string> Refused)
{
    /// <summary>It went through its file to the end; 5 says that the undeliverable file has something to read.</summary>
    public bool IsThrough => End is { Ending: ProgramEnding.Exited, ExitCode: 0 or 5 };

    /// <summary>It stopped inside its file; what stands before that place is done.</summary>
    public bool HasStopped => End is { Ending: ProgramEnding.Exited, ExitCode: 1 };
}

/// <summary>Runs EXPORT and IMPORT with directory files under the lock of the post office: never beside each other, nor beside the connector's own runs.</summary>
internal sealed class CcMailDirectoryRuns(CcMailLink link, CcMailPartnerSettings settings)
{
    private const string ExportFile = "CCMDIR.EXP";

    // Below the connector's own folder, where DOS programs look for files by 8.3 names.
    private string Folder => Path.Combine(link.Folders.Root, "Dirsync");

    /// <summary>The directory as it stands in the post office now; the caller disposes it.</summary>
    /// <exception cref="PartnerException">It could not be had.</exception>
    public async Task<MessageContent> ExportAsync(CancellationToken cancellationToken)
    {
        CheckPostOffice();
        Directory.CreateDirectory(Folder);
        var template = settings.ExportProgram.Count > 0 ? settings.ExportProgram : DirectoryCommand.Of(link.Settings.ExportProgram, "/DIRECTORY/PROPADD");
        using var turn = await TakeTurnAsync(cancellationToken);
        Remove(ExportFile);
        var end = await RunAsync("export directory", template, ExportFile, cancellationToken);
        if (end is not { Ending: ProgramEnding.Exited, ExitCode: 0 })
        {
            throw new PartnerException(Describe("EXPORT", end));
        }

        if (WorkFolder.Find(Folder, ExportFile) is not { } written || new FileInfo(written).Length == 0)
        {
            throw new PartnerException($"EXPORT ended well and wrote no directory of {link.Settings.PostOfficeName}.");
        }

        // Under a name of its own, so that the next run cannot change what is being read.
        var taken = Path.Combine(Folder, $"{Guid.NewGuid():N}.dir");
        File.Move(written, taken);
        return MessageContent.FromFile(taken, new FileInfo(taken).Length, deletesFile: true);
    }

    /// <summary>Gives records to IMPORT in a run of their own.</summary>
    /// <param name="name"><see cref="DirectoryImport.DeleteFile"/> or <see cref="DirectoryImport.AddFile"/>.</param>
    /// <exception cref="PartnerException">The program could not be started, or the post office is in use.</exception>
    public async Task<DirectoryRun> ImportAsync(string name, IEnumerable<DirectoryRecord> records, CancellationToken cancellationToken)
    {
        CheckPostOffice();
        Directory.CreateDirectory(Folder);
        using var turn = await TakeTurnAsync(cancellationToken);
        var undeliverable = Path.ChangeExtension(name, ".und");
        if (WorkFolder.Find(Folder, undeliverable) is { } earlier)
        {
            // Of a run whose end nobody saw; it speaks of other records.
            link.Folders.MoveToBad(earlier);
        }

        Write(name, records);
        var template = name == DirectoryImport.DeleteFile && settings.DeleteProgram.Count > 0 ? settings.DeleteProgram
            : settings.ImportProgram.Count > 0 ? settings.ImportProgram : DirectoryCommand.Of(link.Settings.ImportProgram, "/DIRECTORY");
        var end = await RunAsync("import directory", template, name, cancellationToken);
        if (end.Ending == ProgramEnding.LeftRunning)
        {
            throw new PartnerException($"IMPORT {end.Summary}; what it does is seen with the next cycle.");
        }

        var refused = ReadUndeliverable(undeliverable);
        Remove(name);
        return new DirectoryRun(end, refused);
    }

    /// <summary>The end of a run in a sentence that says what to look at, each cause by itself (Q233164, Q168465).</summary>
    public string Describe(string program, ProgramEnd end)
    {
        var postOffice = link.Settings.PostOfficeName;
        var words = end.Output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is [.., var last] ? $" ({Storable.Text(last, 200)})" : "";
        return (end.Ending, end.ExitCode) switch
        {
            (ProgramEnding.Locked, _) or (ProgramEnding.Exited, 4) => $"{link.LockedBy()}. It is tried again with the next cycle.",
            (ProgramEnding.Exited, 1) =>
                $"{program} ended with code 1{words}: the version of the program is not that of the post office (the connector says {link.Settings.DatabaseVersion}), IE.RI is missing beside it, or it has no rights in {postOffice}.",
            (ProgramEnding.Exited, 3) => $"{program} ended with code 3{words}: name, password or path of {postOffice} is wrong.",
            _ => $"{program} {end.Summary}{words}.",
        };
    }

    /// <summary>Writes a text that is for people into the folder of the runs; returns its path.</summary>
    public string WriteSheet(string name, string text)
    {
        Directory.CreateDirectory(Folder);
        var path = Path.Combine(Folder, name);
        File.WriteAllBytes(path, link.Profile.TextEncoding.GetBytes(text));
        return path;
    }

    /// <summary>Removes a text that nobody needs any more.</summary>
    public void Remove(string name)
    {
        if (Directory.Exists(Folder) && WorkFolder.Find(Folder, name) is { } path)
        {
            File.Delete(path);
        }
    }

    private void CheckPostOffice()
    {
        try
        {
            link.CheckPostOffice();
        }
        catch (Exception e) when (e is PostOfficeUnreachableException or PathRefusedException)
        {
            throw new PartnerException(e.Message, e);
        }
    }

    private async Task<IDisposable> TakeTurnAsync(CancellationToken cancellationToken)
    {
        var turn = await link.Programs.TakeTurnAsync(link.LockFile, cancellationToken);
        if (!ExternalProgram.IsLocked(link.LockFile))
        {
            return turn;
        }

        turn.Dispose();
        throw new PartnerException($"{link.LockedBy()}. It is tried again with the next cycle.");
    }

    private async Task<ProgramEnd> RunAsync(string program, IReadOnlyList<string> template, string file, CancellationToken stop)
    {
        var runId = await link.Runs.BeginAsync(link.ConnectorId, program, [], stop);
        try
        {
            var start = link.Start(link.Command(template, Path.Combine(Folder, file)), runId, settings.TimeLimit);
            var end = await link.Programs.RunAsync(start, child => link.Runs.StartedAsync(runId, child), stop);
            if (end.Ending != ProgramEnding.LeftRunning)
            {
                await link.Runs.EndAsync(runId, end, [], stop);
            }

            return end;
        }
        catch (Exception e) when (e is PathRefusedException or ProgramNotStartedException)
        {
            await link.Runs.EndAsync(runId, new ProgramEnd(ProgramEnding.NotStarted, null, e.Message, TimeSpan.Zero, TimeSpan.Zero), [], CancellationToken.None);
            throw new PartnerException(e.Message, e);
        }
    }

    // Whole before it has its name.
    private void Write(string name, IEnumerable<DirectoryRecord> records)
    {
        var path = Path.Combine(Folder, name);
        var temporary = Path.ChangeExtension(path, ".TMP");
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            var buffer = new FileBuffer(file);
            _ = name == DirectoryImport.DeleteFile ? DirectoryImport.WriteDeletes(records, link.Profile, buffer) : DirectoryWriter.Write(records, link.Profile, buffer);
            buffer.Flush();
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    // Its layout with directory records is not public: a reason between stars belongs to the record beside it. What cannot be read is kept for a person.
    private Dictionary<string, string> ReadUndeliverable(string name)
    {
        var reasons = new Dictionary<string, string>(StringComparer.Ordinal);
        if (WorkFolder.Find(Folder, name) is not { } path)
        {
            return reasons;
        }

        var pending = "";
        var record = "";
        foreach (var line in File.ReadLines(path, link.Profile.TextEncoding).Select(line => line.Trim()))
        {
            if (ReasonLine.TryRead(line, out var reason))
            {
                if (record.Length > 0)
                {
                    reasons.TryAdd(record, reason);
                    record = "";
                }
                else
                {
                    pending = reason;
                }
            }
            else if (line.StartsWith("Name:", StringComparison.OrdinalIgnoreCase))
            {
                record = Domain.Addresses.NameKey.Fold(line[5..].Trim());
                if (pending.Length > 0)
                {
                    reasons.TryAdd(record, pending);
                    (pending, record) = ("", "");
                }
            }
        }

        if (reasons.Count > 0)
        {
            File.Delete(path);
        }
        else
        {
            link.Folders.MoveToBad(path);
        }

        return reasons;
    }
}
