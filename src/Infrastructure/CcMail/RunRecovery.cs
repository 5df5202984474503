using Postern.Domain.Queue;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Events;

namespace Postern.Infrastructure.CcMail;

/// <summary>
/// Finds out what became of runs whose end nobody wrote down: a file that is gone was taken, one that is there was not. Nothing is sent
/// again whose fate is known.
/// </summary>
internal sealed class RunRecovery(CcMailLink link, ImportRuns runs)
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
        using var turn = await link.Programs.TakeTurnAsync(link.LockFile, cancellationToken);
        var results = new List<DeliveryResult>();
        foreach (var run in await link.Runs.OpenAsync(link.ConnectorId, cancellationToken))
        {
            var limit = TimeSpan.FromSeconds(run.Program == ImportRuns.ProgramName ? link.Settings.ImportTimeLimit : link.Settings.ExportTimeLimit);
            await run.EndProcessesAsync(link.LockFile, limit, link.Clock, cancellationToken);
            results.AddRange(await ResolveAsync(run, cancellationToken));
        }

        link.HasOpenRun = false;
        return results;
    }

    /// <summary>Outcomes of files that ended runs took, for deliveries that are still live. <paramref name="among"/> null: all of them.</summary>
    public async Task<IReadOnlyList<DeliveryResult>> TakenAsync(IReadOnlyList<long>? among, CancellationToken cancellationToken)
    {
        var results = new List<DeliveryResult>();
        foreach (var run in (await link.Runs.TakenAsync(link.ConnectorId, among, cancellationToken)).GroupBy(file => file.RunId))
        {
            var messages = await MessagesAsync([.. run.Select(file => new RunFile(file.Name, file.DeliveryIds))], cancellationToken);
            var refused = runs.ReadKept(run.Key, messages);
            foreach (var message in messages)
            {
                results.AddRange(message.Deliveries
                    .Where(delivery => among is null || among.Contains(delivery.Id))
                    .Select(delivery => new DeliveryResult(
                        delivery.Id, ImportResult.Of(delivery, message.Name, refused.Reasons.GetValueOrDefault(delivery.Id), link, $"took it in run {run.Key}, which was recorded late"))));
            }
        }

        return results;
    }

    private async Task<IReadOnlyList<DeliveryResult>> ResolveAsync(OpenRun run, CancellationToken cancellationToken)
    {
        var found = new ProgramEnd(ProgramEnding.FoundDead, null, "", TimeSpan.Zero, TimeSpan.Zero);
        if (run.Program != ImportRuns.ProgramName)
        {
            // What it wrote may be all there is of these messages; whether it ended well nobody knows.
            link.Folders.TakeExport(run.Id);
            await link.Runs.EndAsync(run.Id, found, [], cancellationToken);
            return [];
        }

        var there = run.Files.Where(file => link.Folders.FindImport(file.Name) is not null).ToList();
        var taken = run.Files.Except(there).ToList();
        var refused = runs.ReadRefusals(run.Id, await MessagesAsync(run.Files, cancellationToken));
        var final = taken.Select(file => ImportRuns.Final(file, refused)).ToList();
        await link.Runs.EndAsync(run.Id, found, final, cancellationToken);
        foreach (var path in there.Select(file => link.Folders.FindImport(file.Name)).OfType<string>())
        {
            File.Delete(path); // made again from the queue
        }

        await link.TellAsync(
            EventCodes.CcMailRunRecovered,
            EventSeverity.Warning,
            $"IMPORT run {run.Id} had no recorded end: {taken.Count} of its {run.Files.Count} files were taken, the others go again.");
        var again = taken.SelectMany(file => file.DeliveryIds).Except(final.SelectMany(file => file.DeliveryIds));
        return [.. NotTaken(there), .. again.Select(NotTried)];
    }

    // It worked in name order: only the first that is left can have been in its hands when it ended, and may be a repeat.
    private static IEnumerable<DeliveryResult> NotTaken(IReadOnlyList<RunFile> there) => there
        .OrderBy(file => file.Name, StringComparer.OrdinalIgnoreCase)
        .SelectMany((file, index) => file.DeliveryIds.Select(id => index == 0 ? Interrupted(id, file.Name) : NotTried(id)));

    private static DeliveryResult Interrupted(long id, string file) => new(
        id,
        new AttemptOutcome.Deferred("4.3.2", "", $"IMPORT was interrupted at {file}; it goes again.", "", RetryAfter: TimeSpan.Zero),
        MayRepeat: true);

    private static DeliveryResult NotTried(long id) =>
        new(id, new AttemptOutcome.NotTried("IMPORT was interrupted before it took this message."));

    private async Task<IReadOnlyList<TakenMessage>> MessagesAsync(IReadOnlyList<RunFile> files, CancellationToken cancellationToken)
    {
        await using var command = link.Database.CreateCommand(
            """
            -- who the deliveries of a run are for
            select id, recipient, subject
              from delivery
             where id = any ($1)
            """);
        command.Parameters.Add(new() { Value = files.SelectMany(file => file.DeliveryIds).ToArray() });
        var known = new Dictionary<long, FileDelivery>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            known[reader.GetInt64(0)] = new FileDelivery(reader.GetInt64(0), reader.GetString(1), reader.GetString(2));
        }

        return [.. files.Select(file => new TakenMessage(file.Name, [.. file.DeliveryIds.Where(known.ContainsKey).Select(id => known[id])]))];
    }
}
