using Postern.Infrastructure.Connectors;

namespace Postern.Infrastructure.MsMail;

/// <summary>What one run of GTWGET brought.</summary>
/// <param name="File">The file in <c>Work</c>; null when it wrote none.</param>
internal sealed record GetOutcome(ProgramEnd End, long RunId, string? File)
{
    /// <summary>Only then has the post office let go of the messages for certain.</summary>
    public bool IsClean => End is { Ending: ProgramEnding.Exited, ExitCode: 0 };
}

/// <summary>Runs GTWGET, and keeps what it wrote whatever happens: the file is all there is of its messages.</summary>
internal sealed class GetRuns(MsMailLink link, FolderSweep sweep)
{
    private const string ProgramName = "gtwget";

    /// <exception cref="PathRefusedException">The program may not be started or is absent.</exception>
    /// <exception cref="ProgramNotStartedException">The system could not start it.</exception>
    public async Task<GetOutcome> RunAsync(CancellationToken stop)
    {
        using var turn = await link.House.Programs.TakeTurnAsync(link.LockFile, stop);
        if (ExternalProgram.IsLocked(link.LockFile))
        {
            return new GetOutcome(new ProgramEnd(ProgramEnding.Locked, null, "", TimeSpan.Zero, TimeSpan.Zero), 0, null);
        }

        // It appends to a file that is there.
        await sweep.RunAsync(link.Folders.Get, _ => false, stop, takesLocked: true);
        var runId = await link.Runs.BeginAsync(link.ConnectorId, ProgramName, [], stop);
        ProgramEnd end;
        try
        {
            end = await link.House.Programs.RunAsync(
                link.Start(link.Command(link.Settings.GetProgram, link.Folders.GetFile(runId)), runId, link.Settings.GetTimeLimit), child => link.Runs.StartedAsync(runId, child), stop);
        }
        catch (Exception e) when (e is PathRefusedException or ProgramNotStartedException)
        {
            await link.Runs.EndAsync(runId, new ProgramEnd(ProgramEnding.NotStarted, null, e.Message, TimeSpan.Zero, TimeSpan.Zero), [], CancellationToken.None);
            throw;
        }

        if (end.Ending == ProgramEnding.LeftRunning)
        {
            link.HasOpenRun = true;
            return new GetOutcome(end, runId, null);
        }

        try
        {
            var file = link.Folders.TakeGet(runId);
            await link.Runs.EndAsync(runId, end, [], stop);
            return new GetOutcome(end, runId, file);
        }
        catch
        {
            // The end is not recorded: what it wrote is taken before it runs again.
            link.HasOpenRun = true;
            throw;
        }
    }
}
