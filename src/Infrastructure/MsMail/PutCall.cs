using Postern.Domain.Formats.MsMail;
using Postern.Domain.Queue;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Events;

namespace Postern.Infrastructure.MsMail;

/// <summary>The runs that one call makes: all messages first, then what GTWPUT stopped at, each alone.</summary>
internal sealed class PutCall(
    MsMailLink link, IPutWay way, ProgramSuspects suspects, OutboundHealth health, IReadOnlyList<PutItem> items, List<DeliveryResult> results)
{
    /// <summary>A stop costs up to a whole time limit; after two of them the rest goes with the next call.</summary>
    private const int StopsPerCall = 2;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    private readonly LinkedList<IReadOnlyList<PutItem>> bundles = new();
    private readonly Queue<PutItem> alone = new();
    private int stops;
    private bool hasTaken;

    private TimeSpan Wait => TimeSpan.FromSeconds(link.Settings.SecondsBeforePut);

    /// <summary>Runs until every message has a result, or the stop comes.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        foreach (var chunk in items.Where(item => !item.RunsAlone).Chunk(link.Settings.MessagesPerPut))
        {
            bundles.AddLast(chunk);
        }

        foreach (var item in items.Where(item => item.RunsAlone))
        {
            alone.Enqueue(item);
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
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await link.TellAsync(
                EventCodes.MsMailFileNotWritten, EventSeverity.Error, $"Mail to {link.Settings.PostOfficeName} waits, because its file cannot be made: {e.Message}",
                $"Look at the disk of {link.Folders.Root} and make room; it is tried again by itself.");
            AllWait("4.3.1", $"The file for {link.Settings.PostOfficeName} cannot be made: {e.Message}", retryAfter: null);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // What has no result was not tried.
        }
    }

    private async Task RunAllAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested && Next() is { } next)
        {
            var bundle = new PutBundle(next, link.Profile);
            var outcome = await way.RunAsync(bundle, stop);
            if (outcome.End.Ending == ProgramEnding.LeftRunning)
            {
                // When Postern stops it was not tried, as far as anyone knows; the next start finds out.
                if (!stop.IsCancellationRequested)
                {
                    AllWait("4.3.2", "GTWPUT is still running; what it takes is found out when it has ended.", Wait, isLeft: true);
                }

                return;
            }

            if (!await SettleAsync(bundle, outcome))
            {
                return;
            }
        }

        foreach (var item in bundles.SelectMany(bundle => bundle).Concat(alone))
        {
            Give(item, new AttemptOutcome.Deferred("4.3.0", "", "GTWPUT stopped at it; it goes alone with the next run.", Remote(null), RetryAfter: Soon));
        }
    }

    private IReadOnlyList<PutItem>? Next()
    {
        if (bundles.First is { } first)
        {
            bundles.RemoveFirst();
            return first.Value;
        }

        return stops < StopsPerCall && alone.TryDequeue(out var item) ? [item] : null;
    }

    // False: nothing else goes now, and everything has been told so.
    private async Task<bool> SettleAsync(PutBundle bundle, PutOutcome outcome)
    {
        await TakeOverAsync(bundle, outcome);
        if (outcome.Untouched.Count > 0)
        {
            if (outcome.Refused.Count == 0)
            {
                return await WaitAsync(outcome);
            }

            bundles.AddFirst(outcome.Untouched);
        }

        foreach (var (item, error) in outcome.Refused)
        {
            if (error.Kind == ProgramErrorKind.MessageRefused)
            {
                await RefuseAsync(bundle, item, error);
            }
            else if (!await StoppedAsync(bundle, item, outcome, error, isAlone: bundle.Items.Count == 1))
            {
                return false;
            }
        }

        if (bundle.Items.Count == 1 && outcome.Doubtful is [var only])
        {
            return await StoppedAsync(bundle, only, outcome, outcome.Fault, isAlone: true);
        }

        return outcome.Doubtful.Count == 0 || await DoubtedAsync(outcome);
    }

    private async Task TakeOverAsync(PutBundle bundle, PutOutcome outcome)
    {
        if (outcome.Taken.Count == 0)
        {
            return;
        }

        hasTaken = true;
        suspects.NotePassed(outcome.Taken.Select(item => item.Key));
        await health.WorkedAsync();
        foreach (var item in outcome.Taken)
        {
            Give(item, PutResult.Taken(link, bundle.Name, outcome.End.Summary));
        }
    }

    private async Task<bool> WaitAsync(PutOutcome outcome)
    {
        var reason = PutResult.Describe(link, outcome.End, outcome.Fault);
        await health.FailedAsync(reason);
        foreach (var item in outcome.Untouched)
        {
            Give(item, new AttemptOutcome.Deferred("4.3.2", PutResult.LastWords(outcome.End.Output), reason, Remote(null), DestinationDown: true, outcome.End.Ending == ProgramEnding.Locked ? Wait : null));
        }

        AllWait("4.3.2", reason, outcome.End.Ending == ProgramEnding.Locked ? Wait : null);
        return false;
    }

    // An error names the message: it concerns that one, and where its line is a recipient's, that recipient.
    private async Task RefuseAsync(PutBundle bundle, PutItem item, ProgramError error)
    {
        hasTaken = true; // the program works
        if (bundle.File.PlaceOf(error).Recipient is { } line && item.Deliveries.Any(delivery => delivery.Line == line))
        {
            foreach (var delivery in item.Deliveries.Where(delivery => delivery.Line == line))
            {
                results.Add(new DeliveryResult(delivery.Id, PutResult.RefusedRecipient(link, delivery, error, bundle.Name), item.Notes));
            }

            if (item.Without(line) is { } rest)
            {
                bundles.AddFirst([rest]);
            }

            return;
        }

        await QuarantineAsync(item, "5.6.0", PutResult.Words(error), $"GTWPUT refused the message: {PutResult.Sentence(error)}");
    }

    private async Task<bool> StoppedAsync(PutBundle bundle, PutItem item, PutOutcome outcome, ProgramError? error, bool isAlone)
    {
        var isCode = outcome.End.Ending == ProgramEnding.Exited;
        var isPassing = error?.Kind == ProgramErrorKind.TryAgain;
        item.MayRepeat |= !isCode;
        stops++;
        suspects.NoteStopped(item.Key, isAlone, outcome.Taken.Count);
        var reason = $"{PutResult.Describe(link, outcome.End, error)} at {bundle.Name}";
        var words = error is not null && error.Text.Length > 0 ? PutResult.Words(error) : PutResult.LastWords(outcome.End.Output);
        if (!isAlone)
        {
            alone.Enqueue(item);
        }
        else if ((!isPassing || suspects.OthersPassed(item.Key)) && suspects.IsGuilty(item.Key, isCode))
        {
            await QuarantineAsync(item, "5.3.0", words, $"{reason}, twice, the second time alone, while it takes others.");
        }
        else
        {
            if (!isPassing)
            {
                await link.TellAsync(EventCodes.MsMailPutStopped, EventSeverity.Warning, $"{reason}. It is tried again alone.");
            }

            TimeSpan? soon = isPassing ? Wait : suspects.IsNew(item.Key) ? Soon : null;
            Give(item, new AttemptOutcome.Deferred("4.3.0", words, $"{reason}; it is tried again alone.", Remote(bundle.Name), RetryAfter: soon));
        }

        return await GoesOnAsync(PutResult.Describe(link, outcome.End, error));
    }

    // Of several messages nobody can say which were taken: each goes again, alone and marked.
    private async Task<bool> DoubtedAsync(PutOutcome outcome)
    {
        if (outcome.Refused.Count == 0)
        {
            stops++;
        }

        foreach (var item in outcome.Doubtful)
        {
            item.MayRepeat = true;
            suspects.NoteStopped(item.Key, wasAlone: false, othersPassed: 0);
            alone.Enqueue(item);
        }

        return await GoesOnAsync(PutResult.Describe(link, outcome.End, outcome.Fault));
    }

    // Two stops without anything taken between them: it is not the messages.
    private async Task<bool> GoesOnAsync(string reason)
    {
        if (stops < StopsPerCall || hasTaken)
        {
            return true;
        }

        await health.FailedAsync($"{reason}, and took nothing else.");
        AllWait("4.3.0", $"{reason}, and took nothing else.", retryAfter: null);
        return false;
    }

    private async Task QuarantineAsync(PutItem item, string status, string words, string sentence)
    {
        var kept = "";
        try
        {
            kept = Path.GetFileName(new PutBundle([item], link.Profile).Write(link.Folders.Bad));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The queue has the message; the copy is for looking at only.
        }

        Give(item, new AttemptOutcome.Quarantined(status, words, sentence, Remote(kept.Length > 0 ? kept : null)));
        await link.TellAsync(
            EventCodes.MsMailMessageQuarantined,
            EventSeverity.Error,
            $"A message was quarantined: {sentence}",
            kept.Length > 0 ? $"Look at Bad/{kept}, then retry, return or remove the message." : "Retry, return or remove the message.");
    }

    private void AllWait(string status, string reason, TimeSpan? retryAfter, bool isLeft = false)
    {
        foreach (var item in items)
        {
            Give(item, new AttemptOutcome.Deferred(status, "", reason, Remote(null), DestinationDown: true, retryAfter), isRepeat: !isLeft);
        }

        alone.Clear();
        bundles.Clear();
    }

    // Once for each delivery: what was settled stays.
    private void Give(PutItem item, AttemptOutcome outcome, bool isRepeat = true)
    {
        foreach (var delivery in item.Deliveries.Where(delivery => !results.Exists(result => result.DeliveryId == delivery.Id)))
        {
            results.Add(new DeliveryResult(delivery.Id, outcome, item.Notes, isRepeat && item.MayRepeat));
        }
    }

    private string Remote(string? file) => PutResult.Remote(link, file);
}
