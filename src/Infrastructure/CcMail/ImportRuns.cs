using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.CcMail;

/// <summary>What one run of IMPORT did with its files.</summary>
/// <param name="Taken">Gone from the folder: the post office has them, but for what <paramref name="Refused"/> says.</param>
/// <param name="Remaining">Still there, in the order IMPORT works; the first is where it stopped.</param>
internal sealed record ImportOutcome(
    ProgramEnd End, long RunId, IReadOnlyList<PreparedFile> Taken, IReadOnlyList<PreparedFile> Remaining, Refusals Refused);

/// <summary>Runs IMPORT with files, so that at every instant the database and the folder together tell what became of each.</summary>
/// <remarks>
/// Files are in <c>Import</c> before the run is committed, the run is committed before the program starts, its end with what it took is
/// committed before a file is touched again. Undeliverable files stay in <c>Work</c> until the outcomes are recorded in the queue.
/// </remarks>
internal sealed class ImportRuns(CcMailLink link, FolderSweep sweep, AdministratorNotices notices)
{
    public const string ProgramName = "import";

    /// <summary>A larger list of refusals is not kept for looking at.</summary>
    private const long LargestKept = 1024 * 1024;

    /// <exception cref="PathRefusedException">The program may not be started or is absent; the files are back in <c>Submit</c>.</exception>
    /// <exception cref="ProgramNotStartedException">The system could not start it; likewise.</exception>
    public async Task<ImportOutcome> RunAsync(IReadOnlyList<PreparedFile> files, CancellationToken stop)
    {
        using var turn = await link.Programs.TakeTurnAsync(link.LockFile, stop);
        if (ExternalProgram.IsLocked(link.LockFile))
        {
            return new ImportOutcome(Busy, 0, [], files, Refusals.None);
        }

        await sweep.RunAsync(link.Folders.Import, _ => false, stop, takesLocked: true);
        foreach (var file in files)
        {
            File.Move(Path.Combine(link.Folders.Submit, file.Name), Path.Combine(link.Folders.Import, file.Name), overwrite: true);
        }

        var runId = await link.Runs.BeginAsync(link.ConnectorId, ProgramName, [.. files.Select(file => file.RunFile)], stop);
        try
        {
            await CaptureAsync(files);
            return await RunAsync(runId, files, stop);
        }
        catch (Exception e) when (e is not (PathRefusedException or ProgramNotStartedException))
        {
            // The end is not recorded: before anything else it is found out what was taken.
            link.HasOpenRun = true;
            throw;
        }
    }

    private static ProgramEnd Busy => new(ProgramEnding.Locked, null, "", TimeSpan.Zero, TimeSpan.Zero);

    private async Task<ImportOutcome> RunAsync(long runId, IReadOnlyList<PreparedFile> files, CancellationToken stop)
    {
        ProgramEnd end;
        try
        {
            var command = link.Command(link.Settings.ImportProgram, Path.Combine(link.Folders.Import, "*.ccm"));
            end = await link.Programs.RunAsync(
                link.Start(command, runId, link.Settings.ImportTimeLimit), child => link.Runs.StartedAsync(runId, child), stop);
        }
        catch (Exception e) when (e is PathRefusedException or ProgramNotStartedException)
        {
            var notStarted = new ProgramEnd(ProgramEnding.NotStarted, null, e.Message, TimeSpan.Zero, TimeSpan.Zero);
            await link.Runs.EndAsync(runId, notStarted, [], CancellationToken.None);
            MoveBack(files);
            throw;
        }

        if (end.Ending == ProgramEnding.LeftRunning)
        {
            link.HasOpenRun = true;
            return new ImportOutcome(end, runId, [], files, Refusals.None);
        }

        return await EndAsync(runId, end, files, stop);
    }

    private async Task<ImportOutcome> EndAsync(long runId, ProgramEnd end, IReadOnlyList<PreparedFile> files, CancellationToken stop)
    {
        var refused = ReadRefusals(runId, [.. files.Select(file => new TakenMessage(file.Name, file.Deliveries))]);
        var remaining = files.Where(file => link.Folders.FindImport(file.Name) is not null && !IsRefused(file, end, refused)).ToList();
        var taken = files.Except(remaining).ToList();
        foreach (var file in taken)
        {
            file.Group.Left--;
            file.Group.Add(refused);
        }

        // Of a message in several files nothing is final before the last of them is taken.
        var final = taken.Select(file => file.Group.Left > 0 ? file.RunFile with { DeliveryIds = [] } : Final(file.RunFile, refused));
        await link.Runs.EndAsync(runId, end, [.. final], stop);
        MoveBack(remaining);
        foreach (var path in taken.Select(file => link.Folders.FindImport(file.Name)).OfType<string>())
        {
            File.Delete(path);
        }

        foreach (var name in refused.SetAside)
        {
            await TellUnmatchedAsync(runId, name, files, stop);
        }

        return new ImportOutcome(end, runId, taken, remaining, refused);
    }

    private async Task TellUnmatchedAsync(long runId, string name, IReadOnlyList<PreparedFile> files, CancellationToken stop)
    {
        var text = $"An undeliverable file in Import names nothing that IMPORT was given; it was moved to Bad/{name}.";
        await link.TellAsync(
            EventCodes.CcMailUndeliverableUnmatched, EventSeverity.Warning, text, "Look whether another program works in this folder; no sender was told.");
        // A run that carries nothing but reports may have been about a notice: no notice of notices.
        if (files.All(file => file.Group.Transfer.Sender is null))
        {
            return;
        }

        try
        {
            await notices.SendAsync(new PickupIdentity($"{FileId.From(runId)}-{name}", 0), text, Path.Combine(link.Folders.Bad, name), stop);
        }
        catch (IntakeUnavailableException)
        {
            // The run goes on to be recorded; the event stands.
        }
    }

