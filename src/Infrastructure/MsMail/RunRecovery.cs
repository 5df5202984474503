using Postern.Domain.Queue;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Events;

namespace Postern.Infrastructure.MsMail;

/// <summary>
/// Finds out what became of runs whose end nobody wrote down: a file that is gone was taken, one that is there may have been. Nothing is sent
/// again whose fate is known.
/// </summary>
internal sealed class RunRecovery(MsMailLink link, ExchangeFolder? exchange)
{
    /// <summary>Resolves open runs, then tells of every delivery whose outcome was never recorded.</summary>
    /// <exception cref="ProgramStillRunningException">A program of an earlier process cannot be ended.</exception>
    public async Task<IReadOnlyList<DeliveryResult>> ResolveAsync(CancellationToken cancellationToken)
    {
        var results = new List<DeliveryResult>(await ResolveOpenAsync(cancellationToken));
        var known = results.Select(result => result.DeliveryId).ToHashSet();
        results.AddRange((await TakenAsync(null, cancellationToken)).Where(result => known.Add(result.DeliveryId)));
        return results;
    }

    /// <summary>Resolves open runs; the answers for what they did not take.</summary>
    public async Task<IReadOnlyList<DeliveryResult>> ResolveOpenAsync(CancellationToken cancellationToken)
    {
        using var turn = await link.House.Programs.TakeTurnAsync(link.LockFile, cancellationToken);
        var results = new List<DeliveryResult>();
        foreach (var run in await link.Runs.OpenAsync(link.ConnectorId, cancellationToken))
        {
            var limit = TimeSpan.FromSeconds(run.Program == PutRuns.ProgramName ? link.Settings.PutTimeLimit : link.Settings.GetTimeLimit);
            await run.EndProcessesAsync(link.LockFile, limit, link.House.Clock, cancellationToken);
            results.AddRange(await ResolveAsync(run, cancellationToken));
        }

        link.HasOpenRun = false;
        return results;
    }

    /// <summary>Outcomes of messages that ended runs took, for deliveries that are still live. <paramref name="among"/> null: all of them.</summary>
    public async Task<IReadOnlyList<DeliveryResult>> TakenAsync(IReadOnlyList<long>? among, CancellationToken cancellationToken)
    {
        var results = new List<DeliveryResult>();
        foreach (var file in await link.Runs.TakenAsync(link.ConnectorId, among, cancellationToken))
        {
            var how = PutResult.Taken(link, file.Name, $"took it in run {file.RunId}, which was recorded late");
            results.AddRange(file.DeliveryIds.Where(id => among is null || among.Contains(id)).Select(id => new DeliveryResult(id, how)));
        }

        return results;
    }

    private async Task<IReadOnlyList<DeliveryResult>> ResolveAsync(OpenRun run, CancellationToken cancellationToken)
    {
        var found = new ProgramEnd(ProgramEnding.FoundDead, null, "", TimeSpan.Zero, TimeSpan.Zero);
        if (run.Files.Count == 0)
        {
            // What it wrote may be all there is of these messages; whether it ended well nobody knows.
            link.Folders.TakeGet(run.Id);
            await link.Runs.EndAsync(run.Id, found, [], cancellationToken);
            return [];
        }

        var there = run.Files.Where(file => WorkFolder.Find(link.Folders.Put, file.Name) is not null && exchange?.IsLaid(file.Name) != true).ToList();
        var taken = run.Files.Except(there).ToList();
        await link.Runs.EndAsync(run.Id, found, taken, cancellationToken);
        foreach (var path in run.Files.Select(file => WorkFolder.Find(link.Folders.Put, file.Name)).OfType<string>())
        {
            File.Delete(path); // made again from the queue
        }

        await link.TellAsync(
            EventCodes.MsMailRunRecovered,
            EventSeverity.Warning,
            $"{run.Program.ToUpperInvariant()} run {run.Id} had no recorded end: its file was {(there.Count > 0 ? "left; its messages go again" : "taken")}.");
        return [.. there.SelectMany(file => file.DeliveryIds.Select(id => new DeliveryResult(
            id,
            new AttemptOutcome.Deferred("4.3.2", "", $"GTWPUT was interrupted at {file.Name}; it goes again.", "", RetryAfter: TimeSpan.Zero),
            MayRepeat: true)))];
    }
}
