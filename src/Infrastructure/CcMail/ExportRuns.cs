using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Events;

namespace Postern.Infrastructure.CcMail;

/// <summary>What one run of EXPORT brought.</summary>
/// <param name="File">The file in <c>Work</c>; null when it wrote none.</param>
internal sealed record ExportOutcome(ProgramEnd End, long RunId, string? File)
{
    /// <summary>Only then has the post office let go of the messages.</summary>
    public bool IsClean => End is { Ending: ProgramEnding.Exited, ExitCode: 0 };
}

/// <summary>Runs EXPORT, and keeps what it wrote whatever happens: after a clean run the file is all there is of its messages.</summary>
internal sealed class ExportRuns(CcMailLink link, FolderSweep sweep)
{
    private const string ProgramName = "export";

    /// <exception cref="PathRefusedException">The program may not be started or is absent.</exception>
    /// <exception cref="ProgramNotStartedException">The system could not start it.</exception>
    public async Task<ExportOutcome> RunAsync(CancellationToken stop)
    {
        using var turn = await link.Programs.TakeTurnAsync(link.LockFile, stop);
        if (ExternalProgram.IsLocked(link.LockFile))
        {
            return new ExportOutcome(new ProgramEnd(ProgramEnding.Locked, null, "", TimeSpan.Zero, TimeSpan.Zero), 0, null);
        }

        await sweep.RunAsync(link.Folders.Export, _ => false, stop);
        var runId = await link.Runs.BeginAsync(link.ConnectorId, ProgramName, [], stop);
        ProgramEnd end;
        try
        {
            var command = link.Command(link.Settings.ExportProgram, link.Folders.ExportFile(runId));
            end = await link.Programs.RunAsync(
                link.Start(command, runId, link.Settings.ExportTimeLimit), child => link.Runs.StartedAsync(runId, child), stop);
        }
        catch (Exception e) when (e is PathRefusedException or ProgramNotStartedException)
        {
            var notStarted = new ProgramEnd(ProgramEnding.NotStarted, null, e.Message, TimeSpan.Zero, TimeSpan.Zero);
            await link.Runs.EndAsync(runId, notStarted, [], CancellationToken.None);
            throw;
        }

        if (end.Ending == ProgramEnding.LeftRunning)
        {
            link.HasOpenRun = true;
            return new ExportOutcome(end, runId, null);
        }

        try
        {
            await CaptureAsync(runId);
            var file = link.Folders.TakeExport(runId);
            await link.Runs.EndAsync(runId, end, [], stop);
            return new ExportOutcome(end, runId, file);
        }
        catch
        {
            // The end is not recorded: what it wrote is taken before it runs again.
            link.HasOpenRun = true;
            throw;
        }
    }

    // A copy for diagnosis, before conversion (Q192516).
    private async Task CaptureAsync(long runId)
    {
        if (link.Folders.FindExport(runId) is not { } written)
        {
            return;
        }

        if (link.Copies is { } copies)
        {
            await copies.KeepFileAsync(link.Copy(isIncoming: true, isBefore: true, null, Path.GetFileName(written)), written);
        }

        if (!link.Settings.SaveExportedFiles)
        {
            return;
        }

        try
        {
            Directory.CreateDirectory(link.Folders.ExportCopies);
            File.Copy(written, Path.Combine(link.Folders.ExportCopies, Path.GetFileName(written)), overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await link.TellAsync(EventCodes.CcMailCaptureFailed, EventSeverity.Warning, $"Copies of exported files cannot be kept: {e.Message}");
        }
    }
}
