using Postern.Domain.Formats.MsMail;
using Postern.Infrastructure.Connectors;

namespace Postern.Infrastructure.MsMail;

/// <summary>Runs GTWPUT with a file, so that at every instant the database and the folder together tell what became of its messages.</summary>
/// <remarks>
/// The file is in <c>Put</c> before the run is committed, the run is committed before the program starts, and its end with what it took is
/// committed before the file is touched again. A file that is gone was taken.
/// </remarks>
internal sealed class PutRuns(MsMailLink link, FolderSweep sweep) : IPutWay
{
    public const string ProgramName = "gtwput";

    public async Task<PutOutcome> RunAsync(PutBundle bundle, CancellationToken stop)
    {
        using var turn = await link.House.Programs.TakeTurnAsync(link.LockFile, stop);
        if (ExternalProgram.IsLocked(link.LockFile))
        {
            return PutOutcome.NotBegun(new ProgramEnd(ProgramEnding.Locked, null, "", TimeSpan.Zero, TimeSpan.Zero), bundle);
        }

        await sweep.RunAsync(link.Folders.Put, _ => false, stop, takesLocked: true);
        var path = await PutFiles.WriteAsync(link, bundle, stop);
        var runId = await link.Runs.BeginAsync(link.ConnectorId, ProgramName, [bundle.RunFile], stop);
        try
        {
            return await RunAsync(runId, path, bundle, stop);
        }
        catch (Exception e) when (e is not (PathRefusedException or ProgramNotStartedException))
        {
            // The end is not recorded: before anything else it is found out what was taken.
            link.HasOpenRun = true;
            throw;
        }
    }

    private async Task<PutOutcome> RunAsync(long runId, string path, PutBundle bundle, CancellationToken stop)
    {
        ProgramEnd end;
        try
        {
            end = await link.House.Programs.RunAsync(
                link.Start(link.Command(link.Settings.PutProgram, path), runId, link.Settings.PutTimeLimit), child => link.Runs.StartedAsync(runId, child), stop);
        }
        catch (Exception e) when (e is PathRefusedException or ProgramNotStartedException)
        {
            await link.Runs.EndAsync(runId, new ProgramEnd(ProgramEnding.NotStarted, null, e.Message, TimeSpan.Zero, TimeSpan.Zero), [], CancellationToken.None);
            File.Delete(path);
            throw;
        }

        if (end.Ending == ProgramEnding.LeftRunning)
        {
            link.HasOpenRun = true;
            return PutOutcome.NotBegun(end, bundle);
        }

        var left = WorkFolder.Find(link.Folders.Put, bundle.Name);
        var outcome = Judge(bundle, end, isTaken: left is null, link.Settings.EarlierMessages);
        await link.Runs.EndAsync(runId, end, outcome.Taken.Count == 0 ? [] : [bundle.OfItems(outcome.Taken)], stop);
        if (left is not null)
        {
            File.Delete(left); // made again from the queue
        }

        return outcome;
    }

    /// <summary>What an end, its error lines and the file say of each message.</summary>
    internal static PutOutcome Judge(PutBundle bundle, ProgramEnd end, bool isTaken, EarlierMessages earlier)
    {
        var errors = ProgramError.ReadAll(end.Output);
        var refused = errors.Select(error => (Item: bundle.ItemOf(error), Error: error)).Where(pair => pair.Item is not null)
            .OrderBy(pair => pair.Error.Message).DistinctBy(pair => pair.Error.Message).Select(pair => new RefusedItem(pair.Item!, pair.Error)).ToList();
        var fault = errors.FirstOrDefault(error => error.Message == 0)
            ?? (refused.Count == 0 && !isTaken && end is { Ending: ProgramEnding.Exited, ExitCode: > 0 and var code } ? new ProgramError(code, 0, 0, "") : null);
        if (isTaken)
        {
            return new PutOutcome(end, [.. bundle.Items.Except(refused.Select(one => one.Item))], refused, [], [], fault);
        }

        if (refused.Count == 0)
        {
            return fault is { Kind: ProgramErrorKind.SetUp } || end.Ending == ProgramEnding.Locked
                ? new PutOutcome(end, [], [], [], bundle.Items, fault)
                : new PutOutcome(end, [], [], bundle.Items, [], fault);
        }

        // It stops at the first that it refuses: those before it may be in the post office, those behind it are not (Q118533).
        var at = bundle.Items.Index().First(pair => ReferenceEquals(pair.Item, refused[0].Item)).Index;
        var before = bundle.Items.Take(at).ToList();
        var behind = bundle.Items.Skip(at + 1).ToList();
        return earlier == EarlierMessages.AreTaken
            ? new PutOutcome(end, before, [refused[0]], [], behind, fault)
            : new PutOutcome(end, [], [refused[0]], before, behind, fault);
    }
}
