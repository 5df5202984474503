using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.CcMail;

/// <summary>Brings mail in from one cc:Mail post office through its EXPORT program.</summary>
/// <remarks>
/// EXPORT writes the queue of our site's post office entry into one file and lets go of the messages only when it ends with 0. The file
/// gets a name that never comes again and is read message by message; a message that cannot be read is set aside and the next one goes on.
/// When EXPORT ended otherwise the same messages come again, and are recognised (Q212759, Q202240).
/// </remarks>
public sealed class CcMailPickup : IPickup
{
    private readonly CcMailLink link;
    private readonly AcceptMessage accept;
    private readonly AdministratorNotices notices;
    private readonly FolderSweep sweep;
    private readonly ExportRuns runs;
    private readonly RunRecovery recovery;
    private readonly HashSet<string> unreadable = new(StringComparer.Ordinal);
    private string failure = "";

    public CcMailPickup(CcMailLink link, AcceptMessage accept)
    {
        this.link = link;
        this.accept = accept;
        notices = new AdministratorNotices(link, accept);
        sweep = new FolderSweep(link.Place);
        runs = new ExportRuns(link, sweep);
        recovery = new RunRecovery(link, new ImportRuns(link, sweep, notices));
    }

    public TimeSpan PollInterval => TimeSpan.FromSeconds(link.Settings.SecondsBeforeExport);

    public string Folder => link.Folders.Work;

    /// <exception cref="PostOfficeUnreachableException">The post office is away, locked, or EXPORT did not end well; the message says what.</exception>
    /// <exception cref="IntakeUnavailableException">The intake takes nothing now.</exception>
    public async Task<PickupRound> PickUpAsync(CancellationToken cancellationToken)
    {
        await sweep.CompleteFoldersAsync();
        if (link.HasOpenRun && !ExternalProgram.IsLocked(link.LockFile))
        {
            await recovery.ResolveOpenAsync(cancellationToken);
        }

        await sweep.RunAsync(link.Folders.Work, IsExpectedInWork, cancellationToken);
        var waiting = await ReadWaitingAsync(cancellationToken);
        link.CheckPostOffice();
        var outcome = await runs.RunAsync(cancellationToken);
        var messages = outcome.File is null
            ? 0
            : await new WorkFile(link, accept, notices, outcome.File, outcome.RunId, outcome.IsClean).ReadAsync(cancellationToken);
        if (!outcome.IsClean)
        {
            await FailAsync(outcome, cancellationToken);
        }

        failure = "";
        return new PickupRound(waiting + messages, IsFull: messages >= link.Settings.MaximumMessagesToExport);
    }

    // Files that a crash, a stop or a full intake left; each is read as its run ended.
    private async Task<int> ReadWaitingAsync(CancellationToken cancellationToken)
    {
        var messages = 0;
        foreach (var path in WorkFolder.Entries(link.Folders.Work))
        {
            if (!IsExport(Path.GetFileName(path), out var runId))
            {
                continue;
            }

            var isClean = await link.Runs.EndedCleanAsync(link.ConnectorId, runId, cancellationToken);
            messages += await ReadWaitingAsync(new WorkFile(link, accept, notices, path, runId, isClean), path, cancellationToken);
        }

        return messages;
    }

    // One that cannot be opened waits by itself: what lies behind it in the folder, and in the post office, goes on.
    private async Task<int> ReadWaitingAsync(WorkFile file, string path, CancellationToken cancellationToken)
    {
        try
        {
            var messages = await file.ReadAsync(cancellationToken);
            unreadable.Remove(path);
            return messages;
        }
        catch (WorkFileUnreadableException e)
        {
            if (unreadable.Add(path))
            {
                await link.TellAsync(
                    EventCodes.CcMailFileLocked,
                    EventSeverity.Error,
                    e.Message,
                    "Free the file or mend its rights; it is read as soon as that is possible. Other mail goes on.");
            }

            return 0;
        }
    }

    private async Task FailAsync(ExportOutcome outcome, CancellationToken cancellationToken)
    {
        if (outcome.End.Ending == ProgramEnding.LeftRunning)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        // The last words hold the name of the file, which is another in each run.
        var reason = Describe(outcome.End);
        if (failure != outcome.End.Summary)
        {
            failure = outcome.End.Summary;
            await link.TellAsync(
                outcome.End.Ending == ProgramEnding.Locked || outcome.End.ExitCode == 4 ? EventCodes.CcMailPostOfficeLocked : EventCodes.CcMailExportFailed,
                EventSeverity.Error,
                reason,
                "The messages stay in the post office and are fetched again; those that came are not taken twice.");
        }

        throw new PostOfficeUnreachableException(reason);
    }

    private string Describe(ProgramEnd end)
    {
        var words = ImportResult.LastWords(end.Output);
        var sentence = (end.Ending, end.ExitCode) switch
        {
            (ProgramEnding.Locked, _) or (ProgramEnding.Exited, 4) => link.LockedBy(),
            (ProgramEnding.Exited, 3) =>
                $"EXPORT ended with code 3: post office name, password or path is wrong, or our site {link.Settings.SiteName} is not defined there",
            (ProgramEnding.Exited, 1) => "EXPORT ended with code 1: it could not open the post office or not finish a message",
            _ => $"EXPORT {end.Summary}",
        };
        return words.Length == 0 ? $"{sentence}." : $"{sentence} ({words}).";
    }

    private static bool IsExport(string name, out long runId)
    {
        runId = 0;
        return name.EndsWith(".ccm", StringComparison.OrdinalIgnoreCase) && FileId.TryParse(Path.GetFileNameWithoutExtension(name.AsSpan()), out runId);
    }

    private static bool IsExpectedInWork(string name) => IsExport(name, out _) || Undeliverable.IsKept(name, out _);
}