    // Code 5 says that it is done with all files; one that is left and refused to everybody has its answer.
    private static bool IsRefused(PreparedFile file, ProgramEnd end, Refusals refused) =>
        end is { Ending: ProgramEnding.Exited, ExitCode: 5 } && file.Deliveries.All(delivery => refused.Reasons.ContainsKey(delivery.Id));

    /// <summary>
    /// Takes the undeliverable files of a run out of <c>Import</c> and reads them; a file that speaks of nothing in the run goes to <c>Bad</c>.
    /// </summary>
    public Refusals ReadRefusals(long runId, IReadOnlyList<TakenMessage> messages)
    {
        foreach (var path in WorkFolder.Entries(link.Folders.Import).Where(Undeliverable.IsName).Where(FileKinds.IsFile))
        {
            File.Move(path, Path.Combine(link.Folders.Work, $"{FileId.From(runId)}-{Path.GetFileName(path)}"), overwrite: true);
        }

        var kept = OfRun(runId);
        Keep(runId, kept);
        var refusals = Undeliverable.Read(kept, messages, link.Profile);
        var setAside = kept
            .Where(path => Undeliverable.Read([path], messages, link.Profile).Reasons.Count == 0)
            .Select(link.Folders.MoveToBad)
            .Select(path => Path.GetFileName(path))
            .ToList();
        return refusals with { SetAside = setAside };
    }

    // For the page of the message: the files go when the run is settled. A convenience, and no reason for a run to fail.
    private void Keep(long runId, List<string> files)
    {
        try
        {
            foreach (var path in files.Where(path => new FileInfo(path).Length <= LargestKept))
            {
                using var command = link.Database.CreateCommand(
                    "insert into program_run_refusal (run_id, file_name, data) select id, $2, $3 from program_run where id = $1 on conflict do nothing");
                command.Parameters.Add(new() { Value = runId });
                command.Parameters.Add(new() { Value = Path.GetFileName(path) });
                command.Parameters.Add(new() { Value = File.ReadAllBytes(path) });
                command.ExecuteNonQuery();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or Npgsql.NpgsqlException)
        {
            // The reasons are recorded with the deliveries all the same.
        }
    }

    /// <summary>Reads what was kept of a run that ended.</summary>
    public Refusals ReadKept(long runId, IReadOnlyList<TakenMessage> messages) => Undeliverable.Read(OfRun(runId), messages, link.Profile);

    /// <summary>Removes undeliverable files whose runs are settled.</summary>
    public void RemoveSettled(IReadOnlySet<long> unsettled)
    {
        foreach (var path in WorkFolder.Entries(link.Folders.Work))
        {
            if (Undeliverable.IsKept(Path.GetFileName(path), out var runId) && FileKinds.IsFile(path) && !unsettled.Contains(runId))
            {
                File.Delete(path);
            }
        }
    }

    /// <summary>The undeliverable files of a run that are kept until its outcomes are recorded.</summary>
    private List<string> OfRun(long runId)
    {
        List<string> files =
            [.. WorkFolder.Entries(link.Folders.Work).Where(path => Undeliverable.IsKept(Path.GetFileName(path), out var kept) && kept == runId && FileKinds.IsFile(path))];
        files.ForEach(ReplaceLocked);
        return files;
    }

    // The lock of a scanner or a backup is on the file, not on its words, and IMPORT has ended: a copy takes its place (Q212788).
    private static void ReplaceLocked(string path)
    {
        if (!FolderSweep.IsLocked(path))
        {
            return;
        }

        var copy = path + ".tmp";
        using (var from = new FileStream(UnlockedFile.Open(path), FileAccess.Read))
        using (var to = new FileStream(copy, FileMode.Create, FileAccess.Write))
        {
            from.CopyTo(to);
        }

        File.Move(copy, path, overwrite: true);
    }

    /// <summary>What of a taken file is final: a refused date and a refusal that passes are tried again.</summary>
    public static RunFile Final(RunFile file, Refusals refused) => file with
    {
        DeliveryIds = [.. file.DeliveryIds.Where(id =>
            !refused.Reasons.TryGetValue(id, out var reasons) || !(RefusalOutcome.IsDate(reasons) || RefusalOutcome.IsPassing(reasons)))],
    };

    private void MoveBack(IReadOnlyList<PreparedFile> files)
    {
        foreach (var file in files)
        {
            File.Move(link.Folders.FindImport(file.Name) ?? Path.Combine(link.Folders.Import, file.Name), Path.Combine(link.Folders.Submit, file.Name), overwrite: true);
        }
    }

    // A copy for diagnosis, after conversion (Q192516).
    private async Task CaptureAsync(IReadOnlyList<PreparedFile> files)
    {
        if (!link.Settings.SaveImportedFiles)
        {
            return;
        }

        try
        {
            Directory.CreateDirectory(link.Folders.ImportCopies);
            foreach (var file in files)
            {
                File.Copy(Path.Combine(link.Folders.Import, file.Name), Path.Combine(link.Folders.ImportCopies, file.Name), overwrite: true);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await link.TellAsync(EventCodes.CcMailCaptureFailed, EventSeverity.Warning, $"Copies of imported files cannot be kept: {e.Message}");
        }
    }
}
