using Postern.Domain.Formats.MsMail;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.MsMail;

/// <summary>Brings mail in from one MS Mail post office through its GTWGET program, or from the folder into which somebody else's program writes.</summary>
/// <remarks>
/// A file gets a name that never comes again and is read message by message; a message that cannot be read is set aside and the next one goes
/// on. When GTWGET did not end well the same messages may come again, and are recognised (Q120220).
/// </remarks>
public sealed class MsMailPickup : IPickup
{
    private static readonly TimeSpan BetweenForgetting = TimeSpan.FromHours(1);

    private readonly MsMailLink link;
    private readonly AcceptMessage accept;
    private readonly FolderSweep sweep;
    private readonly GetRuns runs;
    private readonly ExchangeFolder? exchange;
    private readonly RunRecovery recovery;
    private readonly HashSet<string> unreadable = new(StringComparer.Ordinal);
    private string failure = "";
    private bool hasRecalled;
    private DateTimeOffset forgotAt;

    public MsMailPickup(MsMailLink link, AcceptMessage accept)
    {
        this.link = link;
        this.accept = accept;
        sweep = new FolderSweep(link.Place);
        runs = new GetRuns(link, sweep);
        exchange = link.ExchangeFolder.Length > 0 ? new ExchangeFolder(link, sweep) : null;
        recovery = new RunRecovery(link, exchange);
    }

    public TimeSpan PollInterval => TimeSpan.FromSeconds(link.Settings.SecondsBeforeGet);

    public string Folder => link.Folders.Work;

    /// <exception cref="PostOfficeUnreachableException">The post office is away or in use, or GTWGET did not end well; the message says what.</exception>
    /// <exception cref="IntakeUnavailableException">The intake takes nothing now.</exception>
    public async Task<PickupRound> PickUpAsync(CancellationToken cancellationToken)
    {
        await PrepareAsync(cancellationToken);
        var waiting = await ReadWaitingAsync(cancellationToken);
        link.CheckPostOffice();
        if (exchange is not null)
        {
            var fetched = await exchange.FetchAsync(cancellationToken);
            return new PickupRound(waiting + (fetched.Count == 0 ? 0 : await ReadWaitingAsync(cancellationToken)), IsFull: false);
        }

        var outcome = await runs.RunAsync(cancellationToken);
        var messages = outcome.File is null ? 0 : await new FetchedFile(link, accept, outcome.File, outcome.RunId, outcome.IsClean).ReadAsync(cancellationToken);
        if (!outcome.IsClean)
        {
            await FailAsync(outcome, cancellationToken);
        }

        if (failure.Length > 0)
        {
            failure = "";
            await link.TellAsync(EventCodes.MsMailGetFailed, EventSeverity.Information, $"Mail from {link.Settings.PostOfficeName} comes again.");
        }

        return new PickupRound(waiting + messages, IsFull: messages >= link.Settings.MessagesPerGet);
    }

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await sweep.CompleteFoldersAsync();
        if (!hasRecalled)
        {
            await link.RecallAsync(cancellationToken);
            hasRecalled = true;
        }

        if (link.HasOpenRun && !ExternalProgram.IsLocked(link.LockFile))
        {
            await recovery.ResolveOpenAsync(cancellationToken);
        }

        if (link.House.Clock.GetUtcNow() - forgotAt > BetweenForgetting)
        {
            await link.Passages.ForgetAsync(cancellationToken);
            forgotAt = link.House.Clock.GetUtcNow();
        }

        await sweep.RunAsync(link.Folders.Work, name => IsWork(name, out _), cancellationToken);
    }

    // Files that a crash, a stop or a full intake left, and those of the exchange folder; each is read as its run ended.
    private async Task<int> ReadWaitingAsync(CancellationToken cancellationToken)
    {
        var messages = 0;
        foreach (var path in WorkFolder.Entries(link.Folders.Work))
        {
            if (!IsWork(Path.GetFileName(path), out var runId))
            {
                continue;
            }

            var isClean = exchange is not null || await link.Runs.EndedCleanAsync(link.ConnectorId, runId, cancellationToken);
            messages += await ReadWaitingAsync(new FetchedFile(link, accept, path, runId, isClean), path, cancellationToken);
        }

        return messages;
    }

    // One that cannot be opened waits by itself: what lies behind it in the folder, and in the post office, goes on.
    private async Task<int> ReadWaitingAsync(FetchedFile file, string path, CancellationToken cancellationToken)
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
                    EventCodes.MsMailFileLocked, EventSeverity.Error, e.Message, "Free the file or mend its rights; it is read as soon as that is possible. Other mail goes on.");
            }

            return 0;
        }
    }

    private async Task FailAsync(GetOutcome outcome, CancellationToken cancellationToken)
    {
        if (outcome.End.Ending == ProgramEnding.LeftRunning)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        var reason = Describe(outcome.End);
        if (failure != outcome.End.Summary)
        {
            failure = outcome.End.Summary;
            await link.TellAsync(
                EventCodes.MsMailGetFailed, EventSeverity.Error, reason, "It is tried again by itself; what has come is not taken twice.");
        }

        throw new PostOfficeUnreachableException(reason);
    }

    private string Describe(ProgramEnd end)
    {
        var error = ProgramError.ReadAll(end.Output) is [.., var last] ? last : null;
        var sentence = (end.Ending, error?.Number ?? end.ExitCode) switch
        {
            (ProgramEnding.Locked, _) => link.LockedBy(),
            (ProgramEnding.Exited, 2) => $"GTWGET ended with code 2: the administrator {link.Settings.Administrator} or the password is wrong",
            (ProgramEnding.Exited, 52) => $"GTWGET ended with code 52: it cannot open a file of the post office at {link.Settings.PostOfficePath}, or the file it writes",
            _ => $"GTWGET {end.Summary}",
        };
        var words = PutResult.LastWords(end.Output);
        return words.Length == 0 ? $"{sentence}." : $"{sentence} ({words}).";
    }

    private static bool IsWork(string name, out long runId)
    {
        runId = 0;
        return name.EndsWith(MsMailFolders.GetExtension, StringComparison.OrdinalIgnoreCase) && FileId.TryParse(Path.GetFileNameWithoutExtension(name.AsSpan()), out runId);
    }
}
