using Postern.Domain.Formats;
using Postern.Domain.Queue;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Events;

namespace Postern.Infrastructure.CcMail;

/// <summary>The runs that one call makes: all files first, then what IMPORT stopped at, each alone.</summary>
internal sealed class ImportCall(
    CcMailLink link, ImportRuns runs, ProgramSuspects suspects, OutboundHealth health, IReadOnlyList<PreparedFile> files, List<DeliveryResult> results)
{
    /// <summary>A stop costs a whole time limit; after two of them the rest goes with the next call.</summary>
    private const int StopsPerCall = 2;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    private readonly Queue<PreparedFile> alone = new();
    private readonly List<PreparedFile> dateRefused = [];
    private int stops;
    private bool hasTaken;

    /// <summary>Runs until every file has a result; none is left in a folder.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        foreach (var file in files.Where(file => file.RunsAlone))
        {
            alone.Enqueue(file);
        }

        try
        {
            link.CheckPostOffice();
            await RunAllAsync(stop);
        }
        catch (Exception e) when (e is PathRefusedException or ProgramNotStartedException or PostOfficeUnreachableException)
        {
            await health.FailedAsync(e.Message);
            AllWait("4.3.5", e.Message, retryAfter: null);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // What has no result was not tried.
        }
        finally
        {
            foreach (var file in files)
            {
                File.Delete(Path.Combine(link.Folders.Submit, file.Name));
            }
        }
    }

    private async Task RunAllAsync(CancellationToken stop)
    {
        var batch = files.Where(file => !file.RunsAlone).ToList();
        while (batch.Count > 0 && !stop.IsCancellationRequested)
        {
            batch = await RunBatchAsync(batch, stop);
        }

        while (alone.Count > 0 && stops < StopsPerCall && !stop.IsCancellationRequested)
        {
            await RunBatchAsync([alone.Dequeue()], stop);
        }

        if (dateRefused.Count > 0 && !stop.IsCancellationRequested)
        {
            await TryOtherDatesAsync(stop);
        }

        PutOff();
    }

    // The files to go on with: what is left without the one it stopped at.
    private async Task<List<PreparedFile>> RunBatchAsync(List<PreparedFile> batch, CancellationToken stop)
    {
        var outcome = await runs.RunAsync(batch, stop);
        if (outcome.End.Ending == ProgramEnding.LeftRunning && stop.IsCancellationRequested)
        {
            return []; // not tried, as far as anyone knows; the next start finds out
        }

        if (outcome.End.Ending == ProgramEnding.LeftRunning)
        {
            AllWait("4.3.2", "IMPORT is still running; what it takes is found out when it has ended.", retryAfter: Wait, isLeft: true);
            return [];
        }

        TakeOver(outcome);
        if (outcome.Remaining.Count == 0)
        {
            if (outcome.Taken.Count > 0)
            {
                await health.WorkedAsync();
            }

            return [];
        }

        if (IsPostOfficeFault(outcome.End))
        {
            var reason = Describe(outcome.End);
            await health.FailedAsync(reason);
            AllWait("4.3.2", reason, outcome.End.Ending == ProgramEnding.Locked || outcome.End.ExitCode == 4 ? Wait : null, Remote());
            return [];
        }

        return await StoppedAsync(outcome, batch.Count == 1);
    }

    private async Task<List<PreparedFile>> StoppedAsync(ImportOutcome outcome, bool wasAlone)
    {
        var at = outcome.Remaining[0];
        var isCode = outcome.End.Ending == ProgramEnding.Exited;
        at.Group.MayRepeat |= !isCode;
        stops++;
        suspects.NoteStopped(at.Key, wasAlone, outcome.Taken.Count);
        var reason = $"{Describe(outcome.End)} at {at.Name}";
        if (!wasAlone)
        {
            alone.Enqueue(at);
            // Two stops without anything taken between them: it is not the messages.
            if (stops >= StopsPerCall && !hasTaken)
            {
                await health.FailedAsync(reason + ", and took nothing else.");
                AllWait("4.3.0", $"{reason}, and took nothing else.", retryAfter: null);
                return [];
            }

            return [.. outcome.Remaining.Skip(1)];
        }

        if (suspects.IsGuilty(at.Key, isCode))
        {
            await QuarantineAsync(at, outcome, reason);
        }
        else
        {
            // The first time others that wait go before it; if they pass, the second time decides.
            TimeSpan? soon = suspects.IsNew(at.Key) ? Soon : null;
            await link.TellAsync(EventCodes.CcMailImportStopped, EventSeverity.Warning, $"{reason}. It is tried again alone.");
            Give(at, new AttemptOutcome.Deferred(
                "4.3.0", Words(outcome, at), $"{reason}; it is tried again alone.", Remote(at), RetryAfter: soon), isRepeat: true);
        }

        return [];
    }

    private async Task QuarantineAsync(PreparedFile file, ImportOutcome outcome, string reason)
    {
        var kept = "";
        try
        {
            kept = Path.GetFileName(link.Folders.MoveToBad(Path.Combine(link.Folders.Submit, file.Name)));
        }
        catch (IOException)
        {
            // The queue has the message; the copy is for looking at only.
        }

        var sentence = $"{reason}, twice, the second time alone, while it takes others.";
        Give(file, new AttemptOutcome.Quarantined("5.3.0", Words(outcome, file), sentence, Remote(file)), isRepeat: true);
        await link.TellAsync(
            EventCodes.CcMailMessageQuarantined,
            EventSeverity.Error,
            $"A message was quarantined: {sentence}",
            kept.Length > 0 ? $"Look at Bad/{kept}, then retry, return or remove the message." : "Retry, return or remove the message.");
    }

    private void TakeOver(ImportOutcome outcome)
    {
        hasTaken |= outcome.Taken.Count > 0;
        suspects.NotePassed(outcome.Taken.Select(file => file.Key));
        foreach (var file in outcome.Taken)
        {
            file.Group.MayRepeat |= file.Group.IsSplit;
            if (link.Settings.LocaleDateFormat == LocaleDateFormat.Automatic && IsDateRefused(file.Group))
            {
                dateRefused.Add(file);
            }
            else if (file.Group.Left == 0 && !HasResult(file))
            {
                Finish(file, outcome);
            }
        }
    }

    private void Finish(PreparedFile file, ImportOutcome outcome)
    {
        foreach (var delivery in file.Deliveries)
        {
            var result = ImportResult.Of(delivery, file.Name, file.Group.Refused.GetValueOrDefault(delivery.Id), link, outcome.End.Summary);
            results.Add(new DeliveryResult(delivery.Id, result, file.Group.Notes, file.Group.Transfer.MayRepeat));
        }
    }

    // IMPORT 5.12 to 5.15 read dates in the order of the machine they run on (Q180641): the order it takes is kept.
    private async Task TryOtherDatesAsync(CancellationToken stop)
    {
        var refused = link.Profile.DateOrder;
        foreach (var order in Enum.GetValues<DateOrder>().Where(order => order != refused))
        {
            var again = dateRefused.ToList();
            dateRefused.Clear();
            foreach (var file in again)
            {
                file.Group.Left++;
                file.Group.ForgetRefusals();
                file.Write(link.Folders.Submit, link.Profile with { DateOrder = order });
            }

            await RunBatchAsync(again, stop);
            if (again.Exists(file => file.Group.Left == 0 && file.Group.Refused.Count == 0))
            {
                link.Learn(link.Learned with { DateOrder = order });
                await link.TellAsync(
                    EventCodes.CcMailDateOrderChanged,
                    EventSeverity.Warning,
                    $"IMPORT refused dates in the order {refused} and takes {order}; that order is used from now on.",
                    "Set Locale Date Format to keep one order for good.");
            }

            if (dateRefused.Count == 0 || stop.IsCancellationRequested)
            {
                break;
            }
        }

        foreach (var file in dateRefused)
        {
            Give(file, new AttemptOutcome.Bounced(
                "5.6.0", "Unknown Date Format", "IMPORT refused the date of the message in every order of day, month and year.", Remote(file)));
        }

        dateRefused.Clear();
    }

    private static bool IsDateRefused(FileGroup group) =>
        group.Deliveries.All(delivery => group.Refused.TryGetValue(delivery.Id, out var reasons) && RefusalOutcome.IsDate(reasons));

    private static bool IsPostOfficeFault(ProgramEnd end) =>
        end.Ending == ProgramEnding.Locked || (end.Ending == ProgramEnding.Exited && end.ExitCode is 3 or 4);

    private void PutOff()
    {
        foreach (var file in alone)
        {
            Give(file, new AttemptOutcome.Deferred(
                "4.3.0", "", "IMPORT stopped at it; it goes alone with the next run.", Remote(file), RetryAfter: Soon), isRepeat: true);
        }
    }

    private void AllWait(string status, string reason, TimeSpan? retryAfter, string remote = "", bool isLeft = false)
    {
        foreach (var file in files.Where(file => !HasResult(file)))
        {
            Give(file, new AttemptOutcome.Deferred(status, "", reason, remote, DestinationDown: true, retryAfter), isRepeat: !isLeft);
        }

        alone.Clear();
        dateRefused.Clear();
    }

    private void Give(PreparedFile file, AttemptOutcome outcome, bool isRepeat = false)
    {
        foreach (var delivery in file.Deliveries)
        {
            if (!HasResult(delivery.Id))
            {
                results.Add(new DeliveryResult(delivery.Id, outcome, file.Group.Notes, isRepeat && file.Group.MayRepeat));
            }
        }
    }

    private bool HasResult(PreparedFile file) => HasResult(file.Deliveries[0].Id);

    private bool HasResult(long id) => results.Exists(result => result.DeliveryId == id);

    private TimeSpan Wait => TimeSpan.FromSeconds(link.Settings.SecondsBeforeImport);

    private string Describe(ProgramEnd end) => (end.Ending, end.ExitCode) switch
    {
        (ProgramEnding.Locked, _) or (ProgramEnding.Exited, 4) => link.LockedBy(),
        (ProgramEnding.Exited, 3) => $"IMPORT ended with code 3: post office name, password or path is wrong, or our site {link.Settings.SiteName} is not defined there",
        (ProgramEnding.Exited, 0) => "IMPORT ended with code 0 and stopped",
        _ => $"IMPORT {end.Summary}",
    };

    // The reason in the undeliverable file says more than the last line on the screen.
    private static string Words(ImportOutcome outcome, PreparedFile file) =>
        outcome.Refused.Reasons.TryGetValue(file.Deliveries[0].Id, out var reasons) && reasons.Count > 0 ? string.Join("; ", reasons) : ImportResult.LastWords(outcome.End.Output);

    private string Remote(PreparedFile? file = null) => ImportResult.Remote(link, file?.Name);
}
